package dev.godwit.cli;

import dev.godwit.cli.command.Version;
import dev.godwit.client.SocketRelay;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The program {@code godwit-ssh-helper}, which ssh starts at the far end of a connection. It is called as
 * {@code virt-ssh-helper} is, so a stock client may find it under that name: {@code [-r] URI}.
 */
final class SshHelper {

    private SshHelper() {}

    /**
     * Joins standard input and output to the daemon's socket.
     *
     * @param words the command line
     * @param err   for what goes wrong; ssh hands it to the client
     * @return the exit code: 0 or 1
     */
    static int run(List<String> words, PrintStream err) {
        boolean readOnly = false;
        List<String> others = new ArrayList<>();
        for (String word : words) {
            switch (word) {
                case "-r", "--readonly" -> readOnly = true;
                case "-V", "--version" -> {
                    err.println("godwit-ssh-helper " + Version.NUMBER);
                    err.flush();
                    return 0;
                }
                default -> others.add(word);
            }
        }
        if (others.size() != 1 || others.getFirst().startsWith("-")) {
            err.println("Usage: godwit-ssh-helper [-r] URI");
            err.flush();
            return 1;
        }
        // Not closed: these are the process's own, and it ends with them.
        try {
            SocketRelay.run(ConnectUri.parse(others.getFirst()), readOnly, new FileInputStream(FileDescriptor.in).getChannel(),
                    new FileOutputStream(FileDescriptor.out).getChannel());
            return 0;
        } catch (VirtException | IOException e) {
            err.println("godwit-ssh-helper: " + e.getMessage());
            err.flush();
            return 1;
        }
    }
}
