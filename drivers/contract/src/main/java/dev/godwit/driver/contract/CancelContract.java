package dev.godwit.driver.contract;

import static dev.godwit.driver.Verdict.CANCEL;
import static dev.godwit.driver.Verdict.GO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobType;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Sent;
import dev.godwit.migration.MigrationOutcome;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A migration that is taken back, before, while and after the guest is sent, leaves everything as it was. */
abstract class CancelContract extends RefusalContract {

    // It is taken back

    @Test
    void aCancelledReceiverIsGone() {
        DomainRef guest = create(a);
        MigrationRequest prepared = prepareOnly(a, b, guest);
        assertThat(b.state(guest)).contains(StateReason.PAUSED_MIGRATION);
        assertThat(b.guests().byName("web1").active()).isTrue();

        cancelled(b, prepared);

        assertThat(b.state(guest)).isEmpty();
        assertThat(b.lifecycle(guest)).containsExactly(Lifecycle.STARTED_MIGRATED, Lifecycle.STOPPED_FAILED);
        cancelled(b, prepared);
        a.source().confirm(protectedRequest(guest), Cookie.NONE, CANCEL);
        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
        migratesAgain(guest);
    }

    @Test
    void aCancelledReceiverKeepsAConfigurationThatWasThere() {
        DomainRef guest = create(a);
        b.guests().define(definition("web1", uuid), Set.of());
        MigrationRequest prepared = prepareOnly(a, b, guest);

        cancelled(b, prepared);

        assertThat(b.state(guest)).contains(StateReason.SHUTOFF_FAILED);
        assertThat(b.guests().isPersistent(guest)).isTrue();
    }

    @Test
    void afterEverythingWasSentACancelResumesTheSource() {
        DomainRef guest = create(a);
        a.forgetEvents();
        MigrationRequest sent = performOnly(guest);
        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);

        cancelled(b, sent);
        a.source().confirm(sent, Cookie.NONE, CANCEL);

        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATION_CANCELED);
        assertThat(a.lifecycle(guest)).containsExactly(Lifecycle.SUSPENDED_MIGRATED, Lifecycle.RESUMED_MIGRATED);
        a.source().confirm(sent, Cookie.NONE, CANCEL);
        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATION_CANCELED);
        assertThat(b.state(guest)).isEmpty();
        migratesAgain(guest);
    }

    @Test
    void aConfirmThatIsRepeatedDoesNothing() {
        DomainRef guest = persistent(a);
        MigrationRequest sent = performOnly(guest);
        Arrived arrived = b.destination().finish(sent, lastSent, GO);

        a.source().confirm(sent, arrived.cookie(), GO);
        a.forgetEvents();
        a.source().confirm(sent, arrived.cookie(), GO);

        assertThat(a.state(guest)).contains(StateReason.SHUTOFF_MIGRATED);
        assertThat(a.events()).isEmpty();
    }

    @Test
    void aConfirmOfNothingIsAnError() {
        DomainRef guest = create(a);

        refused(55, errorDomain().number(), "Requested operation is not valid: domain 'web1' is not being migrated",
                () -> a.source().confirm(MigrationRequest.of(guest, LIVE), Cookie.NONE, GO));

        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
    }

    @Test
    void aFinishOfNothingIsAnError() {
        DomainRef guest = b.guests().define(definition("web1", uuid), Set.of());

        refused(55, errorDomain().number(),
                "Requested operation is not valid: domain 'web1' is not processing incoming migration",
                () -> b.destination().finish(MigrationRequest.of(guest, LIVE), Sent.NOTHING, GO));
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> a.destination().finish(MigrationRequest.of(guest, LIVE), Sent.NOTHING, GO))
                .satisfies(error -> assertThat(error.is(ErrorCode.NO_DOMAIN)).isTrue());
    }

    @Test
    void aCancelThatComesTooLateSaysThatTheGuestRuns() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);

        refused(55, 20, "Requested operation is not valid: domain 'web1' is already active",
                () -> b.destination().finish(sent, Sent.NOTHING, CANCEL));

        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void aFinishAfterACancelStartsNothing() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        cancelled(b, sent);

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> b.destination().finish(sent, lastSent, GO));

        assertThat(b.state(guest)).isEmpty();
        a.source().confirm(sent, Cookie.NONE, CANCEL);
        assertRunsAtSourceAlone(guest);
    }

    // It is cancelled while it is sent

    @Test
    void theDriverOfTheMigrationCancels() throws Exception {
        DomainRef guest = create(a);
        a.forgetEvents();

        MigrationOutcome outcome = interrupted(guest, Watched::cancel);

        assertThat(outcome.failure().orElseThrow().is(ErrorCode.OPERATION_ABORTED)).isTrue();
        assertThat(outcome.failure().orElseThrow())
                .hasMessage("operation aborted: job 'migration out' canceled by client");
        assertThat(outcome.owner()).isEqualTo(MigrationOutcome.Owner.SOURCE);
        assertRunsAtSourceAlone(guest);
        assertThat(a.lifecycle(guest)).as("a guest that never stopped says nothing").isEmpty();
        migratesAgain(guest);
    }

    @Test
    void somebodyElseAbortsTheJob() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome = interrupted(guest, watched -> {
            assertThat(a.jobs().stats(guest).type()).isEqualTo(JobType.UNBOUNDED);
            assertThat(a.jobs().stats(guest).orZero(JobField.OPERATION))
                    .isEqualTo(JobOperation.MIGRATION_OUT.ordinal());
            refused(84, errorDomain().number(),
                    "Operation not supported: migration statistics are available only on the source host",
                    () -> b.jobs().stats(guest));
            a.jobs().abort(guest);
        });

        assertThat(outcome.failure().orElseThrow().codeNumber()).isEqualTo(78);
        assertThat(outcome.failure().orElseThrow().domainNumber()).isEqualTo(errorDomain().number());
        assertRunsAtSourceAlone(guest);
        refused(55, errorDomain().number(), "Requested operation is not valid: no job is active on the domain",
                () -> a.jobs().abort(guest));
        migratesAgain(guest);
    }

    @Test
    void aSuspendedGuestRunsAgainAfterACancel() throws Exception {
        DomainRef guest = create(a);

        interrupted(guest, watched -> {
            a.guests().suspend(guest);
            watched.cancel();
        });

        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATION_CANCELED);
        migratesAgain(guest);
    }
}
