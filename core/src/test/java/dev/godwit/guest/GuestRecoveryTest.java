package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.StateReason;
import dev.godwit.driver.Waiting;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.xml.XmlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a daemon finds that comes back after it was killed. */
class GuestRecoveryTest {

    @TempDir
    Path folder;

    private PaperHost host;

    @BeforeEach
    void host() {
        host = new PaperHost(folder);
    }

    private Path status() {
        return folder.resolve("run/web1.xml");
    }

    private void rewriteStatus(String from, String to) throws Exception {
        String before = Files.readString(status());
        assertThat(before).contains(from);
        Files.writeString(status(), before.replace(from, to));
    }

    @Test
    void guestsAreAsTheyWere() {
        DomainRef persistent = host.start(host.define("web1", PaperHost.UUID_A));
        DomainRef transientOne = host.create("odd/name".replace('/', '%') + " ä", PaperHost.UUID_B);
        host.guests.suspend(transientOne);
        host.guests.autostart(persistent, true);
        String live = host.live(persistent);
        host.restart();

        assertThat(host.guests.list(Set.of())).containsExactlyInAnyOrder(persistent, transientOne);
        assertThat(host.state(persistent)).isEqualTo(StateReason.RUNNING_UNPAUSED);
        assertThat(host.state(transientOne)).isEqualTo(StateReason.PAUSED_USER);
        assertThat(host.guests.isPersistent(transientOne)).isFalse();
        assertThat(host.guests.autostart(persistent)).isTrue();
        assertThat(host.live(persistent)).isEqualTo(live);
        host.guests.destroy(persistent, Set.of());
        assertThat(host.start(persistent).id()).isEqualTo(3);
    }

    @Test
    void whatEndedMeanwhileIsOffOrGone() {
        DomainRef persistent = host.start(host.define("web1", PaperHost.UUID_A));
        host.create("web2", PaperHost.UUID_B);
        host.hypervisor.machines.clear();
        host.restart();

        assertThat(host.guests.list(Set.of())).extracting(DomainRef::name).containsExactly("web1");
        assertThat(host.state(persistent)).isEqualTo(StateReason.SHUTOFF_CRASHED);
        assertThat(folder.resolve("run")).isEmptyDirectory();
    }

    @Test
    void theHypervisorIsToldWhichRunsAreKnown() {
        host.start(host.define("web1", PaperHost.UUID_A));
        DomainRef ended = host.create("web2", PaperHost.UUID_B);
        host.guests.destroy(ended, Set.of());
        host.create("web3", PaperHost.UUID_B);
        host.restart();
        assertThat(host.hypervisor.knownRuns).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void aGuestThatDoesNotAnswerIsLeftAlone() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        host.hypervisor.machine(PaperHost.UUID_A).immortal = true;
        host.restart();

        assertThat(host.guests.list(Set.of())).containsExactly(guest);
        assertThat(host.hypervisor.machine(PaperHost.UUID_A).told).containsExactly("resume");
    }

