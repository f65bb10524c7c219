package dev.godwit.wire.tls;

import java.nio.ByteBuffer;

/**
 * Memory for records, small for talk and large for bulk: a connection that only makes calls must not hold memory for
 * a tunnel.
 *
 * <p>On the heap: the JDK's ciphers work on arrays, and copy what is outside of the heap.
 */
final class RecordBuffer {

    /** How many times in a row little must have been wanted before the large memory is given back. */
    private static final int QUIET = 32;

    private final int records;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int quiet;

    /**
     * A buffer without memory yet.
     *
     * @param records how many records it holds at most
     */
    RecordBuffer(int records) {
        this.records = records;
    }

    /** What was last given out by {@link #keep} or {@link #fresh}. */
    ByteBuffer get() {
        return buffer;
    }

    /**
     * Chooses the memory's size, and keeps what remains between position and limit.
     *
     * @param large  whether much is to come
     * @param record how large a record may be
     * @return the memory, which {@link #get} gives from now on
     */
    ByteBuffer keep(boolean large, int record) {
        int wanted = Math.max(wanted(large, record), buffer.remaining());
        if (buffer.capacity() < wanted || quiet > QUIET && buffer.capacity() > wanted) {
            buffer = ByteBuffer.allocate(wanted).put(buffer).flip();
        }
        return buffer;
    }

    /** The same, without what is in it. */
    ByteBuffer fresh(boolean large, int record) {
        buffer.limit(buffer.position());
        return keep(large, record).clear();
    }

    private int wanted(boolean large, int record) {
        quiet = large ? 0 : Math.min(quiet + 1, QUIET + 1);
        return large ? records * record : record;
    }
}
