package dev.godwit.wire.rpc;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A clock that only goes forward, and something that calls back. Tests have one whose hands they move. */
public interface Timer extends AutoCloseable {

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Alarm {
        /** Gives the task up if it has not begun. */
        void cancel();
    }

    /**
     * The time.
     *
     * @return nanoseconds from some moment in the past
     */
    long nanoTime();

    /**
     * Runs a task once.
     *
     * @param delay how long from now
     * @param task  short, and never waits for anything
     * @return gives it up
     */
    Alarm after(Duration delay, Runnable task);

    /** Gives up all tasks that wait. Never fails. */
    @Override
    default void close() {}

    /**
     * The real time, with a thread of its own for the tasks.
     *
     * @param name    what the thread is called
     * @param threads makes it, when there is a first task
     * @return a timer, to be closed
     */
    static Timer real(String name, Threads threads) {
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, task -> threads.named(name).unstarted(task));
        // A task that was cancelled would otherwise keep a closed connection's memory until its time.
        executor.setRemoveOnCancelPolicy(true);
        return new Timer() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public Alarm after(Duration delay, Runnable task) {
                ScheduledFuture<?> future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                return () -> future.cancel(false);
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }
}
