package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The namespaces of one host: network, mounts, host name and processes.
 *
 * <p>A shell that waits for its standard input to close is the host's first process. It ends with
 * this JVM, however that ends, and everything that runs in the host ends with it: nothing survives
 * a test run that was killed.
 */
final class HostSpace implements AutoCloseable {

    private final Process holder;
    private final long firstProcess;

    private HostSpace(Process holder, long firstProcess) {
        this.holder = holder;
        this.firstProcess = firstProcess;
    }

    /** Makes a host. It has a loopback device that is up, and no other network yet. */
    static HostSpace create(String hostName, Path log) {
        try {
            Process holder = new ProcessBuilder(
                            "unshare", "--mount", "--net", "--uts", "--pid", "--fork", "--kill-child",
                            "--mount-proc", "--propagation", "private",
                            // Reads, and so waits; bash takes care of the orphans a first process inherits.
                            "bash", "-c", "read -r _; exit 0")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            long first = Await.value("the first process of host " + hostName, Duration.ofSeconds(10), () ->
                            holder.toHandle().children().filter(HostSpace::isBash).findFirst())
                    .pid();
            HostSpace space = new HostSpace(holder, first);
            space.run("hostname", hostName).expectSuccess();
            space.run("ip", "link", "set", "lo", "up").expectSuccess();
            return space;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make host " + hostName, e);
        }
    }

    /** By then the namespaces exist and /proc is mounted: unshare starts the program last. */
    private static boolean isBash(ProcessHandle process) {
        return process.info().command().filter(name -> name.endsWith("/bash")).isPresent();
    }

    /** The process id, as seen from outside, of the host's first process. */
    long firstProcess() {
        return firstProcess;
    }

    /** The words that run a command inside, in the host's root folder. */
    List<String> enter(List<String> command) {
        List<String> words = new ArrayList<>(List.of(
                "nsenter", "--target", Long.toString(firstProcess), "--mount", "--net", "--uts", "--pid", "--"));
        words.addAll(command);
        return words;
    }

    CommandResult run(String... command) {
        return run(Duration.ofSeconds(30), Map.of(), List.of(command));
    }

    CommandResult run(Duration limit, Map<String, String> environment, List<String> command) {
        CommandResult result = Commands.run(limit, environment, enter(command));
        return new CommandResult(command, result.exit(), result.out(), result.err(), result.took());
    }

    /** Starts a command inside; its output is appended to the file. */
    Process spawn(Path output, Map<String, String> environment, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(enter(command));
            builder.environment().putAll(environment);
            return builder.redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command, e);
        }
    }

    /** Lets the host see a folder or file of ours in place of one of its own. */
    void bind(Path ours, String theirs) {
        run("mount", "--bind", ours.toString(), theirs).expectSuccess();
    }

    /** All processes of this host but its first, as seen from outside. */
    List<Long> processes() {
        try {
            Path ours = Files.readSymbolicLink(Path.of("/proc/" + firstProcess + "/ns/pid"));
            // Not by ProcessHandle, which reads more of every process than its number; this is asked many times a second.
            return Stream.of(Path.of("/proc").toFile().list())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf)
                    .filter(pid -> pid != firstProcess && sameSpace(pid, ours))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean sameSpace(long pid, Path ours) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid")).equals(ours);
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void close() {
        Commands.kill(holder.toHandle());
        try {
            holder.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
