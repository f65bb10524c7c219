package dev.godwit.cli;

import dev.godwit.cli.command.Streams;
import dev.godwit.client.ClientConfig;
import dev.godwit.client.Connection;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The program {@code godwit}. */
public final class Main {

    private static final int BUFFER_BYTES = 8192;
    private static final String PROVIDER_OF_LINUX = "sun.nio.ch.EPollSelectorProvider";

    private Main() {}

    /**
     * Runs commands; the exit code is 0 if the last one was carried out, 1 otherwise, or what that command has for itself.
     *
     * @param words the command line
     */
    public static void main(String[] words) {
        Streams streams = new Streams(new FileInputStream(FileDescriptor.in), stream(FileDescriptor.out),
                stream(FileDescriptor.err), Streams.descriptor(0), Streams.descriptor(1), Streams.descriptor(2));
        nameTheProviderOfChannels();
        int status;
        if (words.length == 1 && words[0].equals("--train")) {
            status = Training.run(streams);
        } else if (words.length > 0 && words[0].equals("--ssh-helper")) {
            status = SshHelper.run(List.of(words).subList(1, words.length), streams.err());
        } else {
            status = program(streams, System.getenv()).run(List.of(words));
        }
        streams.out().flush();
        // Threads that wait for input cannot be interrupted, and nothing is left to be done: end here and now.
        Runtime.getRuntime().halt(status);
    }

    /**
     * The JDK looks through all jars for somebody who provides channels before it takes its own, which lasts longer than
     * a command's whole conversation with a daemon. On Linux it is told at once; elsewhere it looks.
     */
    private static void nameTheProviderOfChannels() {
        try {
            Class.forName(PROVIDER_OF_LINUX, false, ClassLoader.getPlatformClassLoader());
            System.setProperty("java.nio.channels.spi.SelectorProvider", PROVIDER_OF_LINUX);
        } catch (ClassNotFoundException e) {
            // Another system, or another JDK.
        }
    }

    /** The program as it is used. Training runs the same one, because the cache keeps what it has seen. */
    static Program program(Streams streams, Map<String, String> environment) {
        return new Program(streams, environment, (uri, settings) -> Connection.open(
                ClientConfig.ofThisProcess().resolve(uri), settings.connect().prompt(new TerminalPrompt(streams))));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(descriptor), BUFFER_BYTES), false,
                StandardCharsets.UTF_8);
    }
}
