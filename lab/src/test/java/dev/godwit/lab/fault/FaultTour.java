package dev.godwit.lab.fault;

import dev.godwit.lab.host.FaultyGodwitd;
import dev.godwit.lab.host.Lab;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The program behind {@code lab/faults}: runs rows of the matrix, one after the other, and prints the table. */
final class FaultTour {

    private static final String ROWS = "rows.tsv";
    private static final String PASSED = "passed";

    private FaultTour() {}

    /**
     * Runs rows.
     *
     * @param arguments the checkout; an expression that is found in the names of the rows that are wanted; of those, which part of how
     *                  many, as {@code 1/1}; on how many pairs of hosts at once; {@code rest} to leave out what has passed before
     * @throws IOException          if nothing can be written
     * @throws InterruptedException never
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path checkout = Path.of(arguments[0]);
        Pattern wanted = Pattern.compile(arguments[1]);
        int part = Integer.parseInt(arguments[2].split("/")[0]);
        int parts = Integer.parseInt(arguments[2].split("/")[1]);
        Path folder = Files.createDirectories(checkout.resolve("lab/target/faults"));
        Set<String> done = arguments[4].equals("rest") ? passed(folder) : Set.of();
        List<Row> all = Rows.all().stream()
                .filter(row -> wanted.matcher(row.toString()).find() && !done.contains(row.toString())).toList();
        List<Row> rows = new ArrayList<>();
        for (int i = part - 1; i < all.size(); i += parts) {
            rows.add(all.get(i));
        }
        List<RowResult> results = new ArrayList<>();
        int pairs = Integer.parseInt(arguments[3]);
        BlockingQueue<Row> ahead = new LinkedBlockingQueue<>(rows);
        FaultyGodwitd.makeCache(checkout);
        try (Lab lab = new Lab(checkout)) {
            List<Thread> tours = new ArrayList<>();
            for (int i = 0; i < pairs; i++) {
                // One after the other, because a lab's hosts are made by one thread.
                Pair pair = new Pair(lab, lab.faulty("kvm" + (2 * i + 1)), lab.faulty("kvm" + (2 * i + 2)));
                pair.warmUp();
                tours.add(Thread.ofPlatform().name("tour " + (i + 1)).start(() -> tour(pair, ahead, folder, results)));
            }
            for (Thread tour : tours) {
                tour.join();
            }
        }
        System.out.println();
        System.out.print(FaultTable.of(results));
        System.exit(results.size() == rows.size() && results.stream().allMatch(RowResult::passed) ? 0 : 1);
    }

    /** The names of the rows that have passed before. */
    private static Set<String> passed(Path folder) throws IOException {
        Path before = folder.resolve(ROWS);
        return Files.exists(before)
                ? Files.readAllLines(before).stream().map(line -> line.split("\t", 3)).filter(words -> words[0].equals(PASSED))
                        .map(words -> words[1]).collect(Collectors.toSet())
                : Set.of();
    }

    private static void tour(Pair pair, BlockingQueue<Row> ahead, Path folder, List<RowResult> results) {
        try (pair) {
            for (Row row = ahead.poll(); row != null; row = ahead.poll()) {
                RowResult result = FaultTour.run(pair, row, folder);
                synchronized (results) {
                    results.add(result);
                    log(System.out, folder, result);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void log(PrintStream out, Path folder, RowResult result) throws IOException {
        String line = "%s\t%s\t%.2f\t%s\t%s%n".formatted(
                result.passed() ? PASSED : "FAILED", result.row(), result.seconds(), result.where(), result.word());
        out.print(line);
        Files.writeString(folder.resolve(ROWS), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /**
     * Runs one row; after one that did not pass everything begins anew.
     *
     * @param folder takes what is known of a row that did not pass
     */
    static RowResult run(Pair pair, Row row, Path folder) throws IOException {
        try {
            return new RowRun(pair, row).run();
        } catch (AssertionError | RuntimeException e) {
            Files.writeString(folder.resolve(row.toString().replaceAll("[^a-z0-9.-]+", "_") + ".txt"),
                    row + "\n" + e + "\n" + pair.describe());
            pair.beginAnew();
            return new RowResult(row, false, 0, String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip(), "");
        }
    }
}
