package dev.godwit.driver.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A QEMU without any daemon, as an administrator might start one: it waits for a guest and lets it run. */
final class BareQemu implements AutoCloseable {

    private final Optional<Process> process;
    private final SocketChannel monitor;
    private final BufferedReader said;

    private BareQemu(Optional<Process> process, SocketChannel monitor) {
        this.process = process;
        this.monitor = monitor;
        this.said = new BufferedReader(Channels.newReader(monitor, StandardCharsets.UTF_8));
    }

    /** One of the same shape as the QEMU that was started with these arguments. */
    static BareQemu like(List<String> arguments, Path folder) throws Exception {
        Path socket = folder.resolve("bare.sock");
        Files.deleteIfExists(socket);
        List<String> command = new ArrayList<>(List.of("/usr/bin/qemu-system-x86_64"));
        for (String word : arguments) {
            if (word.contains("id=charmonitor,")) {
                command.add("socket,id=charmonitor,path=" + socket + ",server=on,wait=off");
            } else if (!word.equals("-S")) {
                command.add(word);
            }
        }
        command.addAll(List.of("-incoming", "defer"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("bare.log").toFile()).start();
        for (int tries = 0; ; tries++) {
            try {
                return connected(Optional.of(process), socket);
            } catch (IOException e) {
                if (tries > 500 || !process.isAlive()) {
                    throw new AssertionError(Files.readString(folder.resolve("bare.log")), e);
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    /** One that runs already. */
    static BareQemu at(Path socket) throws IOException {
        return connected(Optional.empty(), socket);
    }

    private static BareQemu connected(Optional<Process> process, Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            BareQemu bare = new BareQemu(process, channel);
            bare.said.readLine();
            bare.execute("qmp_capabilities", "");
            return bare;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    String execute(String command, String arguments) throws IOException {
        monitor.write(ByteBuffer.wrap(("{\"execute\":\"" + command + "\",\"arguments\":{" + arguments + "}}\n")
                .getBytes(StandardCharsets.UTF_8)));
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.contains("\"error\"")) {
                throw new AssertionError(command + ": " + line);
            }
            if (line.contains("\"return\"")) {
                return line;
            }
        }
        throw new AssertionError("The receiver has ended");
    }

    void tls(Path certificates) throws IOException {
        execute("object-add", "\"qom-type\":\"tls-creds-x509\",\"id\":\"t\",\"dir\":\"" + certificates
                + "\",\"endpoint\":\"server\",\"verify-peer\":true");
        execute("migrate-set-parameters", "\"tls-creds\":\"t\",\"tls-hostname\":\"\"");
    }

    void awaitRunning() throws Exception {
        for (int tries = 0; !execute("query-status", "").contains("\"status\": \"running\""); tries++) {
            if (tries > 3000) {
                throw new AssertionError(execute("query-status", ""));
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Override
    public void close() throws IOException {
        process.ifPresent(started -> started.destroyForcibly().onExit().join());
        monitor.close();
    }
}
