package dev.godwit.driver.contract;

import static dev.godwit.driver.Verdict.CANCEL;
import static dev.godwit.driver.Verdict.GO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Standing;
import dev.godwit.migration.MigrationOutcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whoever dies, and whenever, exactly one guest runs afterwards: the one who drives, a daemon, a receiver, the guest itself. */
abstract class LossContract extends CancelContract {

    // Somebody dies

    @Test
    void theGuestDiesAtTheSource() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome = interrupted(guest, watched -> crash(a, guest));

        assertThat(outcome).isInstanceOf(MigrationOutcome.Died.class);
        await("the guest is known to have ended", () -> a.state(guest).isEmpty());
        assertThat(b.state(guest)).isEmpty();
    }

    @Test
    void theGuestIsDestroyedAtTheSource() throws Exception {
        DomainRef guest = persistent(a);

        MigrationOutcome outcome = interrupted(guest, watched -> a.guests().destroy(guest, Set.of()));

        assertThat(outcome).isInstanceOf(MigrationOutcome.Died.class);
        assertThat(outcome.failure().orElseThrow()).hasMessage("operation failed: domain is not running");
        assertThat(outcome.failure().orElseThrow().domainNumber()).isEqualTo(20);
        assertThat(a.state(guest)).contains(StateReason.SHUTOFF_DESTROYED);
        assertThat(b.state(guest)).isEmpty();
    }

    @Test
    void theReceiverDies() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome = interrupted(guest, watched -> crash(b, guest));

        assertThat(outcome).isInstanceOf(MigrationOutcome.RolledBack.class);
        assertThat(outcome.failure().orElseThrow().is(ErrorCode.OPERATION_FAILED)).isTrue();
        await("the receiver is known to have ended", () -> b.state(guest).isEmpty());
        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        migratesAgain(guest);
    }

    @Test
    void theReceiverIsDestroyed() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome = interrupted(guest, watched -> b.guests().destroy(guest, Set.of()));

        assertThat(outcome).isInstanceOf(MigrationOutcome.RolledBack.class);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    // The one who drove is gone

    @Test
    void abandonedAfterBegin() {
        DomainRef guest = create(a);
        MigrationRequest request = protectedRequest(guest);
        a.source().begin(request);

        a.source().abandon(request);

        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
        migratesAgain(guest);
    }

    @Test
    void abandonedAfterPrepare() {
        DomainRef guest = create(a);
        MigrationRequest prepared = prepareOnly(a, b, guest);

        b.destination().abandon(prepared);
        a.source().abandon(prepared);

        assertRunsAtSourceAlone(guest);
        cancelled(b, prepared);
        migratesAgain(guest);
    }

    @Test
    void abandonedDuringPerform() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome =
                interrupted(guest, watched -> a.source().abandon(MigrationRequest.of(guest, LIVE)));

        assertThat(outcome.owner()).isEqualTo(MigrationOutcome.Owner.SOURCE);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void abandonedAfterPerformTheSourceAsksAndTheGuestRunsOn() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);

        a.source().abandon(sent);

        awaitRunsOnAtSource(guest);
        assertThatThrownBy(() -> b.destination().finish(sent, lastSent, GO)).isInstanceOf(VirtException.class);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void abandonedAfterPerformItStaysPausedUntilTheDestinationCanBeAsked() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        separated = true;

        a.source().abandon(sent);

        await("the source says that it is in doubt", () -> a.guests().messages(guest).stream()
                .anyMatch(text -> text.startsWith("in doubt: ") && text.contains("no way to")));
        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);
        refusedAtOnce(() -> a.guests().resume(guest));
        refusedAtOnce(() -> a.resolution().decide(guest, CANCEL, false));
        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);

        separated = false;
        assertThat(a.resolution().askAgain(guest).answer()).isEqualTo(Standing.Answer.BARRED);
        awaitRunsOnAtSource(guest);
        migratesAgain(guest);
    }

    @Test
    void anAdministratorDecidesByForceWhenNobodyCanBeAsked() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        separated = true;
        a.source().abandon(sent);
        await("the source says that it is in doubt", () -> !a.guests().messages(guest).isEmpty());
        b.destination().abandon(sent);

        a.resolution().decide(guest, CANCEL, true);

        separated = false;
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    /** A stock client that did not hear FINISH's answer tells the source to go on, although the guest runs at the destination. */
    @Test
    void aCancelAfterASilentFinishDoesNotMakeTwoOfIt() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);

        assertThatThrownBy(() -> a.source().confirm(sent, Cookie.NONE, CANCEL))
                .hasMessageContaining("had been handed over to the destination");

        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.state(guest)).isEmpty();
    }

    @Test
    void aCancelThatCannotBeCheckedLeavesTheGuestPaused() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);
        separated = true;

        assertThatThrownBy(() -> a.source().confirm(sent, Cookie.NONE, CANCEL)).hasMessageContaining("stays paused here");

        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);
        separated = false;
        assertThat(a.resolution().askAgain(guest).answer()).isEqualTo(Standing.Answer.ARRIVED);
        await("the original is ended", () -> a.state(guest).isEmpty());
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void theQuestionClosesTheDoor() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        MigrationResolution.Report report = b.resolution().reports(guest.uuid()).getFirst();

        Standing standing = b.resolution().ask(report.migration(), guest);

        assertThat(standing.answer()).isEqualTo(Standing.Answer.BARRED);
        assertThat(b.state(guest)).isEmpty();
        assertThatThrownBy(() -> b.destination().finish(sent, lastSent, GO)).isInstanceOf(VirtException.class);
        b.restart();
        assertThat(b.resolution().ask(report.migration(), guest).answer()).isEqualTo(Standing.Answer.BARRED);
        a.source().confirm(sent, Cookie.NONE, CANCEL);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void aMigrationThatADestinationNeverHeardOfIsBarredToo() {
        DomainRef guest = create(a);
        a.source().begin(protectedRequest(guest));
        MigrationResolution.Report report = a.resolution().reports(guest.uuid()).getFirst();

        assertThat(b.resolution().ask(report.migration(), guest).answer()).isEqualTo(Standing.Answer.BARRED);
        assertThat(report.open()).isTrue();
        assertThat(report.owner()).isEqualTo("source");
    }

    /** A call can be on its way for long: it must not be taken for one of the next migration of the same guest. */
    @Test
    void aFinishOfAnEarlierMigrationDoesNotStartTheReceiverOfTheNext() {
        DomainRef guest = create(a);
        MigrationRequest first = performOnly(guest);
        Sent late = lastSent;
        a.source().confirm(first, Cookie.NONE, CANCEL);
        MigrationRequest second = prepareOnly(a, b, guest);

        assertThatThrownBy(() -> b.destination().finish(first, late, GO)).hasMessageContaining("this belongs to migration");

        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(b.state(guest)).contains(StateReason.PAUSED_MIGRATION);
        b.destination().abandon(second);
        a.source().confirm(second, Cookie.NONE, CANCEL);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void bothHostsRememberWhoWasHandedTheGuestUnderWhichToken() {
        DomainRef guest = create(a);
        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();
        assertThat(migrate(b, a, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();

        assertThat(a.resolution().reports(guest.uuid())).extracting(MigrationResolution.Report::token)
                .containsExactly(2L, 1L);
        assertThat(b.resolution().reports(guest.uuid())).extracting(MigrationResolution.Report::token)
                .containsExactly(2L, 1L);
        for (ContractHost host : List.of(a, b)) {
            assertThat(host.resolution().reports(guest.uuid())).allSatisfy(report -> {
                assertThat(report.open()).isFalse();
                assertThat(report.owner()).isEqualTo("destination");
            });
            assertThat(host.resolution().journal(Optional.of(guest.uuid()))).isNotEmpty();
        }
    }

    private static void refusedAtOnce(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(VirtException.class,
                e -> assertThat(e.is(ErrorCode.OPERATION_INVALID)).isTrue());
    }

    @Test
    void abandonedAfterFinishTheDestinationKeepsTheGuest() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);

        b.destination().abandon(sent);
        a.source().abandon(sent);

        await("the original is ended", () -> a.state(guest).isEmpty());
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void abandoningWhatIsOverDoesNothing() {
        DomainRef guest = create(a);
        MigrationRequest request = MigrationRequest.of(guest, LIVE);
        assertThat(migrate(a, b, request).failure()).isEmpty();

        a.source().abandon(request);
        b.destination().abandon(request);

        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.state(guest)).isEmpty();
    }

    // The daemon is gone and comes back

    @Test
    void theSourceRestartsAfterBegin() {
        DomainRef guest = create(a);
        a.source().begin(protectedRequest(guest));

        a.restart();

        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        migratesAgain(guest);
    }

    @Test
    void theDestinationRestartsAfterPrepare() {
        DomainRef guest = create(a);
        MigrationRequest prepared = prepareOnly(a, b, guest);

        b.restart();

        assertThat(b.state(guest)).isEmpty();
        a.source().confirm(prepared, Cookie.NONE, CANCEL);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void theSourceRestartsDuringPerform() throws Exception {
        DomainRef guest = create(a);

        interrupted(guest, watched -> a.restart());

        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(b.state(guest)).isEmpty();
        migratesAgain(guest);
    }

    @Test
    void theSourceRestartsAfterPerformAndAsks() {
        DomainRef guest = create(a);
        performOnly(guest);

        a.restart();

        awaitRunsOnAtSource(guest);
        migratesAgain(guest);
    }

    @Test
    void theSourceRestartsAfterFinishAndAsks() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);

        a.restart();

        await("the original is ended", () -> a.state(guest).isEmpty());
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void theDestinationRestartsAfterPerform() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);

        b.restart();

        assertThat(b.state(guest)).isEmpty();
        a.source().confirm(sent, Cookie.NONE, CANCEL);
        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATION_CANCELED);
        migratesAgain(guest);
    }

    @Test
    void theDestinationRestartsAfterFinish() {
        DomainRef guest = create(a);
        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();

        b.restart();

        assertThat(b.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(migrate(b, a, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();
    }
}
