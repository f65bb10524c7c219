package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Standing.Answer;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.Waiting;
import dev.godwit.driver.WireFlag;
import dev.godwit.journal.ForwardingStorage;
import dev.godwit.journal.JournalFiles;
import dev.godwit.journal.JournalStorage;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.OwnerCode;
import dev.godwit.xml.XmlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest whose process ends at the worst moment of its migration. The simulation found what is tested here. */
@Timeout(60)
class EndedInBetweenTest {

    private static final MigrationTicket THERE = new MigrationTicket(new MigrationId(new UUID(1, 1)), 1, new UUID(2, 2), List.of());

    @TempDir
    Path folder;

    private PaperHost host;
    private final List<Thread> monitors = new CopyOnWriteArrayList<>();
    private volatile Optional<Answer> answer = Optional.empty();

    @BeforeEach
    void start() {
        host = new PaperHost(folder);
        host.question = (_, _, _) -> answer.map(what -> new Standing(what, 1, "the destination said " + what)).orElseThrow(() ->
                VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, "nobody answers"));
    }

    private OutgoingMigrations outgoing() {
        return new OutgoingMigrations(host.guests, new AbandonedMigration(host.guests, _ -> {}), ErrorDomain.QEMU);
    }

    private static MigrationRequest send(
            OutgoingMigrations outgoing, GuestManager guests, DomainRef guest, Set<MigrationFlag> flags) {
        MigrationRequest request = MigrationRequest.of(guest, flags).withPeer("paper+tcp://there/system");
        outgoing.begin(request, _ -> new Offer("<domain/>", Cookie.NONE));
        outgoing.perform(request, Optional.empty(), new OutgoingMigrations.Sending() {
            @Override
            public Cookie send(MigrationJob job, Transfer transfer) {
                guests.migrations().pauseOutgoing(job);
                return Cookie.NONE;
            }

            @Override
            public void wake() {}
        });
        return request;
    }

    @Test
    void aSourceThatDiesInTheMiddleOfConfirmRemovesTheConfigurationLater() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        Set<MigrationFlag> flags = EnumSet.of(
                MigrationFlag.LIVE, MigrationFlag.CHANGE_PROTECTION, MigrationFlag.UNDEFINE_SOURCE);
        OutgoingMigrations outgoing = outgoing();
        MigrationRequest request = send(outgoing, host.guests, guest, flags);
        host.hypervisor.machine(PaperHost.UUID_A).immortal = true;
        assertThatThrownBy(() -> outgoing.confirm(request, Verdict.GO, Optional.empty(), MigrationJob::stats)).hasMessageContaining("does not die");

        // The machine ended after all, and the daemon with it, before anything else could be done.
        host.hypervisor.machines.clear();
        answer = Optional.of(Answer.ARRIVED);
        host.restart();

        PaperHost.await(() -> host.find(PaperHost.UUID_A).isEmpty());
        assertThat(folder.resolve("config/web1.xml")).doesNotExist();
        Path status = folder.resolve("run/web1.xml");
        PaperHost.await(() -> !Files.exists(status)); // removed after the guest has been struck off
    }

    @Test
    void aReceiverThatDiesDuringFinishDoesNotLookLikeAGuestThatRan() {
        IncomingMigrations incoming = new IncomingMigrations(host.guests, false, ErrorDomain.QEMU);
        MigrationRequest request = MigrationRequest.of(
                new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE), EnumSet.of(MigrationFlag.LIVE));
        incoming.prepare(XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "")), List.of(), request, Optional.of(THERE),
                _ -> new Receiver(Optional.empty(), Cookie.NONE));

        assertThatThrownBy(() -> incoming.finish(request, Optional.empty(), job -> {
            host.hypervisor.machine(PaperHost.UUID_A).vanish();
            host.guests.migrations().run(job);
            throw new AssertionError("it has ended");
        })).isInstanceOfSatisfying(VirtException.class, e -> {
            assertThat(e.is(ErrorCode.OPERATION_FAILED)).isTrue();
            assertThat(e.domainNumber()).isEqualTo(ErrorDomain.QEMU.number());
        }).hasMessageContaining("ended on the destination before it was handed over");
    }

    /** A journal's file that has something happen while it is made safe. */
    private static final class Meddling extends ForwardingStorage {

        private volatile Runnable whileForcing = () -> {};

        Meddling(JournalStorage file) {
            super(file);
        }

        @Override
        public void force() throws IOException {
            whileForcing.run();
            super.force();
        }
    }

    @Test
    void aMigrationIsOverOnlyWhenTheConfigurationIsGone() throws Exception {
        Meddling journal = new Meddling(new JournalFiles(folder.resolve("other.journal"), false));
        GuestManager guests = guests(journal);
        DomainRef guest = guests.start(
                guests.define(PaperHost.xml("web1", PaperHost.UUID_A, ""), Set.of()), Set.of(), Client.NONE);
        OutgoingMigrations outgoing =
                new OutgoingMigrations(guests, new AbandonedMigration(guests, _ -> {}), ErrorDomain.QEMU);
        MigrationRequest request = send(outgoing, guests, guest, EnumSet.of(
                MigrationFlag.LIVE, MigrationFlag.CHANGE_PROTECTION, MigrationFlag.UNDEFINE_SOURCE));
        List<Boolean> configured = new CopyOnWriteArrayList<>();
        journal.whileForcing = () -> configured.add(Files.exists(folder.resolve("config/web1.xml")));
        outgoing.confirm(request, Verdict.GO, Optional.empty(), MigrationJob::stats);

        // CONFIRM is written down first and the end last.
        assertThat(configured).containsExactly(true, false);
    }

    /** Has the machine end, as its monitor reports it, while the next entries are made safe. */
    private void endsWhileForcing(Meddling journal, GuestManager guests) {
        journal.whileForcing = () -> {
            journal.whileForcing = () -> {};
            ends(guests);
        };
    }

    /** The machine ends, and its monitor reports it. */
    private void ends(GuestManager guests) {
        MigrationJob job = guests.registry().find(PaperHost.UUID_A).flatMap(guest -> guest.jobs().migration()).orElseThrow();
        monitors.add(Thread.ofVirtual().start(() -> host.hypervisor.machine(PaperHost.UUID_A).vanish()));
        PaperHost.await(() -> !job.active());
    }

    /** A guest comes to a host, and its receiver waits. */
    private static MigrationRequest prepared(IncomingMigrations incoming) {
        DomainRef guest = new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE);
        MigrationRequest request = MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE));
        incoming.prepare(XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "")), List.of(), request, Optional.of(THERE),
                _ -> new Receiver(Optional.empty(), Cookie.NONE));
        return request;
    }

    private static void finish(IncomingMigrations incoming, MigrationRequest request) {
        incoming.finish(request, Optional.empty(), _ -> new IncomingMigrations.Complete(
                Optional.empty(), false, JobStats.NONE, _ -> new IncomingMigrations.Answer(Cookie.NONE, JobStats.NONE)));
    }

    /** A guest that comes to a host, and what happens when its machine is told to run. */
    private void finishes(GuestManager guests, IncomingMigrations incoming, RuntimeException refusal) {
        MigrationRequest request = prepared(incoming);
        host.hypervisor.machine(PaperHost.UUID_A).whileResuming = () -> {
            ends(guests);
            throw refusal;
        };
        finish(incoming, request);
    }

    @Test
    void aReceiverThatIsGoneWhenItIsToBeToldToRunIsTakenBack() throws Exception {
        GuestManager guests = guests(new Meddling(new JournalFiles(folder.resolve("other.journal"), false)));
        IncomingMigrations incoming = new IncomingMigrations(guests, false, ErrorDomain.QEMU);
        assertThatThrownBy(() -> finishes(guests, incoming, new MachineGone()))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.OPERATION_FAILED)).isTrue());
        monitors.getFirst().join();
        assertThat(incoming.ask(THERE.id(), PaperHost.UUID_A).answer()).isEqualTo(Answer.BARRED);
        assertThat(guests.custody().history().find(THERE.id().uuid()).flatMap(JournaledMigration::closed).orElseThrow().owner())
                .isEqualTo(OwnerCode.NOBODY);
    }

    @Test
    void aReceiverThatEndsWhileItIsToldToRunMayHaveRun() throws Exception {
        GuestManager guests = guests(new Meddling(new JournalFiles(folder.resolve("other.journal"), false)));
        IncomingMigrations incoming = new IncomingMigrations(guests, false, ErrorDomain.QEMU);
        assertThatThrownBy(() -> finishes(guests, incoming,
                VirtException.raw(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "qemu unexpectedly closed the monitor")))
                .hasMessageContaining("was handed over to this host and ended here before it was seen to run");
        monitors.getFirst().join();
        assertThat(incoming.ask(THERE.id(), PaperHost.UUID_A).answer()).isNotEqualTo(Answer.BARRED);
    }

    /** A guest that comes to a host, and a machine that does not answer when it is told to run. */
    private void finishesSilently(GuestManager guests, IncomingMigrations incoming, boolean heardOut) {
        MigrationRequest request = prepared(incoming);
        PaperHypervisor.PaperMachine machine = host.hypervisor.machine(PaperHost.UUID_A);
        machine.silent = true;
        machine.heardOut = heardOut;
        machine.whileResuming = () -> {
            throw VirtException.raw(ErrorCode.OPERATION_TIMEOUT, ErrorDomain.QEMU, "QEMU did not answer 'cont'");
        };
        finish(incoming, request);
    }

    @Test
    void aReceiverThatMayStillDoWhatItWasToldIsEndedBeforeItIsTakenBack() {
        Meddling journal = new Meddling(new JournalFiles(folder.resolve("other.journal"), false));
        GuestManager guests = guests(journal);
        IncomingMigrations incoming = new IncomingMigrations(guests, false, ErrorDomain.QEMU);
        assertThatThrownBy(() -> finishesSilently(guests, incoming, true)).hasMessageContaining("did not answer");
        assertThat(host.hypervisor.machines).isEmpty();
        assertThat(incoming.ask(THERE.id(), PaperHost.UUID_A).answer()).isEqualTo(Answer.BARRED);
        assertThat(guests.custody().entries()).extracting(entry -> entry.getClass().getSimpleName())
                .as("that it has ended is written before the source may run it").endsWith("HandedOver", "Closed", "Barred");
    }

    @Test
    void aReceiverThatRunsAndDoesNotAnswerHasArrived() {
        GuestManager guests = guests(new Meddling(new JournalFiles(folder.resolve("other.journal"), false)));
        IncomingMigrations incoming = new IncomingMigrations(guests, false, ErrorDomain.QEMU);
        MigrationRequest request = prepared(incoming);
        PaperHypervisor.PaperMachine machine = host.hypervisor.machine(PaperHost.UUID_A);
        machine.silent = true;
        machine.whileResuming = () -> {
            machine.running = true;
            machine.events.resumed();
            throw VirtException.raw(ErrorCode.OPERATION_TIMEOUT, ErrorDomain.QEMU, "QEMU did not answer 'cont'");
        };
        finish(incoming, request);
        assertThat(machine.told).doesNotContain("kill");
        assertThat(incoming.ask(THERE.id(), PaperHost.UUID_A).answer()).isEqualTo(Answer.ARRIVED);
    }

    @Test
    void aReceiverOfWhichNothingIsKnownWhenItHasEndedMayHaveRun() {
        GuestManager guests = guests(new Meddling(new JournalFiles(folder.resolve("other.journal"), false)));
        IncomingMigrations incoming = new IncomingMigrations(guests, false, ErrorDomain.QEMU);
        assertThatThrownBy(() -> finishesSilently(guests, incoming, false)).hasMessageContaining("ended here before it was seen to run");
        assertThat(host.hypervisor.machines).isEmpty();
        assertThat(incoming.ask(THERE.id(), PaperHost.UUID_A).answer()).isNotEqualTo(Answer.BARRED);
    }

    @Test
    void aReceiverThatEndsBeforeItIsToldToRunIsTakenBackAfterTheHandOver() throws Exception {
        Meddling journal = new Meddling(new JournalFiles(folder.resolve("other.journal"), false));
        GuestManager guests = guests(journal);
        IncomingMigrations incoming = new IncomingMigrations(guests, false, ErrorDomain.QEMU);
        MigrationRequest request = prepared(incoming);
        endsWhileForcing(journal, guests); // FINISH is entered and the hand-over written down as one

        assertThatThrownBy(() -> finish(incoming, request))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.OPERATION_FAILED)).isTrue());
        monitors.getFirst().join();
        assertThat(incoming.ask(THERE.id(), PaperHost.UUID_A).answer()).isEqualTo(Answer.BARRED);
        // What was written as it ended, when that had not been taken back yet, did not contradict the hand-over.
        assertThat(guests.custody().history().find(THERE.id().uuid()).flatMap(JournaledMigration::closed).orElseThrow().owner())
                .isEqualTo(OwnerCode.NOBODY);
    }

    @Test
    void aGuestThatHasArrivedIsLeftAloneWhenItsStatusStillSaysThatItArrives() throws Exception {
        IncomingMigrations incoming = new IncomingMigrations(host.guests, false, ErrorDomain.QEMU);
        DomainRef guest = new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE);
        MigrationRequest request = MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE));
        incoming.prepare(XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "")), List.of(), request, Optional.of(THERE),
                _ -> new Receiver(Optional.empty(), Cookie.NONE));
        Path status = folder.resolve("run/web1.xml");
        List<String> arriving = new CopyOnWriteArrayList<>();
        DomainRef arrived = incoming.finish(request, Optional.empty(), _ -> {
            try {
                arriving.add(Files.readString(status));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new IncomingMigrations.Complete(
                    Optional.empty(), false, JobStats.NONE, _ -> new IncomingMigrations.Answer(Cookie.NONE, JobStats.NONE));
        }).guest();
        host.guests.suspend(arrived);
        Files.writeString(status, arriving.getFirst()); // the disk was full when it should have said that it is over

        host.restart();

        assertThat(host.hypervisor.machine(PaperHost.UUID_A).running).isFalse();
        assertThat(host.find(PaperHost.UUID_A).orElseThrow().jobs().migration()).isEmpty();
    }

    @Test
    void aGuestThatEndsWhileItsMigrationIsOpenedLeavesNoneOpen() throws Exception {
        Meddling journal = new Meddling(new JournalFiles(folder.resolve("other.journal"), false));
        GuestManager guests = guests(journal);
        DomainRef guest = guests.start(
                guests.define(PaperHost.xml("web1", PaperHost.UUID_A, ""), Set.of()), Set.of(), Client.NONE);
        OutgoingMigrations outgoing =
                new OutgoingMigrations(guests, new AbandonedMigration(guests, _ -> {}), ErrorDomain.QEMU);
        endsWhileForcing(journal, guests);

        assertThatThrownBy(() -> outgoing.begin(MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE)),
                job -> new Offer(guests.migrations().live(job).print(), Cookie.NONE))).hasMessageContaining("domain is not running");
        monitors.getFirst().join();
        assertThat(guests.custody().history().open()).isEmpty();
    }

    @Test
    void aDaemonThatStartsWhatWasHandedOverToItWritesTheConfigurationThatWasWanted() {
        IncomingMigrations incoming = new IncomingMigrations(host.guests, false, ErrorDomain.QEMU);
        DomainRef guest = new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE);
        MigrationRequest request =
                MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE, MigrationFlag.PERSIST_DEST));
        incoming.prepare(XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "")), List.of(), request, Optional.of(THERE),
                _ -> new Receiver(Optional.empty(), Cookie.NONE));
        MigrationJob job = host.guests.migrations().incoming("web1");
        host.guests.migrations().note(job, MigrationPhase.FINISH, WireFlag.mask(request.flags()));
        host.guests.custody().handsOver(job);

        // The daemon died then, before it did anything else.
        host.restart();

        assertThat(host.hypervisor.machine(PaperHost.UUID_A).running).isTrue();
        assertThat(folder.resolve("config/web1.xml")).exists();
    }

    private GuestManager guests(Meddling journal) {
        GuestManager guests = new GuestManager(host.hypervisor, host.store, host.clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(1), GuestManager.PATIENCE,
                new MigrationCustody(() -> journal, new UUID(3, 3), new PeerAccess(List::of, host.question), host.clock,
                        RandomGeneratorFactory.of("L64X128MixRandom").create(2), Waiting.REAL));
        guests.recover(new AbandonedMigration(guests, _ -> {}));
        return guests;
    }
}
