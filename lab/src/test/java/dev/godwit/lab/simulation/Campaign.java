package dev.godwit.lab.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Many runs, one after the other, and what came of them. */
final class Campaign {

    private static final long TELL_EVERY_NANOS = 5_000_000_000L;
    private static final int PHASES_SHOWN = 4;
    private static final int MOST_BROKEN = 100;

    private final Defect defect;
    private final Consumer<String> teller;
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Map<Flow, Integer> flows = new EnumMap<>(Flow.class);
    private final Map<String, Map<String, Integer>> struck = new TreeMap<>();
    private final List<Broken> broken = new ArrayList<>();
    private long done;
    private long tornEnds;
    private long starts;
    private long steps;
    private double virtualMillis;
    private long began;

    /**
     * A campaign.
     *
     * @param defect what is wrong with the product, on purpose
     * @param teller hears how far it has come
     */
    Campaign(Defect defect, Consumer<String> teller) {
        this.defect = defect;
        this.teller = teller;
    }

    /**
     * Runs consecutive seeds; ends early when too many are broken.
     *
     * @param first the first one
     * @param count how many
     */
    void run(long first, long count) {
        run(first, count, MOST_BROKEN);
    }

    /**
     * Runs consecutive seeds until one is broken.
     *
     * @param first the first one
     * @param count how many at most
     */
    void runUntilBroken(long first, long count) {
        run(first, count, 1);
    }

    private void run(long first, long count, int mostBroken) {
        began = System.nanoTime();
        long told = began;
        try (Logs logs = new Logs()) {
            for (long seed = first; seed < first + count && broken.size() < mostBroken; seed++) {
                DroppedMemory.collect();
                run(Scenario.of(seed), logs);
                if (System.nanoTime() - told > TELL_EVERY_NANOS) {
                    told = System.nanoTime();
                    teller.accept(progress());
                }
            }
        }
    }

    private void run(Scenario scenario, Logs logs) {
        Simulation simulation = new Simulation(scenario, defect, logs, false);
        try {
            Simulation.Result result = simulation.run();
            outcomes.merge(result.outcome(), 1, Integer::sum);
            flows.merge(scenario.move().flow(), 1, Integer::sum);
        } catch (Broken failure) {
            broken.add(failure);
        }
        done++;
        steps += simulation.world().scheduler().steps();
        virtualMillis += simulation.world().scheduler().millis();
        simulation.struck().forEach(one -> struck.computeIfAbsent(one.fault() + one.more(), _ -> new TreeMap<>())
                .merge(one.phase(), 1, Integer::sum));
        tornEnds += simulation.world().tornEnds();
        starts += simulation.world().daemonStarts();
    }

    /** The runs in which something was not as it must be. */
    List<Broken> broken() {
        return broken;
    }

    /** How often a fault has struck, by phase. */
    Map<String, Map<String, Integer>> struck() {
        return struck;
    }

    /** One line. */
    String progress() {
        double seconds = (System.nanoTime() - began) / 1e9;
        return String.format(Locale.ROOT, "%d seeds, %d broken, %.1f s, %.1f a second, %.0f virtual hours",
                done, broken.size(), seconds, done / seconds, virtualMillis / 3_600_000);
    }

    /** All there is to say. */
    String report() {
        StringBuilder text = new StringBuilder();
        text.append(progress()).append(String.format(Locale.ROOT, ", %.0f steps each%n", (double) steps / Math.max(1, done)));
        text.append("\nWhat the client was told, and where the guest is at rest\n");
        outcomes.forEach((outcome, count) -> line(text, count, outcome));
        text.append("\nWho drove\n");
        flows.forEach((flow, count) -> line(text, count, flow.name()));
        text.append("\nWhat struck, and the phases (source/destination) in which it did so most often\n");
        struck.forEach((fault, phases) -> line(text, phases.values().stream().mapToInt(n -> n).sum(), fault + often(phases)));
        text.append("\nWhat followed\n");
        line(text, starts, "starts of a daemon");
        line(text, tornEnds, "of them with half an entry at the end of the journal");
        if (!broken.isEmpty()) {
            text.append("\nWhat was not as it must be; to see all that happened: lab/simulate --seed N")
                    .append(defect == Defect.NONE ? "" : " --defect " + defect).append('\n');
            broken.forEach(one -> text.append("  seed ").append(one.scenario().seed()).append(": ").append(one.getMessage())
                    .append('\n'));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, long count, String what) {
        text.append(String.format(Locale.ROOT, "%10d  %s%n", count, what));
    }

    private static String often(Map<String, Integer> phases) {
        return phases.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed()).limit(PHASES_SHOWN)
                .map(phase -> phase.getKey() + " " + phase.getValue()).collect(Collectors.joining(", ", ": ", ""));
    }
}
