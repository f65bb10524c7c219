package dev.godwit.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where nothing breaks, every migration of every kind succeeds, in whatever order the threads run. */
@Timeout(120)
class CalmSimulationTest {

    private static final int SEEDS = 200;

    @Test
    void everyMigrationSucceeds() {
        TreeMap<String, Integer> outcomes = new TreeMap<>();
        try (Logs logs = new Logs()) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                outcomes.merge(new Simulation(Scenario.of(seed).calm(), Defect.NONE, logs, false).run().outcome(), 1, Integer::sum);
            }
        }
        assertThat(outcomes).containsOnlyKeys("Completed, at the destination");
    }
}
