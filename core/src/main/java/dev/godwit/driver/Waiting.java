package dev.godwit.driver;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How a thread waits for something for no longer than a while. Part of a {@link HostSetting}, because what ends such a wait is the
 * time, which comes in from outside: in a simulation it stands still while anybody has something to do.
 *
 * <p>What is waited for without a limit needs none of this.
 */
public interface Waiting {

    /** By the system's own time. */
    Waiting REAL = new Waiting() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long await(Lock lock, Condition condition, long nanos) throws InterruptedException {
            return condition.awaitNanos(nanos);
        }
    };

    /**
     * The time, which only goes forward.
     *
     * @return nanoseconds from some moment in the past
     */
    long nanoTime();

    /**
     * Waits until the condition is signalled, the time is over, or the thread is interrupted; may also end for no reason, as
     * {@link Condition#awaitNanos} does.
     *
     * @param lock      the condition's, held by the calling thread
     * @param condition what to wait for
     * @param nanos     how long; does not wait for 0 or less
     * @return how much of it is left; 0 or less when it is over
     * @throws InterruptedException if interrupted
     */
    long await(Lock lock, Condition condition, long nanos) throws InterruptedException;

    /**
     * Waits for nothing but the time.
     *
     * @param duration how long
     * @throws InterruptedException if interrupted before
     */
    default void pause(Duration duration) throws InterruptedException {
        Lock lock = new ReentrantLock();
        Condition nobody = lock.newCondition();
        lock.lockInterruptibly();
        try {
            long left = duration.toNanos();
            while (left > 0) {
                left = await(lock, nobody, left);
            }
        } finally {
            lock.unlock();
        }
    }
}
