package dev.godwit.daemon.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Memory outside the heap that one tunnel leaves to the next. It would go back to the system only when the heap happens
 * to be collected, and what is taken up first is what has just been used and lies in the processor's cache.
 */
final class SpareMemory {

    /** What is kept: 16 MiB for pieces of 256 KiB. The rest is left to the collector. */
    private static final int MOST = 64;

    private static final Deque<ByteBuffer> SPARE = new ArrayDeque<>();

    private SpareMemory() {}

    /**
     * Takes a piece.
     *
     * @param size in bytes; the same for all
     * @return an empty buffer
     */
    static ByteBuffer take(int size) {
        // Not with the lock held: near the limit of such memory the virtual machine waits for the collector first.
        return spare().orElseGet(() -> ByteBuffer.allocateDirect(size));
    }

    private static synchronized Optional<ByteBuffer> spare() {
        return Optional.ofNullable(SPARE.poll()).map(ByteBuffer::clear);
    }

    /** Gives a piece back that nobody uses any more. */
    static synchronized void giveBack(ByteBuffer piece) {
        if (SPARE.size() < MOST) {
            SPARE.push(piece);
        }
    }
}
