package dev.godwit.lab.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Many runs, one after the other, and what came of them. */
final class Campaign {

    private static final long TELL_EVERY_NANOS = 5_000_000_000L;
    private static final int MOST_BROKEN = 20;

    private final Defect defect;
    private final Consumer<String> teller;
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Map<String, Map<String, Integer>> struck = new TreeMap<>();
    private final List<Broken> broken = new ArrayList<>();
    private long done;
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
        began = System.nanoTime();
        long told = began;
        try (Logs logs = new Logs()) {
            for (long seed = first; seed < first + count && broken.size() < MOST_BROKEN; seed++) {
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
        } catch (Broken failure) {
            broken.add(failure);
        }
        done++;
        steps += simulation.world().scheduler().steps();
        virtualMillis += simulation.world().scheduler().millis();
        simulation.struck().forEach((fault, phase) -> struck.computeIfAbsent(fault.name(), _ -> new TreeMap<>())
                .merge(phase, 1, Integer::sum));
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
        outcomes.forEach((outcome, count) -> text.append(String.format(Locale.ROOT, "%10d  %s%n", count, outcome)));
        text.append("\nWhat broke, and in which phase (source/destination)\n");
        struck.forEach((fault, phases) -> {
            text.append(String.format(Locale.ROOT, "%10d  %s%n", phases.values().stream().mapToInt(n -> n).sum(), fault));
            phases.forEach((phase, count) -> text.append(String.format(Locale.ROOT, "%20d  %s%n", count, phase)));
        });
        return text.toString();
    }
}
