package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketRelayTest {

    @TempDir
    Path folder;

    @Test
    void bytesGoBothWaysUntilTheDaemonEnds() throws Exception {
        Path socket = folder.resolve("s");
        try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.bind(UnixDomainSocketAddress.of(socket));
            Pipe in = Pipe.open();
            Pipe out = Pipe.open();
            CompletableFuture<Void> relay = relay("qemu:///system?socket=" + socket, in, out);
            try (SocketChannel client = daemon.accept()) {
                in.sink().write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                assertThat(read(client, 3)).containsExactly(1, 2, 3);
                client.write(ByteBuffer.wrap(new byte[] {4, 5}));
                byte[] answer = new byte[2];
                ByteBuffer buffer = ByteBuffer.wrap(answer);
                while (buffer.hasRemaining()) {
                    out.source().read(buffer);
                }
                assertThat(answer).containsExactly(4, 5);
            }
            relay.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void theEndOfTheClientIsTheEndOfTheDaemonsConnection() throws Exception {
        Path socket = folder.resolve("s");
        try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.bind(UnixDomainSocketAddress.of(socket));
            Pipe in = Pipe.open();
            CompletableFuture<Void> relay = relay("qemu:///system?socket=" + socket, in, Pipe.open());
            try (SocketChannel client = daemon.accept()) {
                in.sink().close();
                assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            relay.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aHostIsNotThisMachineAndASocketWithoutADaemonIsNamed() throws Exception {
        Pipe pipe = Pipe.open();
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> SocketRelay.run(
                        ConnectUri.parse("qemu://elsewhere/system"), false, pipe.source(), pipe.sink()))
                .withMessageContaining("unexpected URI transport 'qemu://elsewhere/system'");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> SocketRelay.run(
                        ConnectUri.parse("qemu:///system?socket=/no/daemon"), false, pipe.source(), pipe.sink()))
                .withMessage("cannot connect to '/no/daemon': No such file or directory");
    }

    private static CompletableFuture<Void> relay(String uri, Pipe in, Pipe out) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                SocketRelay.run(ConnectUri.parse(uri), false, in.source(), out.sink());
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static byte[] read(SocketChannel from, int count) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            from.read(buffer);
        }
        return buffer.array();
    }
}
