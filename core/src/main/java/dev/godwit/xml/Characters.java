package dev.godwit.xml;

/** What XML 1.0 says about single characters (sections 2.2 and 2.3). */
final class Characters {

    private Characters() {}

    static boolean isWhiteSpace(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                return false;
            }
        }
        return true;
    }

    static void requireWritable(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (!isAllowed(c)) {
                throw new IllegalArgumentException(
                        "XML cannot contain the character U+%04X (position %d)".formatted(c, i));
            }
            i += Character.charCount(c);
        }
    }

    private static boolean isAllowed(int c) {
        return c == '\t' || c == '\n' || c == '\r'
                || c >= 0x20 && c <= 0xD7FF
                || c >= 0xE000 && c <= 0xFFFD
                || c >= 0x10000 && c <= 0x10FFFF;
    }
}
