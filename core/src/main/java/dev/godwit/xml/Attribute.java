package dev.godwit.xml;

/**
 * An attribute, or a namespace declaration, which is an attribute called {@code xmlns} or {@code xmlns:prefix}.
 *
 * @param name the name as it is written, with its prefix if it has one
 * @param value the value, without any escaping
 */
public record Attribute(String name, String value) {

    /**
     * Checks that the value can be written in an XML document.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public Attribute {
        Characters.requireWritable(value);
    }
}
