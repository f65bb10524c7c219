package dev.godwit.driver;

import java.util.Arrays;

/**
 * What one host tells the other at the end of a phase. Only the drivers of the two hosts understand
 * it; everybody in between hands it on. Immutable, equal by content.
 *
 * <p>At most 4 194 304 bytes on the wire; QEMU's are XML with a NUL byte that counts.
 */
public final class Cookie {

    /** Nothing to tell. Never sent to a stock QEMU driver: an empty cookie ends some of them. */
    public static final Cookie NONE = new Cookie(new byte[0]);

    private final byte[] bytes;

    private Cookie(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A cookie with these bytes.
     *
     * @param bytes copied
     * @return the cookie
     */
    public static Cookie of(byte[] bytes) {
        return bytes.length == 0 ? NONE : new Cookie(bytes.clone());
    }

    /** The bytes, as a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** How many bytes there are. */
    public int length() {
        return bytes.length;
    }

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return bytes.length == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cookie cookie && Arrays.equals(bytes, cookie.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Cookie[" + bytes.length + " bytes]";
    }
}
