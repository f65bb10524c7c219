package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for whom. */
@Timeout(60)
class JobSlotTest {

    private static final String TIMEOUT =
            "Timed out during operation: cannot acquire state change lock (held by monitor=%s)";

    @TempDir
    Path folder;

    private PaperHost host;
    private DomainRef guest;

    @BeforeEach
    void host() {
        host = new PaperHost(folder, Duration.ofMillis(100));
        guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.takeEvents();
    }

    private JobSlot jobs() {
        return host.guests.registry().of(guest).jobs();
    }

    @Test
    void aShortJobWaitsForAnotherAndSaysForWhich() {
        try (Job _ = jobs().begin(JobKind.MODIFY, "remoteDispatchDomainX")) {
            assertThatThrownBy(() -> host.guests.suspend(guest))
                    .hasMessage(TIMEOUT.formatted("remoteDispatchDomainX"))
                    .isInstanceOfSatisfying(VirtException.class, e -> {
                        assertThat(e.codeNumber()).isEqualTo(68);
                        assertThat(e.domainNumber()).isZero();
                    });
            // Whoever only asks does not wait.
            assertThat(host.guests.state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);
            assertThat(host.guests.xml(guest, Set.of())).contains("web1");
            assertThat(host.guests.info(guest).memoryKiB()).isEqualTo(512);
            assertThat(host.guests.control(guest).state()).isEqualTo(1);
        }
        host.guests.suspend(guest);
        assertThat(host.guests.state(guest)).isEqualTo(StateReason.PAUSED_USER);
    }

    @Test
    void aShortJobGoesOnWhenTheOtherEnds() throws Exception {
        PaperHost patient = new PaperHost(folder.resolve("patient"));
        DomainRef other = patient.create("web2", PaperHost.UUID_B);
        Job held = patient.guests.registry().of(other).jobs().begin(JobKind.MODIFY, "x");
        CompletableFuture<Void> suspended = CompletableFuture.runAsync(() -> patient.guests.suspend(other));
        assertThat(suspended).isNotDone();
        held.close();
        suspended.get(20, TimeUnit.SECONDS);
        assertThat(patient.guests.state(other)).isEqualTo(StateReason.PAUSED_USER);
    }

    @Test
    void anOutgoingMigrationLetsInSomeAndRefusesASecond() {
        GuestMigrations migrations = host.guests.migrations();
        MigrationJob job = migrations.beginOutgoing(guest, "remoteDispatchDomainMigrateBegin3Params");

        assertThatThrownBy(() -> migrations.beginOutgoing(guest, "x"))
                .hasMessage("Requested operation is not valid:"
                        + " another migration job is already running for domain 'web1'");
        assertThatThrownBy(() -> host.guests.resume(guest))
                .hasMessage(TIMEOUT.formatted("remoteDispatchDomainMigrateBegin3Params"));
        assertThatThrownBy(() -> host.guests.undefine(guest, Set.of()))
                .isInstanceOfSatisfying(VirtException.class,
                        e -> assertThat(e.is(ErrorCode.OPERATION_TIMEOUT)).isTrue());
        host.define("web1", PaperHost.UUID_A);
        host.guests.suspend(guest);
        assertThat(host.guests.state(guest)).isEqualTo(StateReason.PAUSED_MIGRATION);
        assertThat(host.takeEvents()).containsExactly("DEFINED_UPDATED 1", "SUSPENDED_MIGRATED 1");
        try (Job _ = jobs().begin(JobKind.MIGRATION_LIMITS, "y"); ) {
            assertThat(jobs().current()).isPresent();
        }
        migrations.resumeOutgoing(job);
        assertThat(host.guests.state(guest)).isEqualTo(StateReason.RUNNING_MIGRATION_CANCELED);
        assertThat(host.takeEvents()).containsExactly("RESUMED_MIGRATED 1");
    }

    @Test
    void aGuestThatWasPausedBeforeItsMigrationStaysPausedWhenItFails() {
        host.guests.suspend(guest);
        GuestMigrations migrations = host.guests.migrations();
        migrations.resumeOutgoing(migrations.beginOutgoing(guest, "begin"));
        assertThat(host.guests.state(guest)).isEqualTo(StateReason.PAUSED_USER);
    }

    @Test
    void destroyDuringAMigrationEndsItsJob() {
        GuestMigrations migrations = host.guests.migrations();
        MigrationJob job = migrations.beginOutgoing(guest, "begin");
        host.guests.destroy(guest, Set.of());

        assertThat(job.active()).isFalse();
        assertThat(jobs().migration()).isEmpty();
        assertThatThrownBy(() -> migrations.note(job, MigrationPhase.PERFORM, 0))
                .hasMessage("Requested operation is not valid: domain is not running");
        migrations.resumeOutgoing(job);
        migrations.removeOutgoing(job, JobStats.NONE, false);
        assertThat(host.state(guest)).isEqualTo(StateReason.SHUTOFF_DESTROYED);
        assertThat(host.guests.isPersistent(guest)).isTrue();
    }

    @Test
    void aJobOfAnOldRunDoesNothingToANewOne() {
        GuestMigrations migrations = host.guests.migrations();
        MigrationJob job = migrations.beginOutgoing(guest, "begin");
        host.guests.destroy(guest, Set.of());
        DomainRef again = host.start(guest);
        migrations.removeOutgoing(job, JobStats.NONE, false);
        migrations.endJob(job);

        assertThat(host.state(again)).isEqualTo(StateReason.RUNNING_BOOTED);
        assertThat(host.guests.isPersistent(again)).isTrue();
    }

    @Test
    void destroyWaitsForAStartToComeToItsEnd() throws Exception {
        PaperHost patient = new PaperHost(folder.resolve("patient"));
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        patient.hypervisor.whileStarting = () -> {
            starting.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        DomainRef defined = patient.define("web2", PaperHost.UUID_B);
        CompletableFuture<DomainRef> start = CompletableFuture.supplyAsync(() -> patient.start(defined));
        starting.await();
        assertThat(patient.state(defined)).isEqualTo(StateReason.PAUSED_STARTING_UP);
        CompletableFuture<Void> destroy =
                CompletableFuture.runAsync(() -> patient.guests.destroy(defined, Set.of()));
        assertThat(destroy).isNotDone();
        goOn.countDown();
        start.get(20, TimeUnit.SECONDS);
        destroy.get(20, TimeUnit.SECONDS);
        assertThat(patient.state(defined)).isEqualTo(StateReason.SHUTOFF_DESTROYED);
        assertThat(patient.hypervisor.machines).isEmpty();
    }

    @Test
    void anInterruptEndsTheWaiting() {
        try (Job _ = jobs().begin(JobKind.MODIFY, "x")) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> host.guests.suspend(guest)).hasMessageContaining("cannot acquire");
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(Optional.of(jobs()).flatMap(JobSlot::current)).isEmpty();
    }
}
