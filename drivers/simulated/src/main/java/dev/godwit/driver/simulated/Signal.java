package dev.godwit.driver.simulated;

import dev.godwit.driver.Waiting;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Something a thread waits for, up to a time, and another one raises. */
final class Signal {

    private final Waiting waiting;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. */
    private boolean raised;

    Signal(Waiting waiting) {
        this.waiting = waiting;
    }

    void raise() {
        lock.lock();
        try {
            raised = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns when it was raised, when the time has passed, or at once and still interrupted when the thread was. */
    void await(long nanos) {
        try {
            lock.lockInterruptibly();
            try {
                long left = nanos;
                while (!raised && left > 0) {
                    left = waiting.await(lock, changed, left);
                }
                raised = false;
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
