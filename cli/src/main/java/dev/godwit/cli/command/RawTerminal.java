package dev.godwit.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The terminal at standard input, with every key handed on as it is typed. Set by {@code stty}. */
public final class RawTerminal implements AutoCloseable {

    private final Optional<String> before;
    private final Optional<Thread> atExit;

    private RawTerminal(Optional<String> before) {
        this.before = before;
        this.atExit = before.map(settings -> {
            Thread hook = Thread.ofPlatform().unstarted(() -> restore(settings));
            Runtime.getRuntime().addShutdownHook(hook);
            return hook;
        });
    }

    /** No terminal: nothing is changed. */
    public static RawTerminal none() {
        return new RawTerminal(Optional.empty());
    }

    /**
     * Makes the terminal raw, until this is closed or the process ends.
     *
     * @throws CommandFailed if it cannot be done
     */
    public static RawTerminal enter() {
        try {
            String settings = stty("-g").strip();
            stty("raw", "-echo");
            return new RawTerminal(Optional.of(settings));
        } catch (IOException e) {
            throw new CommandFailed("unable to set tty attributes: " + e.getMessage());
        }
    }

    /** How wide the terminal at standard input is; empty where there is none. */
    public static OptionalInt columns() {
        try {
            String[] size = stty("size").strip().split(" ");
            int columns = Integer.parseInt(size[size.length - 1]);
            return columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    private static void restore(String settings) {
        try {
            stty(settings);
        } catch (IOException e) {
            // The terminal is gone, and with it what there was to restore.
        }
    }

    private static String stty(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(output.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return output;
    }

    /** Puts the terminal back. */
    @Override
    public void close() {
        before.ifPresent(RawTerminal::restore);
        atExit.ifPresent(hook -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending; the hook does the same once more.
            }
        });
    }
}
