package dev.godwit.driver.qemu.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way into a QEMU that the test plays: one that reads, or does not. */
@Timeout(30)
class QemuTunnelTest {

    /** Far more than the kernel keeps for a socket. */
    private static final int MUCH = 8 << 20;

    @TempDir
    Path folder;

    private ServerSocketChannel listener;
    private SocketChannel qemu;
    private QemuTunnel tunnel;

    @BeforeEach
    void connect() throws IOException {
        Path socket = folder.resolve("incoming");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        tunnel = QemuTunnel.into(socket);
        qemu = listener.accept();
        assertThat(socket).doesNotExist();
    }

    @AfterEach
    void disconnect() throws IOException {
        tunnel.close();
        qemu.close();
        listener.close();
    }

    private static ByteBuffer much() {
        byte[] bytes = new byte[MUCH];
        new Random(1).nextBytes(bytes);
        return ByteBuffer.allocateDirect(MUCH).put(bytes).flip();
    }

    private CompletableFuture<ByteBuffer> allThatComes() {
        return CompletableFuture.supplyAsync(() -> {
            ByteBuffer all = ByteBuffer.allocate(MUCH + 1);
            try {
                while (qemu.read(all) >= 0) {
                    assertThat(all.hasRemaining()).isTrue();
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return all.flip();
        });
    }

    @Test
    void whatIsOfferedAndWhatIsSentArrivesInOrder() {
        ByteBuffer bytes = much();
        tunnel.offer(bytes, Duration.ofMillis(20)); // nobody reads yet
        assertThat(bytes.position()).isBetween(1, MUCH - 1);

        CompletableFuture<ByteBuffer> read = allThatComes();
        ByteBuffer next = bytes.slice(bytes.position(), 1 << 20);
        tunnel.offer(next, Duration.ofSeconds(20));
        assertThat(next.hasRemaining()).isFalse();
        tunnel.send(bytes.position(bytes.position() + (1 << 20)));
        tunnel.finish();
        assertThat(read.join()).isEqualTo(much());
    }

    @Test
    void nothingMoreIsTakenWhenItIsFull() {
        ByteBuffer bytes = much();
        tunnel.offer(bytes, Duration.ofMillis(20));
        int before = bytes.position();
        tunnel.offer(bytes, Duration.ZERO);
        tunnel.offer(bytes, Duration.ofMillis(20));
        assertThat(bytes.position()).isEqualTo(before);
    }

    @Test
    void closingFreesWhoeverWaits() throws Exception {
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> tunnel.send(much()));
        assertThatThrownBy(() -> sending.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        tunnel.close();
        assertThatThrownBy(sending::get).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOf(VirtException.class).hasMessageContaining("the receiving QEMU does not take the guest");
    }

    @Test
    void aReceiverThatGoesAwayIsNoticed() throws Exception {
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> tunnel.send(much()));
        assertThatThrownBy(() -> sending.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        qemu.close();
        assertThatThrownBy(sending::get).cause().isInstanceOf(VirtException.class);
        assertThatThrownBy(() -> tunnel.offer(ByteBuffer.allocate(1), Duration.ofMillis(20)))
                .isInstanceOf(VirtException.class);
    }
}
