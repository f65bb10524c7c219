package dev.godwit.guest;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.Waiting;
import dev.godwit.migration.MigrationEntry;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What has happened in migrations and could not be written down when it did, because the journal's disk was full: it is written as soon
 * as there is room, in its order and before anything newer. It may be lost with the daemon; the next one finds it again.
 *
 * <p>Safe for use by several threads.
 */
final class LateEntries {

    private final Waiting waiting;
    private final Consumer<MigrationEntry> writer;
    private final Queue<MigrationEntry> late = new ConcurrentLinkedQueue<>();
    /** Held while one is written, so that none is written twice. */
    private final ReentrantLock writing = new ReentrantLock();
    /** Whether a thread sees to it. */
    private final AtomicBoolean tried = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * None so far.
     *
     * @param waiting how its thread waits
     * @param writer  writes one, and throws a {@link VirtException} when it cannot
     */
    LateEntries(Waiting waiting, Consumer<MigrationEntry> writer) {
        this.waiting = waiting;
        this.writer = writer;
    }

    /** Keeps one, and sees to it that it is written. */
    void add(MigrationEntry entry) {
        late.add(entry);
        begin();
    }

    private void begin() {
        if (!closed && tried.compareAndSet(false, true)) {
            Thread.ofVirtual().name("writes down what has happened").start(this::tryAgain);
        }
    }

    private void tryAgain() {
        Duration pause = Pauses.FIRST;
        while (!closed && !late.isEmpty()) {
            try {
                waiting.pause(pause);
                write();
            } catch (VirtException e) {
                pause = Pauses.longer(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        tried.set(false);
        if (!late.isEmpty()) {
            begin(); // one was added in between
        }
    }

    /**
     * Writes all there are.
     *
     * @throws VirtException if there is no room yet; what is left is kept
     */
    void write() {
        if (late.isEmpty()) {
            return;
        }
        writing.lock();
        try {
            for (MigrationEntry entry = late.peek(); entry != null && !closed; entry = late.peek()) {
                writer.accept(entry);
                late.remove();
            }
        } finally {
            writing.unlock();
        }
    }

    /** None is written any more. */
    void close() {
        closed = true;
    }
}
