package dev.godwit.client.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.dial.TcpDialer.Resolver;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DialersTest {

    private static final Duration SHORT = Duration.ofMillis(200);

    @TempDir
    private Path folder;

    @Test
    void unixConnects() throws IOException {
        Path socket = folder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            try (ByteChannel channel = new UnixDialer(socket).dial(); SocketChannel peer = server.accept()) {
                channel.write(ByteBuffer.wrap(new byte[] {42}));
                ByteBuffer got = ByteBuffer.allocate(8);
                peer.read(got);
                assertThat(got.flip().get()).isEqualTo((byte) 42);
            }
        }
    }

    @Test
    void unixSaysWhatTheSystemSays() throws IOException {
        assertThatThrownBy(new UnixDialer(folder.resolve("nothing"))::dial)
                .isInstanceOf(IOException.class).hasMessage("No such file or directory");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(new UnixDialer(file)::dial)
                .isInstanceOf(IOException.class).hasMessage("Connection refused");
        assertThatThrownBy(new UnixDialer(folder.resolve("x".repeat(200)))::dial)
                .isInstanceOf(IOException.class).hasMessageContaining("too long");
    }

    @Test
    void tcpConnectsWithoutDelay() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ByteChannel channel = new TcpDialer("127.0.0.1", server.getLocalPort()).dial()) {
            assertThat(((SocketChannel) channel).getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
            assertThat(((SocketChannel) channel).isBlocking()).isTrue();
        }
    }

    @Test
    void tcpTriesEveryAddress() throws IOException {
        InetAddress here = InetAddress.getByName("127.0.0.1");
        InetAddress nobody = InetAddress.getByName("127.99.0.1");
        try (ServerSocket server = new ServerSocket(0, 1, here)) {
            int port = server.getLocalPort();
            TcpDialer dialer = new TcpDialer("kvm7", port, SHORT, name -> List.of(nobody, nobody, here));
            try (ByteChannel channel = dialer.dial()) {
                assertThat(((SocketChannel) channel).getRemoteAddress()).isEqualTo(new InetSocketAddress(here, port));
            }
            assertThatThrownBy(new TcpDialer("kvm7", port, SHORT, name -> List.of(nobody, nobody))::dial)
                    .isInstanceOf(ConnectException.class).hasMessage("Connection refused")
                    .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        }
    }

    @Test
    void tcpSaysThatAHostIsUnknown() {
        Resolver none = name -> {
            throw new UnknownHostException(name);
        };
        assertThatThrownBy(new TcpDialer("nowhere", 16509, SHORT, none)::dial)
                .isInstanceOf(UnknownHostException.class).hasMessage("Name or service not known");
    }

    @Test
    void tcpGivesUpInTime() throws IOException {
        try (Full full = new Full()) {
            assertThatThrownBy(new TcpDialer("127.0.0.1", full.port(), SHORT, Resolver.SYSTEM)::dial)
                    .isInstanceOf(SocketTimeoutException.class).hasMessage("Connection timed out");
        }
    }

    @Test
    void tcpCanBeInterrupted() throws Exception {
        try (Full full = new Full()) {
            CompletableFuture<Boolean> status = new CompletableFuture<>();
            Thread dialing = Thread.ofVirtual().start(() -> {
                try {
                    new TcpDialer("127.0.0.1", full.port()).dial().close();
                    status.completeExceptionally(new AssertionError("connected"));
                } catch (SocketTimeoutException e) {
                    status.completeExceptionally(e);
                } catch (InterruptedIOException e) {
                    status.complete(Thread.currentThread().isInterrupted());
                } catch (IOException e) {
                    status.completeExceptionally(e);
                }
            });
            while (dialing.getState() != Thread.State.WAITING && dialing.getState() != Thread.State.TIMED_WAITING) {
                assertThat(status).isNotDone();
                Thread.onSpinWait();
            }
            dialing.interrupt();
            assertThat(status.get()).isTrue();
        }
    }

    @Test
    void noTimeLimitIsNotATimeLimit() {
        assertThatThrownBy(() -> new TcpDialer("h", 1, Duration.ZERO, Resolver.SYSTEM))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A listener that nobody accepts from and whose queue is full: Linux drops what else wants to connect. */
    private static final class Full implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<SocketChannel> waiting = new ArrayList<>();

        Full() throws IOException {
            for (int i = 0; i < 8; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(server.getLocalSocketAddress());
                waiting.add(channel);
            }
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
            server.close();
        }
    }
}
