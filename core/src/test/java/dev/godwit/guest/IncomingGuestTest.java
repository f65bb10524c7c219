package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.Standing.Answer;
import dev.godwit.guest.ConfigHandling.AtDestination;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that arrives, or does not. */
class IncomingGuestTest {

    private static final Element DEFINITION = XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, ""));

    @TempDir
    Path folder;

    private PaperHost host;
    private GuestMigrations migrations;

    @BeforeEach
    void host() {
        host = new PaperHost(folder, Duration.ofMillis(50));
        migrations = host.guests.migrations();
    }

    private MigrationJob admit() {
        return migrations.admitIncoming(DEFINITION, List.of(), Optional.empty(), Optional.empty(), 1, "remoteDispatchDomainMigratePrepare3Params");
    }

    @Test
    void untilItHasArrivedItCanOnlyBeLookedAtAndDestroyed() {
        MigrationJob job = admit();
        DomainRef guest = job.guest().ref();
        assertThat(host.state(guest)).isEqualTo(StateReason.PAUSED_STARTING_UP);
        assertThatThrownBy(() -> host.guests.destroy(guest, Set.of())).hasMessageContaining("cannot acquire");
        migrations.prepared(job);

        assertThat(host.state(guest)).isEqualTo(StateReason.PAUSED_MIGRATION);
        assertThat(host.takeEvents()).containsExactly("STARTED_MIGRATED 1");
        assertThat(host.guests.isPersistent(guest)).isFalse();
        assertThat(host.live(guest)).contains("web1");
        assertThatThrownBy(() -> host.guests.suspend(guest)).hasMessage("Timed out during operation:"
                + " cannot acquire state change lock (held by monitor=remoteDispatchDomainMigratePrepare3Params)");
        host.guests.destroy(guest, Set.of());
        assertThat(host.find(PaperHost.UUID_A)).isEmpty();
        assertThat(job.active()).isFalse();
        assertThat(host.takeEvents()).containsExactly("STOPPED_DESTROYED -1");
        assertThatThrownBy(() -> migrations.finishIncoming(
                job, AtDestination.WRITE, Optional.empty(), false, JobStats.NONE))
                .hasMessage("Requested operation is not valid: domain is not running");
        assertThat(host.find(PaperHost.UUID_A)).isEmpty();
    }

    @Test
    void aGuestThatRunsOrAStrangerWithItsNameIsRefused() {
        DomainRef running = host.create("web1", PaperHost.UUID_A);
        assertThatThrownBy(this::admit)
                .hasMessage("Requested operation is not valid: domain 'web1' is already active")
                .isInstanceOfSatisfying(VirtException.class, e -> {
                    assertThat(e.is(ErrorCode.OPERATION_INVALID)).isTrue();
                    assertThat(e.domainNumber()).isEqualTo(ErrorDomain.DOMAIN.number());
                });
        host.guests.destroy(running, Set.of());
        host.define("web1", PaperHost.UUID_B);
        assertThatThrownBy(this::admit)
                .hasMessage("operation failed: domain 'web1' already exists with uuid " + PaperHost.UUID_B);
        assertThat(host.guests.list(Set.of())).hasSize(1);
    }

    private MigrationJob admit(MigrationTicket ticket) {
        return migrations.admitIncoming(DEFINITION, List.of(), Optional.empty(), Optional.of(ticket), 1, "PREPARE");
    }

    @Test
    void aMigrationThatWasHereBeforeIsNotLetInAgain() {
        MigrationTicket ticket = new MigrationTicket(new MigrationId(new UUID(1, 1)), 1, new UUID(2, 2), List.of());
        MigrationJob job = admit(ticket);
        migrations.prepared(job);
        migrations.finishIncoming(job, AtDestination.NONE, Optional.empty(), false, JobStats.NONE);
        host.guests.destroy(job.guest().ref(), Set.of());

        // The call comes once more. What was handed over once must not count for a receiver that has got nothing.
        assertThatThrownBy(() -> admit(ticket)).hasMessageContaining("has come to this host before");
        assertThat(host.hypervisor.machines).isEmpty();
    }

    @Test
    void whoAsksAboutAMigrationMustNameItsGuest() {
        MigrationTicket ticket = new MigrationTicket(new MigrationId(new UUID(1, 1)), 1, new UUID(2, 2), List.of());
        MigrationJob job = admit(ticket);
        migrations.prepared(job);
        migrations.finishIncoming(job, AtDestination.NONE, Optional.empty(), false, JobStats.NONE);
        IncomingMigrations incoming = new IncomingMigrations(host.guests, false, ErrorDomain.QEMU);

        assertThat(incoming.ask(ticket.id(), PaperHost.UUID_A).answer()).isEqualTo(Answer.ARRIVED);
        assertThat(incoming.ask(ticket.id(), PaperHost.UUID_B).answer()).isEqualTo(Answer.UNCLEAR);
    }

    @Test
    void aReceiverThatCannotBeMadeLeavesNothing() {
        host.hypervisor.failure = Optional.of(new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "no"));
        assertThatThrownBy(this::admit).hasMessage("internal error: no");
        assertThat(host.find(PaperHost.UUID_A)).isEmpty();
        assertThat(host.takeEvents()).isEmpty();
        host.hypervisor.failure = Optional.empty();
        assertThat(admit().active()).isTrue();
    }

    @Test
    void oneThatIsDiscardedIsForgottenUnlessItIsDefinedHere() {
        DomainRef defined = host.define("web1", PaperHost.UUID_A);
        host.takeEvents();
        MigrationJob job = admit();
        migrations.prepared(job);
        migrations.discardIncoming(job);
        migrations.discardIncoming(job);

        assertThat(host.takeEvents()).containsExactly("STARTED_MIGRATED 1", "STOPPED_FAILED -1");
        assertThat(host.state(defined)).isEqualTo(StateReason.SHUTOFF_FAILED);
        assertThat(host.start(defined).active()).isTrue();
    }

    @Test
    void aFinishThatFailsGivesTheOldConfigurationBack() {
        host.guests.define(PaperHost.xml("web1", PaperHost.UUID_A, "<title>old</title>"), Set.of());
        MigrationJob job = admit();
        migrations.prepared(job);
        host.hypervisor.machine(PaperHost.UUID_A).refuses =
                Optional.of(new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "images are locked"));

        assertThatThrownBy(() -> migrations.finishIncoming(
                job, AtDestination.WRITE, Optional.of(DEFINITION), false, JobStats.NONE))
                .hasMessage("internal error: images are locked");
        assertThat(host.inactive(job.guest().ref())).contains("old");
        assertThat(host.state(job.guest().ref())).isEqualTo(StateReason.SHUTOFF_FAILED);
        assertThat(host.hypervisor.machines).isEmpty();
    }

    @Test
    void aGuestThatIsToStayPausedStaysPaused() {
        MigrationJob job = admit();
        migrations.prepared(job);
        host.takeEvents();
        migrations.finishIncoming(job, AtDestination.NONE, Optional.empty(), true, JobStats.NONE);

        assertThat(host.state(job.guest().ref())).isEqualTo(StateReason.PAUSED_USER);
        assertThat(host.takeEvents()).containsExactly("SUSPENDED_PAUSED 1");
        host.guests.resume(job.guest().ref());
        assertThat(host.state(job.guest().ref())).isEqualTo(StateReason.RUNNING_UNPAUSED);
    }

    @Test
    void callsForMigrationsThatAreNotThereSaySo() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        assertThatThrownBy(() -> migrations.outgoing(guest))
                .hasMessage("Requested operation is not valid: domain 'web1' is not being migrated");
        assertThatThrownBy(() -> migrations.incoming("web1"))
                .hasMessage("Requested operation is not valid: domain 'web1' is not processing incoming migration");
        assertThatThrownBy(() -> migrations.incoming("web2"))
                .hasMessage("Domain not found: no domain with matching name 'web2'");
    }
}
