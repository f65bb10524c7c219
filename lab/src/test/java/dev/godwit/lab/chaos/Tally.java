package dev.godwit.lab.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What happened in a run: a line for each thing in a file, and counts. Safe for use by several threads. */
final class Tally implements AutoCloseable {

    private final PrintWriter log;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<Double> settled = new ArrayList<>();

    /** Writes to a file, which is begun anew. */
    Tally(Path file) {
        try {
            Files.createDirectories(file.getParent());
            log = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line of the file. */
    synchronized void say(String text) {
        log.println(LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + " " + text);
    }

    /** One more of a kind. */
    synchronized void count(String kind) {
        counts.merge(kind, 1, Integer::sum);
    }

    /** How many there were of a kind. */
    synchronized int of(String kind) {
        return counts.getOrDefault(kind, 0);
    }

    /** How many there were of all kinds that begin so, with the kinds. */
    synchronized String all(String prefix) {
        List<String> parts = new ArrayList<>();
        int sum = 0;
        for (Map.Entry<String, Integer> one : counts.entrySet()) {
            if (one.getKey().startsWith(prefix)) {
                sum += one.getValue();
                parts.add(one.getKey().substring(prefix.length()) + " " + one.getValue());
            }
        }
        return sum + " (" + String.join(", ", parts) + ")";
    }

    /** A guest that stood still when its client had ended runs again. */
    synchronized void settled(Duration after) {
        settled.add(after.toMillis() / 1e3);
    }

    /** Median and longest of {@link #settled}. */
    synchronized String settling() {
        if (settled.isEmpty()) {
            return "none";
        }
        List<Double> ordered = settled.stream().sorted().toList();
        return "%d settled, after %.1f s (median), %.1f s (longest)".formatted(
                ordered.size(), ordered.get(ordered.size() / 2), ordered.getLast());
    }

    @Override
    public void close() {
        log.close();
    }
}
