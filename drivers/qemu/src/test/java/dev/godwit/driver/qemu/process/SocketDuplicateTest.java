package dev.godwit.driver.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketDuplicateTest {

    /** Listening for both, a socket of IPv4 is one of IPv6 to the kernel. */
    @ParameterizedTest
    @CsvSource({"INET, 127.0.0.1, 127.0.0.1", "INET6, ::1, ::1", "INET6, ::, 127.0.0.1", "INET6, ::, ::1"})
    void findsBothEndsOfAConnection(StandardProtocolFamily family, String listens, String reached) throws IOException {
        SocketChannel here = SocketChannel.open();
        try (ServerSocketChannel server = ServerSocketChannel.open(family).bind(new InetSocketAddress(listens, 0));
                SocketChannel there = accepted(server, here, reached);
                SocketChannel another = SocketChannel.open(new InetSocketAddress(reached, server.socket().getLocalPort()))) {
            assertThat(another.isConnected()).isTrue();
            SocketDuplicate duplicate = SocketDuplicate.of(here);
            Path file = Path.of("/proc/self/fd/" + duplicate.descriptor());
            SocketDuplicate far = SocketDuplicate.of(there);
            Path other = Path.of("/proc/self/fd/" + far.descriptor());
            assertThat(Files.readSymbolicLink(file).toString()).startsWith("socket:").isNotEqualTo(Files.readSymbolicLink(other).toString());

            // Closed here, it stays open by its duplicate, as it does for a QEMU that was given it.
            here.close();
            try (Arena arena = Arena.ofConfined()) {
                Posix.write(duplicate.descriptor(), arena.allocateFrom(ValueLayout.JAVA_BYTE, new byte[] {42}));
            }
            ByteBuffer arrived = ByteBuffer.allocate(2);
            assertThat(there.read(arrived)).isEqualTo(1);
            assertThat(arrived.get(0)).isEqualTo((byte) 42);
            duplicate.close();
            assertThat(there.read(arrived)).isNegative();
            far.close();
        }
    }

    private static SocketChannel accepted(ServerSocketChannel server, SocketChannel client, String reached) throws IOException {
        client.connect(new InetSocketAddress(reached, server.socket().getLocalPort()));
        return server.accept();
    }

    @Test
    void whatIsNotConnectedHasNone() throws IOException {
        try (SocketChannel alone = SocketChannel.open()) {
            assertThatThrownBy(() -> SocketDuplicate.of(alone)).isInstanceOf(IOException.class);
        }
    }
}
