package dev.godwit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GroupCommitTest {

    private static final UUID HOST = UUID.fromString("5a3f0c1e-0000-4000-8000-000000000001");

    @TempDir
    java.nio.file.Path folder;

    /** A disk whose next force waits until it is told to go on. */
    private static final class SlowDisk extends ForwardingStorage {
        private final DiskInMemory disk;
        private final CountDownLatch forcing = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private volatile boolean slow;

        SlowDisk() {
            this(new DiskInMemory());
        }

        private SlowDisk(DiskInMemory disk) {
            super(disk);
            this.disk = disk;
        }

        @Override
        public void force() throws IOException {
            if (slow) {
                slow = false;
                forcing.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            super.force();
        }
    }

    private static void awaitWaiting(List<Thread> threads) {
        while (!threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void thoseWhoComeDuringAForceShareTheNextOne() throws InterruptedException {
        SlowDisk storage = new SlowDisk();
        Journal<Note> journal = FileJournal.open(storage, Note.class, HOST);
        storage.slow = true;
        Thread first = Thread.ofPlatform().start(() -> journal.append(new Note.Number(0)));
        storage.forcing.await();
        int before = storage.disk.forces;
        List<Thread> others = IntStream.rangeClosed(1, 30)
                .mapToObj(i -> Thread.ofPlatform().start(() -> journal.append(new Note.Number(i)))).toList();
        awaitWaiting(others);
        storage.goOn.countDown();
        first.join();
        for (Thread other : others) {
            other.join();
        }
        assertThat(storage.disk.forces - before).isEqualTo(2);
        assertThat(journal.replay()).hasSize(31).startsWith(new Note.Number(0))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(0, 30).mapToObj(i -> (Note) new Note.Number(i)).toList());
    }

    @Test
    void allWhoSharedAForceThatFailedAreRefused() throws InterruptedException {
        SlowDisk storage = new SlowDisk();
        Journal<Note> journal = FileJournal.open(storage, Note.class, HOST);
        storage.slow = true;
        Queue<JournalException> refusals = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Note note = new Note.Number(i);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    journal.append(note);
                } catch (JournalException e) {
                    refusals.add(e);
                }
            }));
            storage.forcing.await();
        }
        awaitWaiting(threads);
        storage.disk.capacity = storage.disk.bytes().length + 3;
        storage.goOn.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(refusals).hasSize(9);
        assertThat(journal.replay()).containsExactly(new Note.Number(0));
    }

    @Test
    void whatDoesNotFitIntoOneRecordTakesSeveral() throws InterruptedException {
        SlowDisk storage = new SlowDisk();
        Journal<Note> journal = FileJournal.open(storage, Note.class, HOST);
        storage.slow = true;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Note note = new Note.Text(i + "x".repeat(30_000));
            threads.add(Thread.ofPlatform().start(() -> journal.append(note)));
            storage.forcing.await();
        }
        awaitWaiting(threads);
        storage.goOn.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(FileJournal.open(storage, Note.class, HOST).replay()).hasSize(9);
    }

    @Test
    void manyThreadsOnARealFileLoseNothingAlsoWhenTheyAreInterruptedAndTheJournalIsCompacted() throws InterruptedException {
        java.nio.file.Path file = folder.resolve("journal");
        Journal<Note> journal = FileJournal.open(new JournalFiles(file), Note.class, HOST);
        List<Thread> threads = IntStream.range(0, 16).mapToObj(thread -> Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 25; i++) {
                if (i % 5 == 0) {
                    Thread.currentThread().interrupt();
                }
                journal.append(new Note.Number(thread * 1000 + i));
                if (i == 12 && thread % 4 == 0) {
                    journal.compact(note -> true);
                }
            }
        })).toList();
        for (Thread thread : threads) {
            thread.join();
        }
        journal.close();
        List<Note> all = FileJournal.open(new JournalFiles(file), Note.class, HOST).replay();
        for (int thread = 0; thread < 16; thread++) {
            int first = thread * 1000;
            assertThat(all.stream().map(note -> ((Note.Number) note).value()).filter(n -> n / 1000 == first / 1000))
                    .containsExactlyElementsOf(IntStream.range(first, first + 25).boxed().toList());
        }
    }
}