    /** Waits for nobody for long. */
    private static final Waiting IMPATIENT = new Waiting() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long await(Lock lock, Condition condition, long nanos) throws InterruptedException {
            condition.awaitNanos(Math.min(nanos, 1_000_000));
            return 0;
        }
    };

    @Test
    void aGuestThatAnswersLaterIsFoundThen() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        host.guests.suspend(guest);
        PaperHypervisor.PaperMachine machine = host.hypervisor.machine(PaperHost.UUID_A);
        machine.immortal = true;
        host.waiting = IMPATIENT;
        host.restart();
        assertThat(host.state(guest)).isEqualTo(StateReason.PAUSED_USER);
        assertThatThrownBy(() -> host.guests.destroy(guest, Set.of())).hasMessageContaining("does not die");

        machine.running = true; // unseen
        machine.immortal = false;
        PaperHost.await(() -> host.state(guest) == StateReason.RUNNING_UNPAUSED);
    }

    @Test
    void aGuestThatEndsBeforeItAnswersIsGone() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.hypervisor.machine(PaperHost.UUID_A).immortal = true;
        host.waiting = IMPATIENT;
        host.restart();

        host.hypervisor.machines.clear();
        PaperHost.await(() -> host.state(guest) == StateReason.SHUTOFF_CRASHED);
    }

    @Test
    void aMigrationOfAGuestThatAnswersLaterIsTakenUpThen() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.guests.migrations().note(host.guests.migrations().beginOutgoing(guest, "alone"), MigrationPhase.UNMANAGED, 0);
        host.hypervisor.machine(PaperHost.UUID_A).immortal = true;
        host.waiting = IMPATIENT;
        host.restart();
        assertThat(host.followed).isEmpty();

        host.hypervisor.machine(PaperHost.UUID_A).immortal = false;
        PaperHost.await(() -> host.followed.size() == 1);
    }

    @Test
    void aStartThatDidNotComeToItsEndIsEnded() throws Exception {
        host.create("web1", PaperHost.UUID_A);
        host.hypervisor.machine(PaperHost.UUID_A).running = false;
        rewriteStatus("state='running' reason='booted'", "state='paused' reason='starting up'");
        host.restart();

        assertThat(host.guests.list(Set.of())).isEmpty();
        assertThat(host.hypervisor.machines).isEmpty();
    }

    /** The rows of the table in {@link AbandonedMigration}: phase, whether its CPUs ran, what becomes of it. */
    @ParameterizedTest
    @CsvSource({
        "begin3,             true,  RUNNING_BOOTED",
        "perform3,           true,  RUNNING_BOOTED",
        "perform3,           false, RUNNING_MIGRATION_CANCELED",
        "perform3_done,      false, PAUSED_MIGRATION",
        "confirm3,           false, gone",
        "confirm3_cancelled, false, RUNNING_MIGRATION_CANCELED",
    })
    void anOutgoingMigrationIsSettled(String phase, boolean running, String after) throws Exception {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        GuestMigrations migrations = host.guests.migrations();
        MigrationJob job = migrations.beginOutgoing(guest, "begin");
        migrations.note(job, MigrationPhase.of(phase).orElseThrow(), 1);
        if (!running) {
            migrations.pauseOutgoing(job);
        }
        host.hypervisor.machine(PaperHost.UUID_A).told.clear();
        // A machine on paper says "unpaused" of every one that runs; keep what was noted.
        host.restart();

        if (after.equals("gone")) {
            assertThat(host.guests.list(Set.of())).isEmpty();
            assertThat(host.hypervisor.machines).isEmpty();
            return;
        }
        StateReason expected = running ? StateReason.RUNNING_UNPAUSED : StateReason.valueOf(after);
        assertThat(host.state(guest)).isEqualTo(expected);
        assertThat(host.hypervisor.machine(PaperHost.UUID_A).running).isEqualTo(!after.startsWith("PAUSED"));
        if (phase.equals("perform3_done")) {
            // Nobody can be asked: it stays in doubt, and says so.
            assertThat(host.guests.registry().of(guest).jobs().migration().flatMap(MigrationJob::doubt)).isPresent();
            assertThat(host.guests.messages(guest)).first().asString().startsWith("in doubt: ");
            return;
        }
        assertThat(host.guests.registry().of(guest).jobs().migration()).isEmpty();
        assertThat(Files.readString(status())).contains("<job async='none'");
    }

    @Test
    void aConfirmedMigrationAlsoRemovesTheConfigurationItWasToRemove() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        MigrationJob job = host.guests.migrations().beginOutgoing(guest, "begin");
        host.guests.migrations().pauseOutgoing(job);
        host.guests.migrations().note(job, MigrationPhase.CONFIRM, 0x11);
        host.restart();

        assertThat(host.guests.list(Set.of())).isEmpty();
        assertThat(folder.resolve("config/web1.xml")).doesNotExist();
    }

    @Test
    void anArrivingGuestThatNeverRanIsEndedAndOneThatRunsIsKept() {
        MigrationJob prepared = host.guests.migrations().admitIncoming(
                XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "")), List.of(), Optional.empty(), Optional.empty(), 1, "prepare");
        host.guests.migrations().prepared(prepared);
        MigrationJob finishing = host.guests.migrations().admitIncoming(
                XmlReader.read(PaperHost.xml("web2", PaperHost.UUID_B, "")), List.of(), Optional.empty(), Optional.empty(), 1, "prepare");
        host.guests.migrations().prepared(finishing);
        host.guests.migrations().note(finishing, MigrationPhase.FINISH, 1);
        host.hypervisor.machine(PaperHost.UUID_B).resume();
        host.restart();

        assertThat(host.guests.list(Set.of())).extracting(DomainRef::name).containsExactly("web2");
        assertThat(host.find(PaperHost.UUID_B).orElseThrow().jobs().migration()).isEmpty();
        assertThat(host.hypervisor.machines).containsOnlyKeys(PaperHost.UUID_B);
    }

    @Test
    void aGuestThatWasToldToFinishButDoesNotRunIsEnded() {
        MigrationJob finishing = host.guests.migrations().admitIncoming(
                XmlReader.read(PaperHost.xml("web2", PaperHost.UUID_B, "")), List.of(), Optional.empty(), Optional.empty(), 1, "prepare");
        host.guests.migrations().prepared(finishing);
        host.guests.migrations().note(finishing, MigrationPhase.FINISH, 1);
        host.restart();

        assertThat(host.guests.list(Set.of())).isEmpty();
        assertThat(host.hypervisor.machines).isEmpty();
    }

    @Test
    void aGuestThatTheHypervisorSendsAloneIsFollowedWhateverBecameOfItsEarlierMigrations() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        MigrationJob earlier = host.guests.migrations().beginOutgoing(guest, "earlier");
        host.guests.custody().opensOutgoing(earlier, List.of(), 0);
        earlier.willEnd(Owner.SOURCE, "it was cancelled");
        host.guests.migrations().endJob(earlier);
        MigrationJob alone = host.guests.migrations().beginOutgoing(guest, "alone");
        host.guests.migrations().note(alone, MigrationPhase.UNMANAGED, 0);

        host.restart();

        assertThat(host.followed).singleElement().satisfies(job -> {
            assertThat(job.guest().name()).isEqualTo("web1");
            assertThat(job.phase()).isEqualTo(MigrationPhase.UNMANAGED);
        });
    }

    @Test
    void damagedFilesAreSetAsideAndTheOthersFound() throws Exception {
        DomainRef good = host.define("good", PaperHost.UUID_A);
        Path config = folder.resolve("config");
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(config.resolve("cut.xml"), "<domain><na");
        Files.writeString(config.resolve("empty.xml"), "");
        Files.writeString(config.resolve("other.xml"), PaperHost.xml("name", PaperHost.UUID_B, ""));
        Files.writeString(config.resolve("twin.xml"), PaperHost.xml("twin", PaperHost.UUID_A, ""));
        Files.writeString(config.resolve("half.1.new"), "<dom");
        Files.write(folder.resolve("run/bytes.xml"), new byte[] {(byte) 0xFF, 0});
        Files.writeString(folder.resolve("run/nonsense.xml"), "<domstatus state='asleep' reason='tired'/>");
        host.restart();

        assertThat(host.guests.list(Set.of())).containsExactly(good);
        assertThat(config.resolve("cut.xml.damaged")).content().isEqualTo("<domain><na");
        assertThat(config.resolve("empty.xml.damaged")).exists();
        assertThat(config.resolve("other.xml.damaged")).exists();
        assertThat(config.resolve("twin.xml.damaged")).exists();
        assertThat(folder.resolve("run/nonsense.xml.damaged")).exists();
        // What could not even be read stays where it is.
        assertThat(folder.resolve("run/bytes.xml")).exists();
    }
}
