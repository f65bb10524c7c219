package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Standing.Answer;
import dev.godwit.journal.ForwardingStorage;
import dev.godwit.journal.JournalStorage;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.xml.XmlReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes an entry, refuses to make it safe, and refuses to take it back: nobody knows then what is in the file. */
class FailingDiskTest {

    private static final MigrationId MIGRATION = new MigrationId(new UUID(7, 7));

    @TempDir
    Path folder;

    private PaperHost host;
    private volatile boolean fails;
    private volatile boolean full;

    @BeforeEach
    void start() {
        host = new PaperHost(folder);
        host.disk = Failing::new;
        host.restart();
    }

    private final class Failing extends ForwardingStorage {

        Failing(JournalStorage file) {
            super(file);
        }

        private void check() throws IOException {
            if (fails) {
                throw new IOException("the disk does not answer");
            }
        }

        @Override
        public Optional<ByteBuffer> read() throws IOException {
            check();
            return super.read();
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
            super.append(bytes);
        }

        @Override
        public void force() throws IOException {
            check();
            super.force();
        }

        @Override
        public void truncate(long size) throws IOException {
            check();
            super.truncate(size);
        }

        @Override
        public void replace(ByteBuffer content) throws IOException {
            check();
            super.replace(content);
        }
    }

    @Test
    void nothingIsDecidedUntilItIsKnownWhatTheJournalSays() {
        MigrationCustody custody = host.guests.custody();
        fails = true;

        refused(() -> custody.bars(MIGRATION, PaperHost.UUID_A, "asked"));
        refused(custody::requireCertain);
        refused(() -> custody.bars(MIGRATION, PaperHost.UUID_A, "asked"));
        assertThat(custody.history().find(MIGRATION.uuid())).isEmpty();

        fails = false;
        custody.requireCertain();
        // The disk had kept what it had refused: now it is known.
        assertThat(custody.history().find(MIGRATION.uuid()).orElseThrow().barred()).isPresent();
        custody.bars(new MigrationId(new UUID(8, 8)), PaperHost.UUID_A, "asked");
        assertThat(custody.entries()).hasSize(2);
    }

    private static MigrationTicket there() {
        return new MigrationTicket(MIGRATION, 1, new UUID(2, 2), List.of("paper://there"));
    }

    private static IncomingMigrations.Complete complete() {
        return new IncomingMigrations.Complete(Optional.empty(), false, JobStats.NONE,
                _ -> new IncomingMigrations.Answer(Cookie.NONE, JobStats.NONE));
    }

    @Test
    void aReceiverIsKeptWhileNobodyKnowsWhetherItWasHandedOver() {
        IncomingMigrations incoming = new IncomingMigrations(host.guests, false, ErrorDomain.QEMU);
        MigrationRequest request = MigrationRequest.of(
                new DomainRef("web1", PaperHost.UUID_A, DomainRef.INACTIVE), EnumSet.of(MigrationFlag.LIVE));
        incoming.prepare(XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "")), List.of(), request, Optional.of(there()),
                _ -> new Receiver(Optional.empty(), Cookie.NONE));

        assertThatThrownBy(() -> incoming.finish(request, Optional.empty(), _ -> {
            fails = true; // what is written next is the hand-over
            return complete();
        })).isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.OPERATION_TIMEOUT)).isTrue())
                .hasMessageContaining("cannot write down yet whether it runs there");
        refused(() -> incoming.ask(MIGRATION, PaperHost.UUID_A));
        assertThat(host.hypervisor.machine(PaperHost.UUID_A).running).isFalse();

        fails = false;
        // The hand-over had been kept, so it counts.
        assertThat(incoming.ask(MIGRATION, PaperHost.UUID_A).answer()).isEqualTo(Answer.ARRIVED);
        assertThat(host.hypervisor.machine(PaperHost.UUID_A).running).isTrue();
    }

    @Test
    void aTokenIsNotGivenTwiceBecauseTheFirstWasNotKnownToBeWritten() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        OutgoingMigrations outgoing =
                new OutgoingMigrations(host.guests, new AbandonedMigration(host.guests, _ -> {}), ErrorDomain.QEMU);
        MigrationRequest request = MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE, MigrationFlag.CHANGE_PROTECTION));
        fails = true;
        refused(() -> outgoing.begin(request, _ -> new Offer("<domain/>", Cookie.NONE)));

        fails = false;
        outgoing.begin(request, _ -> new Offer("<domain/>", Cookie.NONE));

        assertThat(host.guests.custody().entries()).filteredOn(MigrationEntry.Opened.class::isInstance)
                .extracting(entry -> ((MigrationEntry.Opened) entry).token()).containsExactly(1L, 2L);
    }

    @Test
    void theEndOfAMigrationIsWrittenDownWhenThereIsRoomAgain() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        MigrationRequest request = MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE, MigrationFlag.CHANGE_PROTECTION))
                .withPeer("paper+tcp://there/system");
        OutgoingMigrations outgoing =
                new OutgoingMigrations(host.guests, new AbandonedMigration(host.guests, _ -> {}), ErrorDomain.QEMU);
        outgoing.begin(request, _ -> new Offer("<domain/>", Cookie.NONE));
        full = true;
        outgoing.abandon(request);
        assertThat(host.guests.custody().history().open()).hasSize(1);

        full = false;
        PaperHost.await(() -> host.guests.custody().history().open().isEmpty());
        assertThat(host.guests.custody().entries().getLast()).isInstanceOf(MigrationEntry.Closed.class);
    }

    @Test
    void theEndOfAMigrationComesBeforeTheNextOne() {
        MigrationCustody custody = host.guests.custody();
        custody.bars(MIGRATION, PaperHost.UUID_A, "asked");
        full = true;
        custody.closed(custody.history().find(MIGRATION.uuid()).orElseThrow(), Owner.SOURCE, "it was cancelled");
        MigrationId next = new MigrationId(new UUID(8, 8));
        assertThatThrownBy(() -> custody.bars(next, PaperHost.UUID_A, "asked")).hasMessageContaining("No space left on device");

        full = false;
        custody.bars(next, PaperHost.UUID_A, "asked");
        assertThat(custody.entries().get(1)).isInstanceOf(MigrationEntry.Closed.class);
        assertThat(custody.entries().get(2)).isInstanceOf(MigrationEntry.Barred.class);
    }

    private static void refused(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(VirtException.class,
                e -> assertThat(e.is(ErrorCode.SYSTEM_ERROR)).isTrue()).hasMessageContaining("the disk does not answer");
    }
}
