package dev.godwit.daemon.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.wire.frame.Frame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bytes in, bytes out, and how much memory that takes. */
class PacketQueueTest {

    private final PacketQueue queue = new PacketQueue();

    private void put(byte[] packet) {
        ByteBuffer room = queue.room(packet.length);
        assertThat(room.remaining()).isEqualTo(packet.length);
        room.put(packet);
        queue.filled(packet.length, 0);
    }

    private byte[] take(int most) {
        ByteBuffer first = queue.first();
        byte[] bytes = new byte[Math.min(most, first.remaining())];
        first.get(bytes);
        queue.taken(bytes.length);
        return bytes;
    }

    @Test
    void whatGoesInComesOutInItsOrder() {
        Random random = new Random(1);
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 2000; i++) {
            if (random.nextBoolean()) {
                byte[] packet = new byte[random.nextInt(1 << random.nextInt(18))];
                random.nextBytes(packet);
                put(packet);
                in.writeBytes(packet);
            } else if (queue.size() > 0) {
                out.writeBytes(take(1 + random.nextInt(300_000)));
            }
            assertThat(queue.size()).isEqualTo(in.size() - out.size());
        }
        while (queue.size() > 0) {
            out.writeBytes(take(Integer.MAX_VALUE));
        }
        assertThat(out.toByteArray()).isEqualTo(in.toByteArray());
    }

    @Test
    void bytesMayBeTakenWhileOthersAreRead() {
        put(new byte[] {1, 2});
        ByteBuffer room = queue.room(2);
        assertThat(take(2)).containsExactly(1, 2);
        room.put(new byte[] {3, 4});
        queue.filled(2, 0);
        ByteBuffer first = queue.first();
        put(new byte[] {5});
        assertThat(first.remaining()).isEqualTo(2);
        queue.taken(2);
        assertThat(take(9)).containsExactly(5);
    }

    @Test
    void ofAPacketThatIsPartlySentTheRestWaits() {
        queue.room(3); // sent as a whole: nobody said that it is here
        queue.room(5).put(new byte[] {1, 2, 3, 4, 5});
        queue.filled(5, 2);
        put(new byte[] {6});
        assertThat(queue.size()).isEqualTo(4);
        assertThat(take(9)).containsExactly(3, 4, 5, 6);
    }

    @Test
    void smallPacketsLieSideBySide() {
        int pieces = 0;
        for (int i = 0; i < 1 << 20; i++) {
            put(new byte[1]);
        }
        while (queue.size() > 0) {
            take(Integer.MAX_VALUE);
            pieces++;
        }
        assertThat(pieces).isEqualTo(4);
    }

    @Test
    void oneThatIsEmptiedInTimeStaysInTheSameMemory() {
        Set<Byte> marks = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            ByteBuffer room = queue.room(Frame.MAX_STREAM_DATA);
            marks.add(room.get(0));
            room.put(0, (byte) 77);
            queue.filled(Frame.MAX_STREAM_DATA, 0);
            take(Integer.MAX_VALUE);
        }
        assertThat(marks).as("what was found in it").hasSizeLessThanOrEqualTo(2).contains((byte) 77);
    }

    @Test
    void whatIsInUseWhenItIsClosedIsNotHandedToOthers() {
        put(new byte[10]);
        put(new byte[Frame.MAX_STREAM_DATA]);
        ByteBuffer taking = queue.first();
        ByteBuffer filling = queue.room(Frame.MAX_STREAM_DATA);
        queue.close();
        for (int i = 0; i < 200; i++) {
            SpareMemory.take(262_144).put(0, (byte) 1);
        }
        assertThat(taking.get(0)).isZero();
        assertThat(filling.get(0)).isZero();
        queue.filled(5, 0);
        queue.taken(5);
        assertThat(queue.size()).isZero();
    }
}
