package dev.godwit.daemon.net;

import dev.godwit.driver.Waiting;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether a client is there at a moment. Each PING is answered by one PONG (libvirt's keepalive program), so a certain PING is answered when
 * as many PONGs came as there were PINGs up to it.
 */
final class Presence {

    private final Waiting waiting;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean knows;
    private boolean ended;
    private long asked;
    private long answered;

    Presence(Waiting waiting) {
        this.waiting = waiting;
    }

    /** The client has said that it answers. */
    void canAnswer() {
        locked(() -> knows = true);
    }

    /** Whether it has. */
    boolean mayBeAsked() {
        lock.lock();
        try {
            return knows;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A PING is about to be sent.
     *
     * @return its number, for {@link #await}
     */
    long asked() {
        lock.lock();
        try {
            asked++;
            return asked;
        } finally {
            lock.unlock();
        }
    }

    /** A PONG came. */
    void answered() {
        locked(() -> answered++);
    }

    /** The connection has ended: nothing comes any more. */
    void end() {
        locked(() -> ended = true);
    }

    /**
     * Waits until a PING is answered.
     *
     * @param number   which
     * @param patience how long
     * @return false if it was not, or the connection has ended meanwhile
     */
    boolean await(long number, Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (!ended && answered < number && left > 0) {
                left = waiting.await(lock, changed, left);
            }
            return !ended && answered >= number;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
