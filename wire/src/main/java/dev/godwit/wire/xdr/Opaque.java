package dev.godwit.wire.xdr;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Bytes that never change, compared by content. Slices share the bytes of their origin.
 */
public final class Opaque {

    private static final Opaque EMPTY = new Opaque(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int from;
    private final int size;

    private Opaque(byte[] bytes, int from, int size) {
        this.bytes = bytes;
        this.from = from;
        this.size = size;
    }

    /**
     * No bytes at all.
     *
     * @return the empty value
     */
    public static Opaque empty() {
        return EMPTY;
    }

    /**
     * A copy of an array.
     *
     * @param bytes the bytes
     * @return a value that later changes of the array do not touch
     */
    public static Opaque of(byte... bytes) {
        return bytes.length == 0 ? EMPTY : new Opaque(bytes.clone(), 0, bytes.length);
    }

    /**
     * A copy of what remains in a buffer, which is left as it was.
     *
     * @param bytes the buffer
     * @return the bytes between its position and its limit
     */
    public static Opaque copyOf(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return own(copy);
    }

    /** Takes over an array that nobody else holds. */
    static Opaque own(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Opaque(bytes, 0, bytes.length);
    }

    /**
     * The UTF-8 bytes of a text.
     *
     * @param text the text
     * @return its bytes, without a terminating NUL
     */
    public static Opaque ofText(String text) {
        return own(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The UTF-8 bytes of a text and a NUL, as migration cookies and security labels have it.
     *
     * @param text the text
     * @return its bytes and one zero
     */
    public static Opaque ofTextWithNul(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return own(Arrays.copyOf(utf8, utf8.length + 1));
    }

    /**
     * The UTF-8 bytes of a text, filled up with zeros to a fixed length.
     *
     * @param text the text
     * @param size the length in bytes; at least one zero always follows the text
     * @return {@code size} bytes; a longer text is cut off between two characters
     */
    public static Opaque ofTextPadded(String text, int size) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int keep = Math.min(utf8.length, size - 1);
        while (keep > 0 && keep < utf8.length && (utf8[keep] & 0xC0) == 0x80) {
            keep--;
        }
        return own(Arrays.copyOf(Arrays.copyOf(utf8, keep), size));
    }

    /**
     * The number of bytes.
     *
     * @return zero or more
     */
    public int size() {
        return size;
    }

    /**
     * Whether there are no bytes.
     *
     * @return true if the size is zero
     */
    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * One byte.
     *
     * @param index its place, from 0
     * @return the byte
     */
    public byte get(int index) {
        return bytes[from + Objects.checkIndex(index, size)];
    }

    /**
     * A part of these bytes, not copied.
     *
     * @param begin the first byte
     * @param end   the byte after the last
     * @return the part
     */
    public Opaque slice(int begin, int end) {
        Objects.checkFromToIndex(begin, end, size);
        return begin == end ? EMPTY : new Opaque(bytes, from + begin, end - begin);
    }

    /**
     * A view that can only be read.
     *
     * @return a new buffer over these bytes, not copied
     */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(bytes, from, size).slice().asReadOnlyBuffer();
    }

    /**
     * A copy.
     *
     * @return a new array
     */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, from, from + size);
    }

    /**
     * The text up to the first NUL, or all of it where there is none.
     *
     * @return the text
     * @throws XdrException if the bytes are not UTF-8
     */
    public String text() {
        int end = 0;
        while (end < size && bytes[from + end] != 0) {
            end++;
        }
        try {
            return Utf8.decode(bytes, from, end);
        } catch (CharacterCodingException e) {
            throw new XdrException("not UTF-8", -1).because(e);
        }
    }

    /** Appends the bytes to a buffer. */
    void copyTo(ByteBuffer out) {
        out.put(bytes, from, size);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Opaque that
                && Arrays.equals(bytes, from, from + size, that.bytes, that.from, that.from + that.size);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = from; i < from + size; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    /** The size and the first bytes in hexadecimal: cookies are long and land in logs. */
    @Override
    public String toString() {
        int shown = Math.min(size, 16);
        return size + " bytes [" + HexFormat.of().formatHex(bytes, from, from + shown) + (shown < size ? "…" : "") + "]";
    }
}
