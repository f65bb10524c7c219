package dev.godwit.lab.fault.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.journal.FileJournal;
import dev.godwit.journal.JournalException;
import dev.godwit.journal.JournalFiles;
import dev.godwit.lab.fault.FaultDesk;
import dev.godwit.lab.fault.daemon.Point.Moment;
import dev.godwit.lab.fault.daemon.Point.Step;
import dev.godwit.lab.host.Await;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import dev.godwit.migration.OwnerCode;
import dev.godwit.migration.PhaseCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The points of a journal, and the line between a daemon and the lab, without a daemon. */
class FaultyStorageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final UUID HOST = new UUID(7, 7);
    private static final UUID MIGRATION = new UUID(1, 2);
    private static final UUID GUEST = new UUID(3, 4);

    @TempDir
    private Path folder;

    private FaultDesk desk;
    private FileJournal<MigrationEntry> journal;

    @BeforeEach
    void aJournal() throws Exception {
        desk = new FaultDesk(folder.resolve("desk"));
        journal = open();
    }

    @AfterEach
    void close() {
        journal.close();
        desk.close();
    }

    private FileJournal<MigrationEntry> open() throws Exception {
        Points points = Points.connect(folder.resolve("desk"));
        return FileJournal.open(new FaultyStorage(new JournalFiles(folder.resolve("journal")), points), MigrationEntry.class, HOST);
    }

    private void arm(Point point, Action action) {
        desk.arm(point, action);
        desk.awaitArmed(point, PATIENCE);
    }

    private static Opened opened(boolean source) {
        return new Opened(MIGRATION, source, GUEST, "web1", 1, List.of(), "", 0, 0);
    }

    private void awaitPassed(String... names) {
        List<Point> expected = Stream.of(names).map(Point::of).toList();
        Await.until(() -> "passed so far: " + desk.passed(), PATIENCE, () -> desk.passed().equals(expected));
    }

    @Test
    void aSourceComesToThePointsInTheirOrder() {
        journal.append(opened(true));
        journal.append(new Entered(MIGRATION, PhaseCode.BEGIN, false, 0));
        journal.append(new Done(MIGRATION, PhaseCode.BEGIN, false, 0));
        journal.append(new Entered(MIGRATION, PhaseCode.CONFIRM, true, 0));
        journal.append(new Closed(MIGRATION, OwnerCode.SOURCE, "", 0));

        awaitPassed("source.begin:before-journal", "source.begin:after-journal", "source.begin:acted",
                "source.confirm.cancel:before-journal", "source.confirm.cancel:after-journal", "source.confirm.cancel:acted");
    }

    @Test
    void aDaemonThatComesBackKnowsWhatAnEndIsTheEndOf() throws Exception {
        journal.append(opened(false));
        journal.append(new HandedOver(MIGRATION, 1, 0));
        journal.close();
        journal = open();
        desk.disarm();

        journal.append(new Closed(MIGRATION, OwnerCode.DESTINATION, "", 0));

        awaitPassed("destination.handover:acted");
    }

    @Test
    void aWriteThatIsRefusedIsNotInTheJournalAndTheNextOneIs() {
        arm(new Point(Step.HANDOVER, Moment.BEFORE_JOURNAL), Action.REFUSE);
        journal.append(opened(false));

        assertThatThrownBy(() -> journal.append(new HandedOver(MIGRATION, 1, 0)))
                .isInstanceOf(JournalException.class).rootCause().hasMessageContaining("No space left");

        Barred barred = new Barred(MIGRATION, GUEST, "it could not be written down", 0);
        journal.append(barred);
        assertThat(journal.replay()).containsExactly(opened(false), barred);
    }

    @Test
    void aFullDiskStaysFullUntilThereIsRoom() {
        arm(new Point(Step.BAR, Moment.BEFORE_JOURNAL), Action.FULL);
        Barred barred = new Barred(MIGRATION, GUEST, "", 0);
        journal.append(opened(false));
        assertThatThrownBy(() -> journal.append(barred)).isInstanceOf(JournalException.class);
        assertThatThrownBy(() -> journal.append(barred)).isInstanceOf(JournalException.class);

        desk.room();

        Await.until("the journal takes it", PATIENCE, () -> {
            try {
                journal.append(barred);
                return true;
            } catch (JournalException e) {
                return false;
            }
        });
    }

    @Test
    void whoStopsGoesOnWhenHeIsReleasedAndNotBefore() throws Exception {
        Point point = new Point(Step.HANDOVER, Moment.AFTER_JOURNAL);
        arm(point, Action.STOP);
        journal.append(opened(false));
        Thread writer = Thread.ofVirtual().start(() -> journal.append(new HandedOver(MIGRATION, 1, 0)));
        desk.awaitReached(point, PATIENCE);
        desk.release(new Point(Step.BAR, Moment.AFTER_JOURNAL)); // somebody else
        assertThat(writer.isAlive()).isTrue();

        desk.release(point);

        assertThat(writer.join(PATIENCE)).isTrue();
    }
}
