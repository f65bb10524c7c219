package dev.godwit.xml;

/**
 * A comment.
 *
 * @param value what stands between the comment marks
 */
public record Comment(String value) implements Node {

    /**
     * Checks that the comment can be written.
     *
     * @throws IllegalArgumentException if it contains two hyphens in a row, ends with one, or contains
     *     characters that XML does not allow
     */
    public Comment {
        Characters.requireWritable(value);
        if (value.contains("--") || value.endsWith("-")) {
            throw new IllegalArgumentException("A comment must not contain '--' or end with '-': " + value);
        }
    }
}
