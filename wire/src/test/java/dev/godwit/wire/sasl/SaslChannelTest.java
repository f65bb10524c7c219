package dev.godwit.wire.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.security.sasl.SaslException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SaslChannelTest {

    /** Turns every bit and appends a sum, so that what was not unwrapped is noticed. */
    private static final SecurityLayer LAYER = new SecurityLayer() {
        @Override
        public byte[] wrap(byte[] bytes, int offset, int length) {
            assertThat(length).isBetween(1, longestPlain());
            byte[] out = new byte[length + 1];
            for (int i = 0; i < length; i++) {
                out[i] = (byte) ~bytes[offset + i];
                out[length] += bytes[offset + i];
            }
            return out;
        }

        @Override
        public byte[] unwrap(byte[] bytes, int offset, int length) throws SaslException {
            byte[] out = new byte[length - 1];
            byte sum = 0;
            for (int i = 0; i < length - 1; i++) {
                out[i] = (byte) ~bytes[offset + i];
                sum += out[i];
            }
            if (sum != bytes[offset + length - 1]) {
                throw new SaslException("changed");
            }
            return out;
        }

        @Override
        public int longestPlain() {
            return 1000;
        }

        @Override
        public boolean isConfidential() {
            return true;
        }
    };

    private SocketChannel oneEnd;
    private SocketChannel otherEnd;
    private SaslChannel one;
    private SaslChannel other;

    @BeforeEach
    void connect() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            oneEnd = SocketChannel.open(server.getLocalAddress());
            otherEnd = server.accept();
        }
        one = new SaslChannel(oneEnd);
        other = new SaslChannel(otherEnd);
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        other.close();
    }

    private static byte[] read(SaslChannel from, int count) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            assertThat(from.read(buffer)).isPositive();
        }
        return buffer.array();
    }

    @Test
    void bytesPassUntilTheLayerIsLaidAndAreProtectedFromThenOn() throws Exception {
        one.write(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(read(other, 2)).containsExactly(1, 2);
        one.protectWriting(LAYER);
        one.write(ByteBuffer.wrap(new byte[] {3, 4}));
        assertThat(read(other, 7)).containsExactly(0, 0, 0, 3, ~3, ~4, 7);
    }

    /** What a daemon's reader does: it has waited since before the layer was there. */
    @Test
    void aReadThatWaitsWhileTheLayerIsLaidGetsPlainBytes() throws Exception {
        CompletableFuture<byte[]> got = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                got.complete(read(other, 3));
            } catch (Throwable e) {
                got.completeExceptionally(e);
            }
        });
        while (reader.getState() != Thread.State.RUNNABLE || !inRead(reader)) {
            Thread.onSpinWait();
        }
        other.protectReading(LAYER);
        one.protectWriting(LAYER);
        one.write(ByteBuffer.wrap(new byte[] {5, 6, 7}));
        assertThat(got.get(10, TimeUnit.SECONDS)).containsExactly(5, 6, 7);
    }

    private static boolean inRead(Thread reader) {
        for (StackTraceElement call : reader.getStackTrace()) {
            if (call.getMethodName().equals("read0") || call.getMethodName().equals("poll")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void muchIsCutIntoPiecesThePeerCanTakeAndComesWhole() throws Exception {
        one.protectWriting(LAYER);
        other.protectReading(LAYER);
        byte[] bytes = new byte[300_001];
        new Random(7).nextBytes(bytes);
        Thread.ofPlatform().start(() -> {
            try {
                assertThat(one.write(new ByteBuffer[] {ByteBuffer.wrap(bytes, 0, 28), ByteBuffer.wrap(bytes, 28, 5000),
                    ByteBuffer.wrap(bytes, 5028, bytes.length - 5028)})).isEqualTo(bytes.length);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(read(other, bytes.length)).isEqualTo(bytes);
    }

    @Test
    void aForgedLengthIsRefusedAndSoIsAChangedPiece() throws Exception {
        other.protectReading(LAYER);
        oneEnd.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 3, ~1, ~1, 9}));
        assertThatThrownBy(() -> other.read(ByteBuffer.allocate(9))).isInstanceOf(SaslException.class).hasMessage("changed");
        SaslChannel fresh = new SaslChannel(otherEnd);
        fresh.protectReading(LAYER);
        oneEnd.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1}));
        assertThatThrownBy(() -> fresh.read(ByteBuffer.allocate(9))).isInstanceOf(SaslException.class)
                .hasMessageContaining("4294967295 bytes");
    }

    @Test
    void anEndInTheMiddleOfAPieceIsNoEnd() throws Exception {
        other.protectReading(LAYER);
        oneEnd.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 3, ~1}));
        oneEnd.close();
        assertThatThrownBy(() -> other.read(ByteBuffer.allocate(9))).isInstanceOf(EOFException.class);
    }
}
