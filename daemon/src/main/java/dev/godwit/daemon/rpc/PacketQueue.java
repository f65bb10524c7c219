package dev.godwit.daemon.rpc;

import dev.godwit.wire.frame.Frame;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Packets that wait to be sent on, as one row of bytes outside the heap.
 *
 * <p>One thread reads packets into the {@linkplain #room room} behind the last one, another takes what is {@linkplain
 * #first first}. Packets lie side by side, so that many small ones take no more memory than few large ones: at most twice
 * their bytes, and two pieces.
 *
 * <p>Not for several threads at a time: all methods are called with a lock of the owner's held. The memory that they give
 * out is used without it.
 */
final class PacketQueue {

    /** So much memory is taken at a time. The largest packet of stream data fits. */
    private static final int PIECE = 262_144;

    private static final class Piece {
        final ByteBuffer memory = SpareMemory.take(PIECE);
        int filled;
        int taken;

        boolean isTaken() {
            return taken == filled;
        }
    }

    private final Deque<Piece> pieces = new ArrayDeque<>();
    /** Whether somebody has the last piece's room. */
    private boolean filling;
    /** Whether somebody has the first piece's bytes. */
    private boolean taking;
    private boolean closed;
    private long size;

    /** How many bytes wait. */
    long size() {
        return size;
    }

    /**
     * Room for the next packet, until {@link #filled}.
     *
     * @param bytes at most {@link Frame#MAX_STREAM_DATA}
     * @return an empty buffer with so much room
     */
    ByteBuffer room(int bytes) {
        Piece last = pieces.peekLast();
        if (last != null && last.isTaken()) { // and still in the processor's cache
            last.filled = 0;
            last.taken = 0;
        }
        if (last == null || PIECE - last.filled < bytes) {
            last = new Piece();
            pieces.add(last);
        }
        filling = true;
        return last.memory.slice(last.filled, bytes);
    }

    /**
     * A packet is in its room. One that is not wanted any more need not be put here; the next one gets the same room.
     *
     * @param bytes its size
     * @param sent  how many of them need not wait; 0 unless it is the only one
     */
    void filled(int bytes, int sent) {
        if (!closed) {
            filling = false;
            Piece last = pieces.getLast();
            last.taken += sent;
            last.filled += bytes;
            size += bytes - sent;
        }
    }

    /** The oldest of the bytes that wait, as many as lie side by side, until {@link #taken}. There must be some. */
    ByteBuffer first() {
        Piece first = pieces.getFirst();
        if (first.isTaken()) { // and the packet behind it did not fit any more
            SpareMemory.giveBack(pieces.removeFirst().memory);
            first = pieces.getFirst();
        }
        taking = true;
        return first.memory.slice(first.taken, first.filled - first.taken);
    }

    /**
     * The first bytes are not needed any more.
     *
     * @param bytes how many
     */
    void taken(int bytes) {
        if (closed) {
            return;
        }
        taking = false;
        size -= bytes;
        Piece first = pieces.getFirst();
        first.taken += bytes;
        if (first.isTaken() && pieces.size() > 1) {
            SpareMemory.giveBack(pieces.removeFirst().memory);
        }
    }

    /** Drops all. What somebody uses at this moment is left to him. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (taking && !pieces.isEmpty()) {
            pieces.removeFirst();
        }
        if (filling && !pieces.isEmpty()) {
            pieces.removeLast();
        }
        pieces.forEach(piece -> SpareMemory.giveBack(piece.memory));
        pieces.clear();
        size = 0;
    }
}
