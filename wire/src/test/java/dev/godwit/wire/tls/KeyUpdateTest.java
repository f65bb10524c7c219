package dev.godwit.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** New keys in the middle of a conversation, and peers that are not of the JDK. */
@Timeout(120)
class KeyUpdateTest {

    @TempDir
    private Path folder;

    @Test
    void aReceiverAnswersAndTheDataGoesOn() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(java.toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-cp", classPath(),
                LowKeyLimit.class.getName(), folder.toString())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(Integer.parseInt(said)).as("bytes of a receiver that has no data to send").isPositive();
    }

    private static String classPath() throws Exception {
        return Path.of(LowKeyLimit.class.getProtectionDomain().getCodeSource().getLocation().toURI()) + ":"
                + Path.of(TlsChannel.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @Test
    void gnutlsTalksToOurServerAndChangesItsKeys() throws Exception {
        Path client = Path.of("/usr/bin/gnutls-cli");
        assumeTrue(Files.isExecutable(client), "gnutls-bin is not installed");
        TestTls tls = TestTls.in(folder);
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            Process process = new ProcessBuilder(client.toString(), "--insecure", "--inline-commands", "-p",
                    Integer.toString(port), "127.0.0.1")
                    .redirectErrorStream(true).redirectOutput(folder.resolve("cli.log").toFile()).start();
            try (SocketChannel socket = listener.accept()) {
                CountingChannel counted = new CountingChannel(socket);
                TlsChannel server = new TlsChannel(counted, tls.engine(false, "TLSv1.3"));
                server.handshake(Duration.ofSeconds(20));
                long before = counted.written.get();
                OutputStream typed = process.getOutputStream();
                say(typed, "before\n");
                assertThat(line(server)).isEqualTo("before");
                say(typed, "^rekey^\n");
                say(typed, "after\n");
                assertThat(line(server)).isEqualTo("after");

                while (counted.written.get() == before) { // the test's own time limit ends this
                    Thread.onSpinWait();
                }
                server.write(ByteBuffer.wrap("good-bye\n".getBytes(StandardCharsets.US_ASCII)));
                server.close();
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(folder.resolve("cli.log")).content().contains("good-bye");
        }
    }

    @Test
    void ourClientTalksToGnutls() throws Exception {
        Path echo = Path.of("/usr/bin/gnutls-serv");
        assumeTrue(Files.isExecutable(echo), "gnutls-bin is not installed");
        TestTls tls = TestTls.in(folder);
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            int port;
            try (ServerSocketChannel probe = ServerSocketChannel.open()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                port = ((InetSocketAddress) probe.getLocalAddress()).getPort();
            }
            Process process = new ProcessBuilder(echo.toString(), "--echo", "-p", Integer.toString(port),
                    "--x509certfile", tls.certificate().toString(), "--x509keyfile", tls.key().toString(), "--quiet")
                    .redirectErrorStream(true).redirectOutput(folder.resolve("serv.log").toFile()).start();
            try (TlsChannel client = new TlsChannel(connected(port), tls.engine(true, protocol))) {
                client.handshake(Duration.ofSeconds(20));
                for (int i = 0; i < 200; i++) {
                    String text = "line " + i + " " + "x".repeat(i);
                    client.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII)));
                    assertThat(line(client)).isEqualTo(text);
                }
                assertThat(client.session().getProtocol()).isEqualTo(protocol);
            } finally {
                process.destroy();
                process.waitFor();
            }
        }
    }

    private static SocketChannel connected(int port) throws Exception {
        while (true) { // the test's own time limit ends this
            try {
                return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (java.net.ConnectException _) {
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            }
        }
    }

    private static void say(OutputStream to, String text) throws Exception {
        to.write(text.getBytes(StandardCharsets.US_ASCII));
        to.flush();
    }

    private static String line(TlsChannel from) throws Exception {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (true) {
            one.clear();
            if (from.read(one) < 0) {
                throw new AssertionError("ended after '" + line + "'");
            }
            if (one.get(0) == '\n') {
                return line.toString();
            }
            line.append((char) one.get(0));
        }
    }
}
