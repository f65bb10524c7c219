package dev.godwit.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation finds what it looks for: every mistake that is made on purpose, and within few seeds. */
@Timeout(300)
class DefectsAreFoundTest {

    private static final long SEEDS = 2000;
    private static final Path PAGE = Path.of("..", "docs", "protocol", "simulation.md");

    @ParameterizedTest
    @EnumSource(value = Defect.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isFound(Defect defect) {
        Campaign campaign = new Campaign(defect, _ -> {});
        campaign.runUntilBroken(1, SEEDS);
        Optional<Broken> first = campaign.broken().stream().findFirst();
        System.out.println("| " + defect + " | " + first.map(broken -> broken.scenario().seed() + " | " + broken.invariant()
                + " |").orElse("not found"));
        assertThat(first).as("a seed that finds " + defect).isPresent();
        assertThat(first.orElseThrow().invariant()).as("what says so").isNotEqualTo("NobodyIsSurprised");
    }

    /** Seeds change with everything that is simulated, so the page is held to the names alone. */
    @Test
    void thePageHasAllOfThem() throws IOException {
        Matcher rows = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|").matcher(Files.readString(PAGE));
        List<String> named = rows.results().map(row -> row.group(1)).toList();
        assertThat(named).containsExactlyInAnyOrderElementsOf(
                List.of(Defect.values()).stream().filter(defect -> defect != Defect.NONE).map(Enum::name).toList());
    }
}
