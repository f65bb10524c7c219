package dev.godwit.lab.host;

import java.time.Duration;
import java.util.List;

/**
 * What a command printed and how it ended.
 *
 * @param command what was run, as a person would type it
 * @param exit the exit status; 124 when it had to be ended after its time limit
 * @param out standard output
 * @param err standard error
 * @param took from start to end
 */
public record CommandResult(List<String> command, int exit, String out, String err, Duration took) {

    /** The exit status of a command that ran out of time, as the {@code timeout} tool has it. */
    public static final int TIMED_OUT = 124;

    /**
     * Whether the command succeeded.
     *
     * @return true for exit status 0
     */
    public boolean ok() {
        return exit == 0;
    }

    /**
     * Fails the test unless the command succeeded.
     *
     * @return this
     */
    public CommandResult expectSuccess() {
        if (exit != 0) {
            throw new AssertionError("Expected success of " + this);
        }
        return this;
    }

    /**
     * Fails the test unless the command failed by itself, with a text on standard error.
     *
     * @return this
     */
    public CommandResult expectFailure() {
        if (exit == 0 || exit == TIMED_OUT || err.isBlank()) {
            throw new AssertionError("Expected failure, with a reason, of " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return String.join(" ", command) + "\nexit status " + exit + " after " + took.toMillis() + " ms\n--- stdout\n"
                + out + "--- stderr\n" + err;
    }
}
