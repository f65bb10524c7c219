package dev.godwit.wire.xdr;

import java.nio.ByteBuffer;

/** Where forms write: a buffer that grows as needed, or one of the caller's that does not. */
final class XdrOutput {

    private static final int FIRST = 512;

    /** The caller's buffer is full. Carries no stack trace: it is turned into something else at once. */
    static final class Full extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Full() {
            super(null, null, false, false);
        }
    }

    private final boolean grows;
    private ByteBuffer buffer;

    private XdrOutput(ByteBuffer buffer, boolean grows) {
        this.buffer = buffer;
        this.grows = grows;
    }

    static XdrOutput growing() {
        return new XdrOutput(ByteBuffer.allocate(FIRST), true);
    }

    static XdrOutput into(ByteBuffer buffer) {
        return new XdrOutput(buffer, false);
    }

    int size() {
        return buffer.position();
    }

    ByteBuffer finish() {
        return buffer.flip();
    }

    /** The buffer, with room for at least so many bytes. */
    ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            grow(bytes);
        }
        return buffer;
    }

    private void grow(int bytes) {
        if (!grows) {
            throw new Full();
        }
        int wanted = Math.addExact(buffer.position(), bytes);
        ByteBuffer larger = ByteBuffer.allocate((int) Math.min(Integer.MAX_VALUE - 8L, Math.max(2L * buffer.capacity(), wanted)));
        buffer = larger.put(buffer.flip());
    }
}
