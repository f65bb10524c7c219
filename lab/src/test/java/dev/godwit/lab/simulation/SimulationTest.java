package dev.godwit.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whatever breaks, one guest runs.
 *
 * <pre>
 *   -Dgodwit.simulation.seeds=200000   so many seeds instead of 2,000
 *   -Dgodwit.simulation.from=1         beginning with that one
 *   -Dgodwit.simulation.seed=4711      that one alone, and all that happens in it
 * </pre>
 *
 * <p>What it tells goes to {@code target/simulation/report.txt}, too, and what happened in the seeds that fail into files beside it.
 */
class SimulationTest {

    private static final Path FOLDER = Path.of("target", "simulation");
    private static final int SHOWN = 5;

    @Test
    void oneGuestRunsWhateverBreaks() throws IOException {
        Files.createDirectories(FOLDER);
        Files.deleteIfExists(FOLDER.resolve("report.txt"));
        Long only = Long.getLong("godwit.simulation.seed");
        if (only != null) {
            replay(only);
            return;
        }
        Campaign campaign = new Campaign(Defect.NONE, SimulationTest::tell);
        campaign.run(Long.getLong("godwit.simulation.from", 1), Long.getLong("godwit.simulation.seeds", 2000));
        tell(campaign.report());
        List<Broken> broken = campaign.broken();
        for (Broken one : broken.subList(0, Math.min(SHOWN, broken.size()))) {
            Files.write(FOLDER.resolve("seed-" + one.scenario().seed() + ".txt"), Simulation.told(one.scenario().seed(), Defect.NONE));
        }
        assertThat(broken).as("seeds in which something was not as it must be; what happened in the first ones is in "
                + FOLDER).isEmpty();
        // A fault that never strikes proves nothing.
        for (Fault fault : Fault.values()) {
            assertThat(campaign.struck().keySet()).anyMatch(name -> name.equals(fault.name()) || name.startsWith(fault + " "));
        }
    }

    private static void replay(long seed) throws IOException {
        List<String> lines = Simulation.told(seed, Defect.NONE);
        lines.forEach(SimulationTest::tell);
        if (lines.getLast().contains("is broken")) {
            fail(lines.getLast());
        }
    }

    private static void tell(String line) {
        System.out.println(line);
        try {
            Files.writeString(FOLDER.resolve("report.txt"), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
