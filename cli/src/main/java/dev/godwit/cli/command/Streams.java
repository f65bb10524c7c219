package dev.godwit.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command reads and writes.
 *
 * @param in          standard input
 * @param out         standard output; buffered, flushed before anything goes to {@code err} and at the end
 * @param err         standard error
 * @param inTerminal  whether standard input is a terminal
 * @param outTerminal whether standard output is one
 * @param errTerminal whether standard error is one
 */
public record Streams(
        InputStream in, PrintStream out, PrintStream err, Terminal inTerminal, Terminal outTerminal,
        Terminal errTerminal) {

    /** Whether a stream is a terminal; asked only when it matters. */
    @FunctionalInterface
    public interface Terminal {
        /** Whether it is. */
        boolean yes();
    }

    /** Looks where a descriptor of this process leads. */
    public static Terminal descriptor(int number) {
        return () -> {
            try {
                String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")
                        || target.equals("/dev/console");
            } catch (IOException | UnsupportedOperationException e) {
                return false;
            }
        };
    }
}
