package dev.godwit.wire.xdr;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** UTF-8 that refuses what is malformed in either direction instead of replacing it. */
final class Utf8 {

    private Utf8() {}

    /**
     * Decodes bytes. ASCII, which is nearly all of what crosses this wire, takes the short way; the
     * rest is decoded leniently, and the result counts only if it encodes to the same bytes.
     */
    static String decode(byte[] bytes, int from, int length) throws CharacterCodingException {
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        if (text.length() == length && text.indexOf('\uFFFD') < 0) {
            // As many characters as bytes and no replacement: every byte was ASCII.
            return text;
        }
        byte[] again = text.getBytes(StandardCharsets.UTF_8);
        if (!Arrays.equals(again, 0, again.length, bytes, from, from + length)) {
            // Let the strict decoder say what is wrong.
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
        }
        return text;
    }

    /** Encodes a text; a surrogate without its other half has no UTF-8 form. */
    static byte[] encode(String text) throws CharacterCodingException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (hasLoneSurrogate(text)) {
            throw new CharacterCodingException();
        }
        return bytes;
    }

    private static boolean hasLoneSurrogate(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }
}
