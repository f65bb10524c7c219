package dev.godwit.driver.qemu.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the kernel says about processes, in {@code /proc} (proc(5)).
 *
 * <p>A process that ends while it is read is one that does not exist.
 */
public final class ProcFs {

    private final Path root;

    /** The host's own. */
    public ProcFs() {
        this(Path.of("/proc"));
    }

    /**
     * One at another place.
     *
     * @param root the folder, in place of {@code /proc}
     */
    public ProcFs(Path root) {
        this.root = root;
    }

    /**
     * How a process stands.
     *
     * @param pid its pid
     * @return empty if there is none
     */
    public Optional<ProcStat> stat(long pid) {
        return read(process(pid).resolve("stat")).map(ProcStat::parse);
    }

    /**
     * How a thread stands.
     *
     * @param pid the process
     * @param tid the thread, for example {@code thread-id} of {@code query-cpus-fast}
     * @return empty if there is none
     */
    public Optional<ProcStat> threadStat(long pid, long tid) {
        return read(process(pid).resolve("task").resolve(Long.toString(tid)).resolve("stat")).map(ProcStat::parse);
    }

    /**
     * The command line a process was started with.
     *
     * @param pid its pid
     * @return its arguments, the program first; empty if there is no such process, an empty list for a
     *         zombie or a thread of the kernel
     */
    public Optional<List<String>> commandLine(long pid) {
        return read(process(pid).resolve("cmdline"))
                .map(text -> text.isEmpty() ? List.<String>of() : List.of(text.split("\0", -1)))
                .map(words -> words.isEmpty() ? words : words.subList(0, words.size() - 1));
    }

    /**
     * The memory of the host that a process takes up.
     *
     * @param pid its pid
     * @return in bytes; empty if there is no such process or it has no memory left
     */
    public OptionalLong residentBytes(long pid) {
        Optional<String> status = read(process(pid).resolve("status"));
        if (status.isPresent()) {
            for (String line : status.get().lines().toList()) {
                if (line.startsWith("VmRSS:")) {
                    return OptionalLong.of(Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024);
                }
            }
        }
        return OptionalLong.empty();
    }

    /**
     * The boot of this host.
     *
     * @return a UUID that is another one after every boot
     */
    public String bootId() {
        return read(root.resolve("sys/kernel/random/boot_id")).map(String::strip).orElse("");
    }

    /**
     * Whose a process is.
     *
     * @param pid its pid
     * @return the number of its user; empty if there is no such process
     */
    public OptionalInt userId(long pid) {
        try {
            return OptionalInt.of((Integer) Files.getAttribute(root.resolve(Long.toString(pid)), "unix:uid"));
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * Who a process is.
     *
     * @param pid its pid
     * @return empty if there is none, or only its exit status is left
     */
    public Optional<ProcessIdentity> identity(long pid) {
        return stat(pid).filter(stat -> !stat.ended())
                .map(stat -> new ProcessIdentity(pid, stat.startTicks(), bootId()));
    }

    /**
     * Whether a process still runs, and is the same.
     *
     * @param identity who it is
     * @return false if it has ended, also if its pid belongs to another one by now
     */
    public boolean isAlive(ProcessIdentity identity) {
        return stat(identity.pid())
                .filter(stat -> !stat.ended() && stat.startTicks() == identity.startTicks())
                .isPresent();
    }

    /**
     * The processes whose command line names something: a guest of which only that is known.
     *
     * @param text what one of the arguments must contain, for example the guest's UUID
     * @return who they are
     */
    public List<ProcessIdentity> findByArgument(String text) {
        var found = new ArrayList<ProcessIdentity>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(root, entry ->
                entry.getFileName().toString().chars().allMatch(c -> c >= '0' && c <= '9'))) {
            for (Path entry : all) {
                long pid = Long.parseLong(entry.getFileName().toString());
                boolean names = commandLine(pid).orElse(List.of()).stream().anyMatch(word -> word.contains(text));
                if (names) {
                    identity(pid).ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Listing " + root + " failed", e);
        }
        return found;
    }

    private Path process(long pid) {
        return root.resolve(Long.toString(pid));
    }

    private static Optional<String> read(Path file) {
        try {
            // ISO 8859-1 so that no byte of a foreign command line is an error.
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
