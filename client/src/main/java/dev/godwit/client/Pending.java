package dev.godwit.client;

import dev.godwit.driver.Waiting;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Something that another thread does, and what became of it. Any number of threads may wait for its end, each for as long as it
 * likes.
 *
 * @param <T> its result
 */
public final class Pending<T> {

    private final Callable<T> work;
    private final Waiting waiting;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    /** Guarded by the lock, as all below. */
    private boolean over;
    private T result;
    private Throwable failure;

    private Pending(Callable<T> work, Waiting waiting) {
        this.work = work;
        this.waiting = waiting;
    }

    /**
     * Begins something.
     *
     * @param thread  does it
     * @param waiting how those who wait for it do that
     * @param work    what is to be done
     * @return to be waited for
     */
    public static <T> Pending<T> start(Thread.Builder thread, Waiting waiting, Callable<T> work) {
        Pending<T> pending = new Pending<>(work, waiting);
        thread.start(pending::run);
        return pending;
    }

    private void run() {
        T value = null;
        Throwable thrown = null;
        try {
            value = work.call();
        } catch (Exception | Error e) { // whoever waits is to know
            thrown = e;
        }
        lock.lock();
        try {
            result = value;
            failure = thrown;
            over = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has ended. */
    public boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for its end, for a while.
     *
     * @param nanos for how long
     * @return whether it has ended
     * @throws InterruptedException if interrupted
     */
    public boolean await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!over && left > 0) {
                left = waiting.await(lock, ended, left);
            }
            return over;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for its end and takes what became of it.
     *
     * @return its result
     * @throws ExecutionException   with what it threw
     * @throws InterruptedException if interrupted
     */
    public T get() throws ExecutionException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!over) {
                ended.await();
            }
            if (failure != null) {
                throw new ExecutionException(failure);
            }
            return result;
        } finally {
            lock.unlock();
        }
    }
}
