package dev.godwit.xml;

/**
 * A processing instruction.
 *
 * @param target the name after the opening mark
 * @param data what follows it, possibly empty
 */
public record ProcessingInstruction(String target, String data) implements Node {

    /**
     * Checks that the instruction can be written.
     *
     * @throws IllegalArgumentException if the data would end the instruction early or contains characters that
     *     XML does not allow
     */
    public ProcessingInstruction {
        Characters.requireWritable(data);
        if (data.contains("?>")) {
            throw new IllegalArgumentException("A processing instruction must not contain '?>': " + data);
        }
    }
}
