package dev.godwit.wire.xdr;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * How values of one type are laid out.
 *
 * @param <T> the type; a primitive's form uses the wrapper
 */
abstract class Form<T> {

    /** Appends a value, which may be null if the record holds one: that is refused here. */
    abstract void write(T value, XdrOutput out);

    /** Reads a value; the buffer is big-endian and starts at the outermost value. */
    abstract T read(ByteBuffer in);

    /** The fewest bytes a value takes. A count is compared with what they add up to before a list is made. */
    abstract int minimum();

    /** The declaration of a component of this type, as the {@code .x} language has it. */
    abstract String declare(String name);

    /** Adds the definitions that {@link #declare} refers to, innermost first. */
    void define(Map<String, String> definitions) {}

    /** Refuses to read past the end. */
    static void need(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) {
            throw new XdrException("needs " + bytes + " bytes, " + in.remaining() + " are left", in.position());
        }
    }

    static int word(ByteBuffer in) {
        need(in, 4);
        return in.getInt();
    }

    /** Reads a length word and compares it with its bound. Lengths are unsigned: 2^31 is not negative. */
    static int length(ByteBuffer in, int bound, String unit) {
        int at = in.position();
        int length = word(in);
        if (Integer.compareUnsigned(length, bound) > 0) {
            throw new XdrException(
                    "length " + Integer.toUnsignedString(length) + " is more than " + bound + " " + unit, at);
        }
        return length;
    }

    static void checkLength(int length, int bound, String unit) {
        if (length > bound) {
            throw new XdrException("length " + length + " is more than " + bound + " " + unit, -1);
        }
    }

    /** The number of zero bytes that follow so many bytes. */
    static int padding(int length) {
        return -length & 3;
    }

    static void writePadding(ByteBuffer out, int length) {
        for (int i = padding(length); i > 0; i--) {
            out.put((byte) 0);
        }
    }

    static void readPadding(ByteBuffer in, int length) {
        for (int i = padding(length); i > 0; i--) {
            if (in.get() != 0) {
                throw new XdrException("padding is not zero", in.position() - 1);
            }
        }
    }

    /** Refuses a record that holds a null where the wire has no word for it. */
    static <V> V present(V value) {
        if (value == null) {
            throw new XdrException("is null", -1);
        }
        return value;
    }
}
