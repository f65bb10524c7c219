package dev.godwit.wire.sasl;

import java.text.Normalizer;

/**
 * Makes user names and passwords that look alike the same bytes (RFC 4013): other spaces become a space, what cannot be
 * seen disappears, and compatible forms of a character become one. The rule about mixed writing directions is not
 * checked, as no server in the field does.
 */
final class SaslPrep {

    private SaslPrep() {}

    /**
     * Prepares a user name.
     *
     * @throws IllegalArgumentException for text with characters that no name may have
     */
    static String prepared(String text) {
        StringBuilder mapped = new StringBuilder();
        text.codePoints().filter(c -> !isNothing(c)).map(c -> isSpace(c) ? ' ' : c).forEach(mapped::appendCodePoint);
        String normal = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        if (normal.codePoints().anyMatch(SaslPrep::isProhibited)) {
            throw new IllegalArgumentException("control characters");
        }
        return normal;
    }

    /** Prepares a password. One that cannot be prepared is taken as it is, so that nobody is shut out by it. */
    static char[] stored(char[] password) {
        try {
            return prepared(new String(password)).toCharArray();
        } catch (IllegalArgumentException e) {
            return password.clone();
        }
    }

    /** RFC 3454, table B.1. */
    private static boolean isNothing(int c) {
        return c == 0x00AD || c == 0x034F || c == 0x1806 || c >= 0x180B && c <= 0x180D || c >= 0x200B && c <= 0x200D
                || c == 0x2060 || c >= 0xFE00 && c <= 0xFE0F || c == 0xFEFF;
    }

    /** RFC 3454, table C.1.2. */
    private static boolean isSpace(int c) {
        return c != ' ' && Character.getType(c) == Character.SPACE_SEPARATOR;
    }

    private static boolean isProhibited(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.PRIVATE_USE, Character.SURROGATE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
