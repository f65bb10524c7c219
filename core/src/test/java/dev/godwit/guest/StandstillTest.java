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
import dev.godwit.driver.Client;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Waiting;
import dev.godwit.guest.IncomingMigrations.Answer;
import dev.godwit.guest.IncomingMigrations.Complete;
import dev.godwit.journal.ForwardingStorage;
import dev.godwit.journal.JournalFiles;
import dev.godwit.journal.JournalStorage;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.OwnerCode;
import dev.godwit.migration.PhaseCode;
import dev.godwit.xml.XmlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said of a migration while its guest stands still: it waits for the disk once, and none of it is lost by that, whether the
 * daemon ends then or the whole host.
 */
@Timeout(60)
class StandstillTest {

    private static final MigrationTicket THERE = new MigrationTicket(new MigrationId(new UUID(1, 1)), 1, new UUID(2, 2), List.of());

    @TempDir
    Path folder;

    private PaperHost host;
    private final AtomicInteger forces = new AtomicInteger();
    private volatile Runnable afterForce = () -> {};

    @BeforeEach
    void start() {
        host = new PaperHost(folder);
        host.question = (_, _, _) -> {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, "nobody answers");
        };
        host.disk = Counted::new;
        host.restart();
    }

    private final class Counted extends ForwardingStorage {

        Counted(JournalStorage file) {
            super(file);
        }

        @Override
        public void force() throws IOException {
            super.force();
            forces.incrementAndGet();
            afterForce.run();
        }
    }

    private static MigrationRequest request(DomainRef guest) {
        return MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE, MigrationFlag.CHANGE_PROTECTION))
                .withPeer("paper+tcp://there/system");
    }

    /** Sends a guest, and counts how often the disk was waited for from when it stood still. */
    private int send(GuestManager guests, DomainRef guest) {
        OutgoingMigrations outgoing =
                new OutgoingMigrations(guests, new AbandonedMigration(guests, _ -> {}), ErrorDomain.QEMU);
        AtomicInteger before = new AtomicInteger();
        outgoing.begin(request(guest), _ -> new Offer("<domain/>", Cookie.NONE));
        outgoing.perform(request(guest), Optional.empty(), new OutgoingMigrations.Sending() {
            @Override
            public Cookie send(MigrationJob job, Transfer transfer) {
                guests.migrations().pauseOutgoing(job);
                before.set(forces.get());
                return Cookie.NONE;
            }

            @Override
            public void wake() {}
        });
        return forces.get() - before.get();
    }

    private static JournaledMigration only(GuestManager guests) {
        List<JournaledMigration> all = guests.custody().history().migrations();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private List<MigrationEntry> inTheFile() {
        try (MigrationCustody another = host.custody()) {
            return another.entries();
        }
    }

    @Test
    void thatAllWasSentIsAnsweredWithoutWaitingForTheDisk() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        assertThat(send(host.guests, guest)).isZero();
        assertThat(only(host.guests).after()).contains(PhaseCode.PERFORM);
        assertThat(host.guests.custody().entries().getLast()).isInstanceOf(MigrationEntry.Done.class);
    }

    @Test
    void aDaemonThatEndsThenFindsItInTheStatusFileAndWritesItDown() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        send(host.guests, guest);
        assertThat(inTheFile()).last().isInstanceOf(MigrationEntry.Entered.class);

        host.restart();

        assertThat(only(host.guests).after()).contains(PhaseCode.PERFORM);
        assertThat(host.guests.settlement().doubt(PaperHost.UUID_A)).as("the destination is asked").isPresent();
        PaperHost.await(() -> inTheFile().getLast() instanceof MigrationEntry.Done done && done.phase() == PhaseCode.PERFORM);
    }

    @Test
    void aHostThatEndsThenAsksBeforeItStartsTheGuestAgain() throws IOException {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        send(host.guests, guest);

        // The power fails: what runs is gone, and so are the files that are not forced.
        host.hypervisor.machines.clear();
        Files.delete(folder.resolve("run/web1.xml"));
        host.restart();

        assertThat(only(host.guests).step()).get().isInstanceOf(MigrationEntry.Entered.class);
        assertThat(host.guests.settlement().doubt(PaperHost.UUID_A)).isPresent();
        assertThatThrownBy(() -> host.guests.start(guest, Set.of(), Client.NONE)).hasMessageContaining("in doubt");
    }

    @Test
    void aDaemonThatIsStoppedThenLeavesNothingUnwritten() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        send(host.guests, guest);
        host.guests.custody().close();
        assertThat(inTheFile()).last().isInstanceOfSatisfying(MigrationEntry.Done.class,
                done -> assertThat(done.phase()).isEqualTo(PhaseCode.PERFORM));
    }

    @Test
    void aGuestThatEndsThenIsInDoubtAndNotTheSources() throws Exception {
        List<Thread> monitors = new CopyOnWriteArrayList<>();
        LocalFiles files = new LocalFiles();
        FileAccess meddling = new FileAccess() {
            @Override
            public List<String> names(Path of) throws IOException {
                return files.names(of);
            }

            @Override
            public Optional<String> read(Path file, int maxBytes) throws IOException {
                return files.read(file, maxBytes);
            }

            @Override
            public void write(Path file, String content, boolean durable) throws IOException {
                files.write(file, content, durable);
                if (content.contains(MigrationPhase.PERFORM_DONE.text()) && monitors.isEmpty()) {
                    // Nobody has been answered yet. The monitor's own thread waits until the status is written.
                    monitors.add(Thread.ofVirtual().start(() -> host.hypervisor.machine(PaperHost.UUID_A).vanish()));
                }
            }

            @Override
            public void delete(Path file) throws IOException {
                files.delete(file);
            }

            @Override
            public void link(Path link, Path target) throws IOException {
                files.link(link, target);
            }

            @Override
            public boolean exists(Path file) {
                return files.exists(file);
            }

            @Override
            public void rename(Path file, Path newName) throws IOException {
                files.rename(file, newName);
            }
        };
        GuestManager guests = new GuestManager(host.hypervisor,
                new GuestStore(meddling, folder.resolve("other/config"), folder.resolve("other/run")), host.clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(1), GuestManager.PATIENCE,
                new MigrationCustody(() -> new JournalFiles(folder.resolve("other.journal"), false), new UUID(3, 3),
                        new PeerAccess(List::of, host.question), host.clock,
                        RandomGeneratorFactory.of("L64X128MixRandom").create(2), Waiting.REAL));
        guests.recover(new AbandonedMigration(guests, _ -> {}));
        DomainRef guest = guests.start(
                guests.define(PaperHost.xml("web1", PaperHost.UUID_A, ""), Set.of()), Set.of(), Client.NONE);
        send(guests, guest);
        monitors.getFirst().join();

        // PERFORM has answered that all was sent, so the destination may start it.
        assertThat(guests.settlement().doubt(PaperHost.UUID_A)).isPresent();
        assertThatThrownBy(() -> guests.start(guest, Set.of(), Client.NONE)).hasMessageContaining("in doubt");
    }

    private IncomingMigrations receive(MigrationRequest request) {
        IncomingMigrations incoming = new IncomingMigrations(host.guests, false, ErrorDomain.QEMU);
        incoming.prepare(XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "")), List.of(), request, Optional.of(THERE),
                _ -> new Receiver(Optional.empty(), Cookie.NONE));
        return incoming;
    }

    private static Complete complete() {
        return new Complete(Optional.empty(), false, JobStats.NONE, _ -> new Answer(Cookie.NONE, JobStats.NONE));
    }

    @Test
    void aGuestThatHasComeIsStartedAfterOneForce() {
        MigrationRequest request = request(new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE));
        IncomingMigrations incoming = receive(request);
        int before = forces.get();
        List<Integer> whenItRan = new CopyOnWriteArrayList<>();
        host.guests.listen(_ -> whenItRan.add(forces.get() - before));

        incoming.finish(request, Optional.empty(), _ -> complete());

        assertThat(whenItRan.getFirst()).isEqualTo(1);
        assertThat(inTheFile()).extracting(entry -> entry.getClass().getSimpleName())
                .containsSubsequence("Entered", "HandedOver", "Closed");
        assertThat(inTheFile()).anySatisfy(entry -> assertThat(entry).isInstanceOfSatisfying(
                MigrationEntry.Entered.class, entered -> assertThat(entered.phase()).isEqualTo(PhaseCode.FINISH)));
    }

    /** The status file could not be written since, because its disk was full. */
    @Test
    void aDaemonThatFindsAHandOverStartsTheGuestAlthoughItsStatusSaysThatItIsOnlyBeingStarted() throws IOException {
        handedOverAndThen(status -> status.replace("reason='migration'", "reason='starting up'"));
    }

    @Test
    void aDaemonThatEndsAfterTheHandOverStartsTheGuestAlthoughNoStatusFileSaysFinish() throws IOException {
        handedOverAndThen(status -> status);
    }

    @Test
    void aGuestThatHasRunUnderTheLastDaemonAndStandsForAReasonIsLeftStanding() throws IOException {
        findsHandedOver(status -> status.replace("reason='migration'", "reason='ioerror'"));

        PaperHypervisor.PaperMachine machine = host.hypervisor.machine(PaperHost.UUID_A);
        assertThat(machine.running).isFalse();
        assertThat(machine.told).containsOnlyOnce("resume"); // by the last daemon
        assertThat(host.state(new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE))).isEqualTo(StateReason.PAUSED_IOERROR);
        assertThat(only(host.guests).closed()).get().extracting(MigrationEntry.Closed::owner).isEqualTo(OwnerCode.DESTINATION);
    }

    @Test
    void aMachineThatEndsWhileItsGuestIsBarredLeavesItToTheSource() throws Exception {
        MigrationRequest request = request(new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE));
        IncomingMigrations incoming = receive(request);
        MigrationJob job = host.guests.migrations().incoming("web1");
        List<Thread> monitors = new CopyOnWriteArrayList<>();
        job.willEnd(Owner.DESTINATION, "it was handed over");
        afterForce = () -> {
            afterForce = () -> {};
            monitors.add(Thread.ofVirtual().start(() -> host.hypervisor.machine(PaperHost.UUID_A).vanish()));
            PaperHost.await(() -> !job.active());
        };
        assertThat(incoming.ask(THERE.id(), PaperHost.UUID_A).answer()).isEqualTo(Standing.Answer.BARRED);
        monitors.getFirst().join();
        assertThat(only(host.guests).closed()).get().extracting(MigrationEntry.Closed::owner).isEqualTo(OwnerCode.SOURCE);
    }

    private void handedOverAndThen(UnaryOperator<String> meanwhile) throws IOException {
        findsHandedOver(meanwhile);

        assertThat(host.hypervisor.machine(PaperHost.UUID_A).running).isTrue();
        assertThat(only(host.guests).closed()).isPresent();
    }

    /** A daemon comes back that had ended when the hand-over was in the journal. */
    private void findsHandedOver(UnaryOperator<String> meanwhile) throws IOException {
        MigrationRequest request = request(new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE));
        IncomingMigrations incoming = receive(request);
        Path status = folder.resolve("run/web1.xml");
        Path journal = folder.resolve("migrations.journal");
        List<String> statusThen = new CopyOnWriteArrayList<>();
        List<byte[]> journalThen = new CopyOnWriteArrayList<>();
        afterForce = () -> {
            afterForce = () -> {};
            try {
                statusThen.add(Files.readString(status));
                journalThen.add(Files.readAllBytes(journal));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        incoming.finish(request, Optional.empty(), _ -> complete());
        assertThat(statusThen.getFirst()).contains(MigrationPhase.PREPARE.text()).doesNotContain(MigrationPhase.FINISH.text());

        // The daemon had ended then, and the CPUs stood still.
        Files.writeString(status, meanwhile.apply(statusThen.getFirst()));
        Files.write(journal, journalThen.getFirst());
        host.hypervisor.machine(PaperHost.UUID_A).running = false;
        host.restart();
    }
}
