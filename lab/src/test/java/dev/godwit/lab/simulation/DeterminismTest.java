package dev.godwit.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A seed says everything: what it shows once it shows again. */
@Timeout(120)
class DeterminismTest {

    private static final int SEEDS = 100;

    @Test
    void aSeedRunsTheSameWayEveryTime() {
        try (Logs logs = new Logs()) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                String once = run(seed, logs, false);
                assertThat(run(seed, logs, false)).isEqualTo(once);
                // To look at it does not change it.
                assertThat(run(seed, logs, true)).isEqualTo(once);
            }
        }
    }

    @Test
    void anotherSeedRunsAnotherWay() {
        try (Logs logs = new Logs()) {
            assertThat(run(1, logs, false)).isNotEqualTo(run(2, logs, false));
        }
    }

    private static String run(long seed, Logs logs, boolean traced) {
        Simulation simulation = new Simulation(Scenario.of(seed), Defect.NONE, logs, traced);
        String end;
        try {
            end = simulation.run().toString();
        } catch (Broken broken) {
            end = broken.getMessage();
        }
        return end + " " + simulation.world().scheduler().fingerprint();
    }
}
