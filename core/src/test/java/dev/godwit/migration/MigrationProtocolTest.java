package dev.godwit.migration;

import static dev.godwit.domain.Host.DESTINATION;
import static dev.godwit.domain.Host.SOURCE;
import static dev.godwit.migration.TwoHosts.GUEST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.PerformControl;
import dev.godwit.migration.MigrationOutcome.Cause;
import dev.godwit.migration.MigrationOutcome.Completed;
import dev.godwit.migration.MigrationOutcome.Died;
import dev.godwit.migration.MigrationOutcome.InDoubt;
import dev.godwit.migration.MigrationOutcome.LeftBehind;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.MigrationOutcome.RolledBack;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.TwoHosts.Copy;
import dev.godwit.migration.TwoHosts.CoordinatorDied;
import dev.godwit.migration.TwoHosts.Fault;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MigrationProtocolTest {

    private static final MigrationRequest PLAIN = MigrationRequest.of(GUEST, Set.of(MigrationFlag.LIVE));

    @Test
    void movesInFiveCalls() {
        TwoHosts hosts = new TwoHosts();

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(hosts.calls).containsExactly("begin", "prepare", "perform", "finish GO", "confirm GO");
        assertThat(outcome).isInstanceOf(Completed.class);
        assertThat(outcome.owner()).isEqualTo(Owner.DESTINATION);
        assertThat(outcome.failure()).isEmpty();
        assertThat(((Completed) outcome).guest().id()).isEqualTo(7);
        assertThat(hosts.atSource).isEqualTo(Copy.NONE);
        assertThat(hosts.atDestination).isEqualTo(Copy.RUNNING);
    }

    /** The whole table: nobody may add a cell that no test reads. */
    @Test
    void everyCellOfTheTableIsVisited() {
        Set<String> visited = new TreeSet<>();
        for (Phase phase : Phase.values()) {
            visited.addAll(refusedIn(phase));
            for (Host first : Host.values()) {
                visited.addAll(coordinatorDies(phase, Fault.COORDINATOR_DIES_DURING, first));
                visited.addAll(coordinatorDies(phase, Fault.COORDINATOR_DIES_AFTER, first));
            }
        }
        Set<String> missing = new TreeSet<>();
        for (Phase phase : Phase.values()) {
            for (String column : List.of("runsOn", "ifFailsTell", "abandonedDuring", "abandonedAfter")) {
                missing.add(phase + " " + column);
            }
        }
        missing.removeAll(visited);
        assertThat(missing).as("cells of the table that no test visits").isEmpty();
    }

    /** A refusal in a phase: the row says who is told, and afterwards the guest is where the outcome says. */
    private static List<String> refusedIn(Phase phase) {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(phase, Fault.REFUSES);

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        List<String> expected = new ArrayList<>(
                List.of("begin", "prepare", "perform", "finish GO", "confirm GO").subList(0, phase.ordinal() + 1));
        if (phase.ifFailsTell().contains(DESTINATION)) {
            expected.add("finish CANCEL");
        }
        if (phase.ifFailsTell().contains(SOURCE)) {
            expected.add("confirm CANCEL");
        }
        assertThat(hosts.calls).as("%s refused", phase).containsExactlyElementsOf(expected);
        assertThat(outcome.causes().getFirst()).isEqualTo(new Cause(phase.runsOn(), hosts.refusal));
        if (phase == Phase.CONFIRM) {
            assertThat(outcome).isInstanceOf(LeftBehind.class);
            assertThat(hosts.atSource).isEqualTo(Copy.PAUSED);
            assertThat(hosts.atDestination).isEqualTo(Copy.RUNNING);
        } else {
            assertThat(outcome).isEqualTo(new RolledBack(phase, List.of(new Cause(phase.runsOn(), hosts.refusal))));
            assertThat(outcome.failure()).contains(hosts.refusal);
            assertThat(hosts.atSource).as("%s refused: at the source", phase).isEqualTo(Copy.RUNNING);
            assertThat(hosts.atDestination).as("%s refused: at the destination", phase).isEqualTo(Copy.NONE);
        }
        return List.of(phase + " runsOn", phase + " ifFailsTell");
    }

    /** The coordinator ends: both hosts are alone with the table, and exactly one copy runs in the end. */
    private static List<String> coordinatorDies(Phase phase, Fault when, Host first) {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(phase, when);
        try {
            hosts.migrate(PLAIN);
            throw new AssertionError("The coordinator survived " + when + " in " + phase);
        } catch (CoordinatorDied expected) {
            // That is the point.
        }
        List<String> cells = hosts.abandon(first);
        assertThat(List.of(hosts.atSource, hosts.atDestination))
                .as("%s in %s, %s notices first", when, phase, first)
                .containsExactlyInAnyOrder(Copy.RUNNING, Copy.NONE);
        return cells;
    }

    @ParameterizedTest
    @EnumSource(value = Phase.class, names = {"BEGIN", "PREPARE", "PERFORM"})
    void silenceBeforeFinishIsFailure(Phase phase) {
        for (Fault silence : List.of(Fault.REQUEST_LOST, Fault.ANSWER_LOST)) {
            TwoHosts hosts = new TwoHosts();
            hosts.faults.put(phase, silence);

            MigrationOutcome outcome = hosts.migrate(PLAIN);

            assertThat(outcome).isInstanceOf(RolledBack.class);
            assertThat(outcome.owner()).isEqualTo(Owner.SOURCE);
            assertThat(hosts.atDestination).isNotEqualTo(Copy.RUNNING);
            assertThat(hosts.calls).doesNotContain("finish GO");
        }
    }

    @Test
    void aFinishThatNeverArrivedIsTakenBack() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.FINISH, Fault.REQUEST_LOST);

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(hosts.calls).endsWith("finish GO", "finish CANCEL", "confirm CANCEL");
        assertThat(outcome).isInstanceOf(RolledBack.class);
        assertThat(hosts.atSource).isEqualTo(Copy.RUNNING);
        assertThat(hosts.atDestination).isEqualTo(Copy.NONE);
        assertThat(hosts.doorClosed).isTrue();
    }

    @Test
    void aFinishWhoseAnswerWasLostIsCompleted() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.FINISH, Fault.ANSWER_LOST);

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(hosts.calls).endsWith("finish GO", "finish CANCEL", "confirm GO");
        assertThat(outcome).isInstanceOf(Completed.class);
        assertThat(hosts.atSource).isEqualTo(Copy.NONE);
        assertThat(hosts.atDestination).isEqualTo(Copy.RUNNING);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"REQUEST_LOST", "ANSWER_LOST"})
    void aDestinationThatStaysSilentLeavesTheGuestPausedAtTheSource(Fault silence) {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.FINISH, silence);
        hosts.cancelLostAtDestination = true;

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(outcome).isInstanceOf(InDoubt.class);
        assertThat(outcome.owner()).isEqualTo(Owner.UNKNOWN);
        assertThat(hosts.atSource).isEqualTo(Copy.PAUSED);
        assertThat(hosts.calls).endsWith("finish CANCEL");
        assertThat(outcome.causes()).hasSize(2);
        assertThat(outcome.failure().orElseThrow()).hasMessageContaining("Start and destroy it nowhere before that is known");
    }

    @Test
    void anAnswerThatDoesNotCloseTheDoorLeavesTheGuestPaused() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.FINISH, Fault.ANSWER_LOST);
        hosts.cancelRefusedAtDestination = true;

        assertThat(hosts.migrate(PLAIN)).isInstanceOf(InDoubt.class);
        assertThat(hosts.atSource).isEqualTo(Copy.PAUSED);
    }

    @Test
    void confirmWithoutAnAnswerIsLeftBehind() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.CONFIRM, Fault.REQUEST_LOST);

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(outcome).isInstanceOf(LeftBehind.class);
        assertThat(outcome.owner()).isEqualTo(Owner.DESTINATION);
        assertThat(outcome.failure()).isEmpty();
    }

    @Test
    void cancelledAfterEveryPhase() {
        List<Phase> phases = List.of(Phase.BEGIN, Phase.PREPARE, Phase.PERFORM);
        List<List<String>> told = List.of(
                List.of("begin", "confirm CANCEL"),
                List.of("begin", "prepare", "finish CANCEL", "confirm CANCEL"),
                List.of("begin", "prepare", "perform", "finish CANCEL", "confirm CANCEL"));
        for (Phase last : phases) {
            TwoHosts hosts = new TwoHosts();
            int[] closed = {0};
            hosts.afterEachPhase = () -> closed[0]++;
            PerformControl control = new PerformControl() {
                @Override
                public void progress(JobStats stats) {}

                @Override
                public boolean cancelled() {
                    return closed[0] > last.ordinal();
                }
            };

            MigrationOutcome outcome = MigrationProtocol.run(hosts.source, hosts.destination, PLAIN, control);

            assertThat(hosts.calls).isEqualTo(told.get(last.ordinal()));
            assertThat(outcome.failure().orElseThrow().is(ErrorCode.OPERATION_ABORTED)).isTrue();
            assertThat(outcome.failure().orElseThrow())
                    .hasMessage("operation aborted: job 'migration out' canceled by client");
            assertThat(hosts.atSource).isEqualTo(Copy.RUNNING);
            assertThat(hosts.atDestination).isEqualTo(Copy.NONE);
        }
    }

    @Test
    void cancelledBeforeTheFirstCallNobodyIsAsked() {
        TwoHosts hosts = new TwoHosts();
        Thread.currentThread().interrupt();

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(Thread.interrupted()).as("the interrupt is kept for the caller").isTrue();
        assertThat(hosts.calls).isEmpty();
        assertThat(outcome).isInstanceOf(RolledBack.class);
    }

    @Test
    void aCancelThatComesAfterFinishIsTooLate() {
        TwoHosts hosts = new TwoHosts();
        hosts.afterEachPhase = () -> {
            if (hosts.atDestination == Copy.RUNNING) {
                Thread.currentThread().interrupt();
            }
        };

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome).isInstanceOf(Completed.class);
    }

    @Test
    void bothHostsWordsAreKeptAndMergedAsLibvirtsClientDoes() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.PERFORM, Fault.REFUSES);
        hosts.cancelRefusedAtDestination = true;

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(outcome.causes()).extracting(Cause::host).containsExactly(SOURCE, DESTINATION);
        VirtException error = outcome.failure().orElseThrow();
        assertThat(error.codeNumber()).isEqualTo(9);
        assertThat(error.domainNumber()).isZero();
        assertThat(error).hasMessage("operation failed: migration failed."
                + " Message from the source host: operation failed: it does not want to."
                + " Message from the destination host: internal error: the receiver does not end");
    }

    @Test
    void aSourceThatCannotResumeIsSaidToo() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.PREPARE, Fault.REFUSES);
        hosts.cancelRefusedAtSource = true;

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(outcome).isInstanceOf(RolledBack.class);
        assertThat(outcome.causes()).extracting(Cause::host).containsExactly(DESTINATION, SOURCE);
        assertThat(outcome.failure()).contains(hosts.refusal);
    }

    @Test
    void aSourceThatAsksBeforeItTakesTheGuestBackKnowsBetterThanARefusal() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.FINISH, Fault.REFUSES);
        hosts.cancelRefusedAtSource = true;

        hosts.sourceRefusal = new VirtException(ErrorCode.MIGRATE_FINISH_OK, ErrorDomain.QEMU, "it was handed over");
        assertThat(hosts.migrate(PLAIN)).isInstanceOf(Completed.class);

        hosts.sourceRefusal = new VirtException(ErrorCode.OPERATION_TIMEOUT, ErrorDomain.QEMU, "it is in doubt");
        MigrationOutcome doubt = hosts.migrate(PLAIN);
        assertThat(doubt).isInstanceOf(InDoubt.class);
        assertThat(doubt.causes()).extracting(Cause::host).containsExactly(DESTINATION, SOURCE);
    }

    @Test
    void aDestinationThatCannotSayYetIsAskedAndNotTakenForOneThatRefuses() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.FINISH, Fault.REFUSES);
        hosts.refusal = new VirtException(ErrorCode.OPERATION_TIMEOUT, ErrorDomain.QEMU, "it cannot be written down yet");

        assertThat(hosts.migrate(PLAIN)).isInstanceOf(RolledBack.class);
        assertThat(hosts.calls).endsWith("finish GO", "finish CANCEL", "confirm CANCEL");

        TwoHosts silent = new TwoHosts();
        silent.faults.put(Phase.FINISH, Fault.REFUSES);
        silent.refusal = hosts.refusal;
        silent.cancelLostAtDestination = true;
        assertThat(silent.migrate(PLAIN)).isInstanceOf(InDoubt.class);
        assertThat(silent.calls).doesNotContain("confirm CANCEL");
    }

    @Test
    void aGuestThatEndedWhileItMovedBelongsToNobody() {
        TwoHosts hosts = new TwoHosts();
        hosts.faults.put(Phase.PERFORM, Fault.REFUSES);
        hosts.refusal = new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.DOMAIN, "domain is not running");

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(outcome).isInstanceOf(Died.class);
        assertThat(outcome.owner()).isEqualTo(Owner.NOBODY);
        assertThat(hosts.calls).endsWith("finish CANCEL");
    }

    @Test
    void aDestinationThatSaysNoPlaceIsAnError() {
        TwoHosts hosts = new TwoHosts();
        hosts.destinationSaysWhere = false;

        MigrationOutcome outcome = hosts.migrate(PLAIN);

        assertThat(hosts.calls).containsExactly("begin", "prepare", "finish CANCEL", "confirm CANCEL");
        assertThat(outcome.failure().orElseThrow()).hasMessage("internal error: domainMigratePrepare3 did not set uri");
    }

    @Test
    void theUsersUriHoldsWhereTheDestinationSaysNone() {
        TwoHosts hosts = new TwoHosts();
        hosts.destinationSaysWhere = false;

        assertThat(hosts.migrate(PLAIN.withUri("tcp://b:50000"))).isInstanceOf(Completed.class);
        assertThat(hosts.asked.get(Phase.PERFORM).uri()).contains("tcp://b:50000");
    }

    @Test
    void eachHostSeesTheRequestThatConcernsIt() {
        TwoHosts hosts = new TwoHosts();
        hosts.guestWasPaused = true;
        Set<MigrationFlag> flags = EnumSet.of(MigrationFlag.LIVE, MigrationFlag.ABORT_ON_ERROR,
                MigrationFlag.AUTO_CONVERGE, MigrationFlag.PERSIST_DEST);

        hosts.migrate(MigrationRequest.of(GUEST, flags).withUri("tcp://b"));

        assertThat(hosts.asked.get(Phase.BEGIN).flags()).containsExactlyInAnyOrder(MigrationFlag.LIVE,
                MigrationFlag.ABORT_ON_ERROR, MigrationFlag.AUTO_CONVERGE, MigrationFlag.PERSIST_DEST,
                MigrationFlag.CHANGE_PROTECTION);
        assertThat(hosts.asked.get(Phase.BEGIN).destinationXml()).isEmpty();
        for (Phase atDestination : List.of(Phase.PREPARE, Phase.FINISH)) {
            assertThat(hosts.asked.get(atDestination).flags()).containsExactlyInAnyOrder(
                    MigrationFlag.LIVE, MigrationFlag.PERSIST_DEST, MigrationFlag.PAUSED);
            assertThat(hosts.asked.get(atDestination).destinationXml()).contains("<domain/>");
        }
        assertThat(hosts.asked.get(Phase.PREPARE).uri()).contains("tcp://b");
        assertThat(hosts.asked.get(Phase.PREPARE).destinationName()).isEmpty();
        assertThat(hosts.asked.get(Phase.PERFORM).flags()).contains(MigrationFlag.PAUSED,
                MigrationFlag.CHANGE_PROTECTION);
        assertThat(hosts.asked.get(Phase.PERFORM).uri()).contains("tcp:b:49152");
        assertThat(hosts.asked.get(Phase.FINISH).destinationName()).contains("web1");
        assertThat(hosts.asked.get(Phase.CONFIRM).flags()).contains(MigrationFlag.CHANGE_PROTECTION);
    }

    @Test
    void aRequestThatContradictsItselfReachesNobody() {
        TwoHosts hosts = new TwoHosts();

        MigrationOutcome outcome = hosts.migrate(MigrationRequest.of(GUEST, EnumSet.of(MigrationFlag.POSTCOPY,
                MigrationFlag.TUNNELLED, MigrationFlag.OFFLINE)));

        assertThat(hosts.calls).isEmpty();
        assertThat(outcome).isInstanceOf(RolledBack.class);
        VirtException error = outcome.failure().orElseThrow();
        assertThat(error.code()).isEqualTo(Optional.of(ErrorCode.INVALID_ARG));
        assertThat(error).hasMessage("invalid argument: cannot perform tunnelled migration without using peer2peer flag;"
                + " post-copy is not supported with tunnelled migration;"
                + " post-copy migration is not supported with non-live or paused migration;"
                + " offline migration must be specified with the persistent flag set;"
                + " tunnelled offline migration does not make sense");
    }
}
