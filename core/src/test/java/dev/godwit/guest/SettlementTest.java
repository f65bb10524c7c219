package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Standing.Answer;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source that has sent all of a guest: what it does until it is known where the guest runs on, whatever else happens. */
@Timeout(60)
class SettlementTest {


    private static final MigrationTuning TUNES_NOTHING = new MigrationTuning() {
        @Override
        public long maxDowntimeMillis(Machine machine) {
            return 0;
        }

        @Override
        public void maxDowntimeMillis(Machine machine, long millis) {}

        @Override
        public void maxSpeedMiB(Machine machine, long mib) {}

        @Override
        public long compressionCacheBytes(Machine machine) {
            return 0;
        }

        @Override
        public void compressionCacheBytes(Machine machine, long bytes) {}
    };

    @TempDir
    Path folder;

    private PaperHost host;
    private OutgoingMigrations outgoing;
    private volatile Optional<Answer> answer = Optional.empty();

    @BeforeEach
    void start() {
        host = new PaperHost(folder);
        host.question = (_, _, _) -> answer.map(what -> new Standing(what, 1, "the destination said " + what)).orElseThrow(() ->
                VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, "nobody answers"));
        takeUp();
    }

    private void takeUp() {
        outgoing = new OutgoingMigrations(host.guests, new AbandonedMigration(host.guests, _ -> {}), ErrorDomain.QEMU);
    }

    private static MigrationRequest request(DomainRef guest) {
        return MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE, MigrationFlag.CHANGE_PROTECTION))
                .withPeer("paper+tcp://there/system");
    }

    /** Sends a guest to a destination that can be asked. */
    private MigrationRequest send(DomainRef guest) {
        MigrationRequest request = request(guest);
        outgoing.begin(request, _ -> new Offer("<domain/>", Cookie.NONE));
        Sent sent = outgoing.perform(request, Optional.empty(), new OutgoingMigrations.Sending() {
            @Override
            public Cookie send(MigrationJob job, Transfer transfer) {
                host.guests.migrations().pauseOutgoing(job);
                return Cookie.NONE;
            }

            @Override
            public void wake() {}
        });
        assertThat(sent).isNotNull();
        return request;
    }

    private void crash() {
        host.restart();
        takeUp();
    }

    private boolean inDoubt(UUID guest) {
        return host.guests.settlement().doubt(guest).isPresent();
    }

    private static void refused(Runnable call, String words) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(VirtException.class,
                e -> assertThat(e.is(ErrorCode.OPERATION_INVALID)).isTrue()).hasMessageContaining(words);
    }

    @Test
    void theHostLosesItsCopyAndDoesNotStartItBeforeTheDestinationWasAsked() throws Exception {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.guests.autostart(guest, true);
        send(guest);
        host.hypervisor.machines.clear(); // a power cut: the guest is gone, and so is all that was in /run
        Files.delete(folder.resolve("run/web1.xml"));
        crash();

        host.guests.autostart();
        refused(() -> host.start(host.guests.byName("web1")), "in doubt: it was sent to paper+tcp://there/system");
        assertThat(host.hypervisor.machines).isEmpty();

        answer = Optional.of(Answer.BARRED);
        PaperHost.await(() -> host.state(guest).state() == DomainState.RUNNING);
        assertThat(inDoubt(PaperHost.UUID_A)).isFalse();
    }

    @Test
    void aGuestThatArrivedIsNotStartedAgainWhereItsHostLostIt() throws Exception {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.guests.autostart(guest, true);
        send(guest);
        host.hypervisor.machines.clear();
        Files.delete(folder.resolve("run/web1.xml"));
        answer = Optional.of(Answer.ARRIVED);
        crash();
        host.guests.autostart();

        PaperHost.await(() -> !inDoubt(PaperHost.UUID_A));
        assertThat(host.hypervisor.machines).isEmpty();
        assertThat(host.guests.isPersistent(guest)).isTrue();
    }

    /** The host boots: all that ran is gone, and guests are started. */
    private void boot() throws Exception {
        host.hypervisor.machines.clear();
        try (Stream<Path> files = Files.list(folder.resolve("run"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        crash();
        host.guests.autostart();
    }

    @Test
    void aGuestThatHasMovedAwayIsNotStartedWithTheHostUntilItWasStartedHereAgain() throws Exception {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.guests.autostart(guest, true);
        outgoing.confirm(send(guest), Verdict.GO, Optional.empty(), MigrationJob::stats);

        boot();
        boot();
        assertThat(host.hypervisor.machines).as("it runs at the destination").isEmpty();

        host.start(guest);
        boot();
        assertThat(host.hypervisor.machines).as("somebody had brought it back").hasSize(1);
    }

    @Test
    void aGuestThatHasMovedAwayIsStartedWithTheHostWhereSomebodyWantsThatSince() throws Exception {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.guests.autostart(guest, true);
        outgoing.confirm(send(guest), Verdict.GO, Optional.empty(), MigrationJob::stats);
        host.guests.autostart(guest, true);

        boot();
        assertThat(host.hypervisor.machines).hasSize(1);
    }

    @Test
    void aGuestThatDidNotMoveIsStartedWithTheHost() throws Exception {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.guests.autostart(guest, true);
        MigrationRequest sent = send(guest);
        answer = Optional.of(Answer.BARRED);
        outgoing.confirm(sent, Verdict.CANCEL, Optional.empty(), MigrationJob::stats);

        boot();
        assertThat(host.hypervisor.machines).hasSize(1);
    }

    @Test
    void destroyingACopyInDoubtDoesNotMakeItSafeToStartAnother() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        MigrationRequest sent = send(guest);
        outgoing.abandon(sent);
        host.guests.destroy(guest, Set.of());

        refused(() -> host.start(guest), "in doubt");
        crash();
        refused(() -> host.start(guest), "in doubt");

        answer = Optional.of(Answer.BARRED);
        PaperHost.await(() -> !inDoubt(PaperHost.UUID_A));
        host.start(guest);
        assertThat(host.state(guest).state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void anUnclearAnswerDecidesNothing() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        answer = Optional.of(Answer.UNCLEAR);
        outgoing.abandon(send(guest));

        PaperHost.await(() -> host.guests.messages(guest).toString().contains("the destination said UNCLEAR"));
        refused(() -> host.guests.settlement().decide(guest, Verdict.CANCEL, false), "nothing proves");
        refused(() -> host.guests.settlement().decide(guest, Verdict.GO, false), "nothing proves");
        assertThat(host.state(guest)).isEqualTo(StateReason.PAUSED_MIGRATION);
    }

    @Test
    void anAdministratorDoesNotDecideAgainstTheEvidence() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        outgoing.abandon(send(guest));
        PaperHost.await(() -> host.guests.messages(guest).toString().contains("nobody answers"));
        answer = Optional.of(Answer.ARRIVED);

        assertThatThrownBy(() -> host.guests.settlement().decide(guest, Verdict.CANCEL, false))
                .hasMessageContaining("the destination says otherwise");

        PaperHost.await(() -> host.guests.list(Set.of()).isEmpty());
        assertThat(host.hypervisor.machines).isEmpty();
    }

    @Test
    void whatCannotBeCarriedOutIsTriedAgain() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        MigrationRequest sent = send(guest);
        host.hypervisor.machine(PaperHost.UUID_A).immortal = true;

        assertThatThrownBy(() -> outgoing.confirm(sent, Verdict.GO, Optional.empty(), MigrationJob::stats)).hasMessageContaining("does not die");
        assertThat(host.state(guest)).isEqualTo(StateReason.PAUSED_MIGRATION);

        host.hypervisor.machine(PaperHost.UUID_A).immortal = false;
        PaperHost.await(() -> host.guests.list(Set.of()).isEmpty());
    }

    @Test
    void aCancelThatIsNotAnsweredSoonLeavesTheGuestPausedAndIsSettledLater() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        MigrationRequest sent = send(guest);

        assertThatThrownBy(() -> outgoing.confirm(sent, Verdict.CANCEL, Optional.empty(), MigrationJob::stats))
                .hasMessageContaining("stays paused here and is in doubt");

        answer = Optional.of(Answer.BARRED);
        PaperHost.await(() -> host.state(guest) == StateReason.RUNNING_MIGRATION_CANCELED);
        outgoing.confirm(sent, Verdict.CANCEL, Optional.empty(), MigrationJob::stats); // the one who drove repeats himself
        assertThat(host.state(guest)).isEqualTo(StateReason.RUNNING_MIGRATION_CANCELED);
    }

    @Test
    void aCancelThatComesAfterTheHandOverIsAnsweredWithThat() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        MigrationRequest sent = send(guest);
        answer = Optional.of(Answer.ARRIVED);

        assertThatThrownBy(() -> outgoing.confirm(sent, Verdict.CANCEL, Optional.empty(), MigrationJob::stats))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.MIGRATE_FINISH_OK)).isTrue())
                .hasMessageContaining("had been handed over to the destination");
        assertThat(host.guests.list(Set.of())).isEmpty();
    }

    @Test
    void aCancelThatComesWhenTheGuestHasLongMovedIsAnsweredWithThat() {
        MigrationRequest sent = send(host.create("web1", PaperHost.UUID_A));
        answer = Optional.of(Answer.ARRIVED);
        outgoing.abandon(sent);
        PaperHost.await(() -> host.guests.list(Set.of()).isEmpty());
        crash(); // the next daemon knows it, too

        assertThatThrownBy(() -> outgoing.confirm(sent, Verdict.CANCEL, Optional.empty(), MigrationJob::stats))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.MIGRATE_FINISH_OK)).isTrue());
    }

    @Test
    void aCancelOfAGuestThatWasLostHereDoesNotPutItBack() {
        MigrationRequest sent = send(host.start(host.define("web1", PaperHost.UUID_A)));
        host.hypervisor.machine(PaperHost.UUID_A).vanish();

        assertThatThrownBy(() -> outgoing.confirm(sent, Verdict.CANCEL, Optional.empty(), MigrationJob::stats))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.OPERATION_TIMEOUT)).isTrue())
                .hasMessageContaining("in doubt");
    }

    @Test
    void aGuestThatEndedWhileItsMigrationWasCancelledIsNotInDoubt() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        outgoing.begin(request(guest), _ -> new Offer("<domain/>", Cookie.NONE));
        MigrationJob job = host.guests.migrations().outgoing(guest);
        host.guests.custody().entered(job, Phase.CONFIRM, Verdict.CANCEL);
        host.hypervisor.machines.clear();
        crash();

        assertThat(inDoubt(PaperHost.UUID_A)).isFalse();
        assertThat(host.guests.custody().history().open()).isEmpty();
    }

    @Test
    void nobodyIsAskedAboutAGuestThatWasNotSent() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        MigrationRequest request = request(guest);
        outgoing.begin(request, _ -> new Offer("<domain/>", Cookie.NONE));

        outgoing.confirm(request, Verdict.CANCEL, Optional.empty(), MigrationJob::stats);

        assertThat(host.state(guest).state()).isEqualTo(DomainState.RUNNING);
        assertThat(inDoubt(PaperHost.UUID_A)).isFalse();
    }

    @Test
    void anAbortBeforeTheTransferKeepsItFromBeginningAndOneAfterItIsToldThatItIsTooLate() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        GuestJobs jobs = new GuestJobs(host.guests.registry(), TUNES_NOTHING, ErrorDomain.QEMU);
        MigrationRequest request = request(guest);
        outgoing.begin(request, _ -> new Offer("<domain/>", Cookie.NONE));
        jobs.abort(guest);
        assertThat(Transfer.of(host.guests.migrations().outgoing(guest)).enter(() -> {})).isTrue();
        assertThat(Transfer.of(host.guests.migrations().outgoing(guest)).cancelled()).isTrue();
        Transfer.of(host.guests.migrations().outgoing(guest)).leave();
        outgoing.confirm(request, Verdict.CANCEL, Optional.empty(), MigrationJob::stats);

        MigrationRequest sent = send(guest);
        assertThatThrownBy(() -> jobs.abort(guest)).hasMessageContaining("only the destination decides now");
        outgoing.confirm(sent, Verdict.GO, Optional.empty(), MigrationJob::stats);
    }

    @Test
    void theJournalSaysHowItEnded() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        outgoing.confirm(send(guest), Verdict.GO, Optional.empty(), MigrationJob::stats);

        JournaledMigration migration = host.guests.custody().history().migrations().getLast();
        assertThat(migration.open()).isFalse();
        assertThat(migration.closed().orElseThrow().owner().name()).isEqualTo("DESTINATION");
        assertThat(host.guests.custody().entries()).extracting(entry -> entry.getClass().getSimpleName()).containsExactly(
                "Opened", "Entered", "Done", "Entered", "Done", "Entered", "Closed");
        assertThat(host.guests.custody().entries().getFirst()).isInstanceOfSatisfying(MigrationEntry.Opened.class, opened ->
                assertThat(opened.ask()).containsExactly("paper+tcp://there/system"));
    }
}
