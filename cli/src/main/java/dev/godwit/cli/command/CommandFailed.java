package dev.godwit.cli.command;

import java.util.List;

/** A command could not be carried out. Each line is printed after {@code error: }; there may be none. */
public final class CommandFailed extends RuntimeException {

    private final int status;
    private final List<String> lines;

    /** A failure with what there is to say about it, in the order in which it is said. */
    public CommandFailed(String... lines) {
        this(1, lines);
    }

    /**
     * A failure of a command that tells several kinds of them apart.
     *
     * @param status the program's exit code, 1 or more
     * @param lines  what there is to say, in the order in which it is said
     */
    public CommandFailed(int status, String... lines) {
        super(String.join("\n", lines), null, false, false);
        this.status = status;
        this.lines = List.of(lines);
    }

    /** The program's exit code, if this was its last command. */
    public int status() {
        return status;
    }

    /** What there is to say. */
    public List<String> lines() {
        return lines;
    }
}
