package dev.godwit.lab.chaos;

import dev.godwit.lab.chaos.QemuTap.Stretch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * On how many hosts the processors of each guest run, from all QEMUs there are. Looks at whole stretches of time, so that two copies
 * show even if they ran together between two looks only. All hosts of the lab have one clock.
 *
 * <p>Safe for use by several threads.
 */
public final class Copies implements AutoCloseable {

    private final Path folder;
    private final Map<Path, QemuTap> taps = new HashMap<>();

    /** Watches all QEMUs that were started by the program that {@link QemuTap#emulator} made in a folder. */
    public Copies(Path folder) {
        this.folder = folder;
    }

    /**
     * Looks at all, and asks all for the next look.
     *
     * @throws AssertionError if two copies of a guest ran at one time, or one died while it ran
     */
    public synchronized void look() {
        double now = System.currentTimeMillis() / 1e3;
        for (Path file : files()) {
            taps.computeIfAbsent(file, QemuTap::new);
        }
        Set<Path> living = living();
        for (QemuTap tap : taps.values()) {
            boolean before = tap.isAlive();
            tap.read(now, living.contains(tap.events()));
            if (tap.isAlive()) {
                tap.ask();
            } else if (before) {
                tap.close();
            }
        }
        guests().forEach(guest -> overlap(stretches(guest)).ifPresent(two -> {
            throw new AssertionError("TWO COPIES of " + guest + " ran: " + two);
        }));
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".events")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The taps that stand on the command line of some process. */
    private Set<Path> living() {
        Set<Path> living = new HashSet<>();
        ProcessHandle.allProcesses().forEach(process -> {
            try {
                String words = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
                int at = words.indexOf("path=" + folder + "/");
                if (at >= 0) {
                    living.add(Path.of(words.substring(at + "path=".length(), words.indexOf(',', at))));
                }
            } catch (IOException gone) {
                // It has ended since.
            }
        });
        return living;
    }

    private Set<String> guests() {
        Set<String> guests = new HashSet<>();
        taps.values().forEach(tap -> guests.add(tap.guest()));
        return guests;
    }

    /** When a guest ran, on all hosts, in the order of the beginnings. */
    private List<Stretch> stretches(String guest) {
        List<Stretch> all = new ArrayList<>();
        taps.values().stream().filter(tap -> tap.guest().equals(guest)).forEach(tap -> all.addAll(tap.stretches()));
        all.sort(Comparator.comparingDouble(Stretch::from));
        return all;
    }

    /** Two stretches that have a time in common. */
    static Optional<String> overlap(List<Stretch> ordered) {
        Optional<Stretch> longest = Optional.empty();
        for (Stretch next : ordered) {
            if (longest.isPresent() && next.from() < longest.get().to()) {
                return Optional.of(longest.get() + " and " + next);
            }
            longest = Optional.of(next);
        }
        return Optional.empty();
    }

    /** Where a guest's processors run now; empty while they stand still. By {@link #look}, which this does before. */
    public synchronized Optional<String> runsOn(String guest) {
        look();
        return taps.values().stream().filter(tap -> tap.guest().equals(guest) && tap.runs()).map(QemuTap::host).findFirst();
    }

    /** How many QEMUs a guest has, receivers included. By {@link #look}, which this does before. */
    public synchronized long processes(String guest) {
        look();
        return taps.values().stream().filter(tap -> tap.guest().equals(guest) && tap.isAlive()).count();
    }

    /** The longest time between two stretches of a guest, in seconds; the last one may not be over. */
    synchronized double longestStillness(String guest) {
        List<Stretch> stretches = stretches(guest);
        double longest = 0;
        for (int i = 1; i < stretches.size(); i++) {
            longest = Math.max(longest, stretches.get(i).from() - stretches.get(i - 1).to());
        }
        if (!stretches.isEmpty() && !stretches.getLast().isOpen()) {
            longest = Math.max(longest, System.currentTimeMillis() / 1e3 - stretches.getLast().to());
        }
        return longest;
    }

    /** Forgets guests of which no process lives: another of that name may be begun. */
    public synchronized void forgetEnded() {
        look();
        Set<String> living = new HashSet<>();
        taps.values().stream().filter(QemuTap::isAlive).forEach(tap -> living.add(tap.guest()));
        taps.entrySet().removeIf(entry -> !living.contains(entry.getValue().guest()) && entry.getKey().toFile().delete());
    }

    @Override
    public synchronized void close() {
        taps.values().stream().filter(QemuTap::isAlive).forEach(QemuTap::close);
        taps.clear();
    }
}
