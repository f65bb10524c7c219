package dev.godwit.xml;

/**
 * Characters inside an element.
 *
 * @param value the characters, without any escaping
 * @param cdata whether they stood (and are written) in a CDATA section
 */
public record Text(String value, boolean cdata) implements Node {

    /**
     * Checks that the characters can be written in an XML document.
     *
     * @throws IllegalArgumentException if they cannot
     */
    public Text {
        Characters.requireWritable(value);
    }

    /**
     * Ordinary characters.
     *
     * @param value the characters, without any escaping
     */
    public Text(String value) {
        this(value, false);
    }

    boolean isBlank() {
        return !cdata && Characters.isWhiteSpace(value);
    }
}
