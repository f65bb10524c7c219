package dev.godwit.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {

    private static final Header HEADER = new Header(0x20008086, 1, 60, MessageType.CALL, 3, MessageStatus.OK);

    /** Gives bytes in pieces of random size, and then the end. */
    private static final class Pieces implements ReadableByteChannel {

        private final ByteBuffer bytes;
        private final Random random;
        private int roomiest;

        Pieces(ByteBuffer bytes, long seed) {
            this.bytes = bytes.duplicate();
            this.random = new Random(seed);
        }

        @Override
        public int read(ByteBuffer into) {
            roomiest = Math.max(roomiest, into.capacity());
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int size = Math.min(Math.min(into.remaining(), bytes.remaining()),
                    random.nextBoolean() ? 1 + random.nextInt(5) : 1 + random.nextInt(100_000));
            into.put(bytes.slice(bytes.position(), size));
            bytes.position(bytes.position() + size);
            return size;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private static FrameReader over(ByteBuffer bytes) {
        return new FrameReader(new Pieces(bytes, 1));
    }

    private static ByteBuffer message(int length, int payload) {
        ByteBuffer bytes = ByteBuffer.allocate(28 + payload).putInt(length);
        HEADER.put(bytes);
        return bytes.rewind();
    }

    @Test
    void cutsMessagesOutOfAnyPieces() throws IOException {
        int[] sizes = {0, 4, 0, 70_000, 1, 65_508, 65_509, 300_000, 4, 1_000_000, 3};
        for (long seed = 0; seed < 20; seed++) {
            ByteBuffer all = ByteBuffer.allocate(2_000_000);
            Random content = new Random(seed);
            for (int i = 0; i < sizes.length; i++) {
                byte[] payload = new byte[sizes[i]];
                content.nextBytes(payload);
                all.putInt(28 + payload.length);
                new Header(1, 1, i, MessageType.STREAM, i, MessageStatus.CONTINUE).put(all);
                all.put(payload);
            }
            FrameReader reader = new FrameReader(new Pieces(all.flip(), seed));
            content = new Random(seed);
            for (int i = 0; i < sizes.length; i++) {
                byte[] payload = new byte[sizes[i]];
                content.nextBytes(payload);
                Frame frame = reader.read().orElseThrow();
                assertThat(frame.header().serial()).as("seed %d", seed).isEqualTo(i);
                assertThat(frame.payload()).as("seed %d", seed).isEqualTo(ByteBuffer.wrap(payload));
            }
            assertThat(reader.read()).isEmpty();
            assertThat(reader.read()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 27, Frame.MAX_LENGTH + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void anIllegalLengthIsRefused(int length) {
        assertThatThrownBy(over(message(length, 100))::read).isInstanceOf(BadFrameException.class)
                .hasMessageContaining(Integer.toUnsignedString(length) + " bytes");
    }

    @Test
    void theLimitsThemselvesAreLegal() throws IOException {
        assertThat(over(message(28, 0)).read().orElseThrow().payload().remaining()).isZero();
        assertThat(over(message(Frame.MAX_LENGTH, Frame.MAX_PAYLOAD)).read().orElseThrow().payload().remaining())
                .isEqualTo(33_554_408);
    }

    @Test
    void aReaderMayHaveALimitOfItsOwn() throws IOException {
        assertThat(new FrameReader(new Pieces(message(128, 100), 1), 128).read()).isPresent();
        assertThatThrownBy(new FrameReader(new Pieces(message(129, 101), 1), 128)::read)
                .isInstanceOf(BadFrameException.class);
    }

    @Test
    void aLengthAloneCostsNothing() throws Exception {
        // Claims 32 MiB, sends 100 bytes, and hangs up.
        ByteBuffer forged = message(Frame.MAX_LENGTH, 100);
        Pieces pieces = new Pieces(forged, 1);
        assertThatThrownBy(new FrameReader(pieces)::read).isInstanceOf(EOFException.class);
        assertThat(pieces.roomiest).isLessThanOrEqualTo(65_536);
    }

    @Test
    void anEndBetweenMessagesIsOrderlyAndOneWithinIsNot() throws IOException {
        assertThat(over(ByteBuffer.allocate(0)).read()).isEmpty();
        ByteBuffer whole = message(40, 12);
        for (int cut = 1; cut < 40; cut++) {
            assertThatThrownBy(over(whole.slice(0, cut))::read).as("%d bytes", cut).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void readingAPayloadMovesNobodyElsesPosition() throws IOException {
        Frame frame = over(message(40, 12)).read().orElseThrow();
        frame.payload().getLong();
        assertThat(frame.payload().remaining()).isEqualTo(12);
        assertThat(frame.length()).isEqualTo(40);
    }
}
