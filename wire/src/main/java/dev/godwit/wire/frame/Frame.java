package dev.godwit.wire.frame;

import dev.godwit.wire.xdr.XdrCodec;
import java.nio.ByteBuffer;

/**
 * One message: a header and what follows it.
 *
 * @param header  the header
 * @param payload the arguments, result, error or stream data, from position to limit; never changed after
 *                the frame is made
 */
public record Frame(Header header, ByteBuffer payload) {

    /** The size of the length word that starts a message. It counts itself. */
    public static final int LENGTH_WORD = 4;
    /** The smallest value of the length word: a header and nothing else. */
    public static final int MIN_LENGTH = LENGTH_WORD + Header.BYTES;
    /** The largest value of the length word: 32 MiB after the word itself. */
    public static final int MAX_LENGTH = LENGTH_WORD + 33_554_432;
    /** The largest payload in bytes. */
    public static final int MAX_PAYLOAD = MAX_LENGTH - MIN_LENGTH;
    /** The largest payload of stream data that a server sends in one message. */
    public static final int MAX_STREAM_DATA = 262_120;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /**
     * A frame without a payload.
     *
     * @param header the header
     */
    public Frame(Header header) {
        this(header, NOTHING);
    }

    /**
     * A frame that carries one value.
     *
     * @param <T>    the value's type
     * @param header the header
     * @param codec  the type's codec
     * @param value  the value
     * @return the frame
     * @throws dev.godwit.wire.xdr.XdrException if the value is larger than its declaration admits
     */
    public static <T> Frame of(Header header, XdrCodec<T> codec, T value) {
        return new Frame(header, codec.encode(value));
    }

    /**
     * The payload.
     *
     * @return a view of its own, so that reading it moves nobody else's position
     */
    @Override
    public ByteBuffer payload() {
        return payload.duplicate();
    }

    /**
     * The value of the length word.
     *
     * @return bytes on the wire
     */
    public int length() {
        return MIN_LENGTH + payload.remaining();
    }

    @Override
    public String toString() {
        return header + ", " + payload.remaining() + " bytes";
    }
}
