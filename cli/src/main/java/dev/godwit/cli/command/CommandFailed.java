package dev.godwit.cli.command;

import java.util.List;

/** A command could not be carried out. Each line is printed after {@code error: }; there may be none. */
public final class CommandFailed extends RuntimeException {

    private final List<String> lines;

    /** A failure with what there is to say about it, in the order in which it is said. */
    public CommandFailed(String... lines) {
        super(String.join("\n", lines), null, false, false);
        this.lines = List.of(lines);
    }

    /** What there is to say. */
    public List<String> lines() {
        return lines;
    }
}
