package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands to their end. Output goes through files, so a child left behind blocks nobody. */
public final class Commands {

    private Commands() {}

    /**
     * Runs a command without standard input.
     *
     * @param limit after which it and its children are killed
     * @param environment added to this process's own
     * @param command the words
     * @return how it went
     */
    public static CommandResult run(Duration limit, Map<String, String> environment, List<String> command) {
        Path out = null;
        Path err = null;
        long start = System.nanoTime();
        try {
            out = Files.createTempFile("godwit-lab", ".out");
            err = Files.createTempFile("godwit-lab", ".err");
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            int exit = CommandResult.TIMED_OUT;
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                exit = process.exitValue();
            } else {
                kill(process.toHandle());
                process.waitFor();
            }
            return new CommandResult(
                    command, exit, text(out), text(err), Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while running " + String.join(" ", command), e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    /**
     * Runs a command that must succeed within 30 seconds.
     *
     * @param command the words
     * @return how it went
     */
    public static CommandResult run(String... command) {
        return run(Duration.ofSeconds(30), Map.of(), List.of(command)).expectSuccess();
    }

    /**
     * Kills a process and everything it started, the hard way.
     *
     * @param process the eldest
     */
    public static void kill(ProcessHandle process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static void delete(Path file) {
        if (file != null) {
            file.toFile().delete();
        }
    }
}
