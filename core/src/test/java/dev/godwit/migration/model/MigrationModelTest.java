package dev.godwit.migration.model;

import static dev.godwit.migration.MigrationProtocol.Phase.CONFIRM;
import static dev.godwit.migration.MigrationProtocol.Phase.PERFORM;
import static dev.godwit.migration.MigrationProtocol.Phase.PREPARE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.Host;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.MigrationProtocol.Remedy;
import dev.godwit.migration.model.Explorer.Broken;
import dev.godwit.migration.model.Explorer.Result;
import dev.godwit.migration.model.Rules.Defect;
import dev.godwit.migration.model.Rules.Flow;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Explores the protocol to the end. What it finds in figures and traces stands in {@code docs/protocol/model.md}. */
class MigrationModelTest {

    /** With any number of faults, in any order, at every step: no invariant is broken, and rest always comes. */
    @ParameterizedTest
    @EnumSource
    void holdsInEveryState(Flow flow) {
        Result result = Runs.of(flow);

        System.out.println(Runs.figures(flow.toString(), result));
        assertThat(result.broken()).isEmpty();
        assertThat(result.resting()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void findsEveryDefect(Defect defect) {
        Broken broken = Runs.of(defect);

        assertThat(broken.invariant()).isEqualTo(Shown.of(defect).invariant());
        assertThat(broken.trace()).isNotEmpty();
    }

    /** The model runs the enum of the daemons: another cell is another outcome. */
    @Test
    void anAlteredCellIsFound() {
        assertThat(broken(Flow.PEER_TO_PEER, Table.REAL.withAbandonedAfter(PERFORM, Remedy.CANCEL_AND_RESUME)))
                .contains("AtMostOneRunning");
        assertThat(broken(Flow.PEER_TO_PEER, Table.REAL.withAbandonedDuring(Phase.FINISH, Remedy.KILL_RECEIVER)))
                .contains("NeverTurnsBack");
        assertThat(broken(Flow.PEER_TO_PEER, Table.REAL.withAbandonedDuring(CONFIRM, Remedy.KILL_RECEIVER)))
                .contains("NeverLost");
        assertThat(broken(Flow.PEER_TO_PEER, Table.REAL.withAbandonedAfter(PREPARE, Remedy.NOTHING)))
                .contains("NothingLeftBehind");
        assertThat(broken(Flow.PEER_TO_PEER, Table.REAL.withAbandonedAfter(PERFORM, Remedy.NOTHING)))
                .contains("ExactlyOneRuns");
        assertThat(broken(Flow.PEER_TO_PEER, Table.REAL.withAbandonedDuring(PERFORM, Remedy.ASK_DESTINATION)))
                .contains(Explorer.SETTLES);
        assertThat(broken(Flow.OUR_CLIENT, Table.REAL.withIfFailsTell(PREPARE, Set.of())))
                .contains("NothingLeftBehind");
        assertThat(broken(Flow.OUR_CLIENT, Table.REAL.withIfFailsTell(CONFIRM, Set.of(Host.SOURCE))))
                .contains("JournalsAgree");
    }

    private static Optional<String> broken(Flow flow, Table table) {
        return Explorer.explore(new MigrationModel(Rules.of(flow).with(table))).broken().map(Broken::invariant);
    }

    @Test
    void postCopyHoldsInEveryState() {
        Result result = Explorer.explore(PostCopyModel.real());

        System.out.println(Runs.figures("post-copy", result));
        assertThat(result.broken()).isEmpty();
        assertThat(result.resting()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void findsEveryDefectOfPostCopy(PostCopyModel.Defect defect) {
        assertThat(Explorer.explore(PostCopyModel.real().with(defect)).broken().map(Broken::invariant))
                .contains(defect == PostCopyModel.Defect.ENDED_MEANS_STAYED ? "JournalsAgree" : "NeverLost");
    }
}
