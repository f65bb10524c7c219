package dev.godwit.wire.rpc;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A clock that only goes forward, and something that calls back. Tests have one whose hands they move. */
public interface Timer {

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

    /**
     * The real time.
     *
     * @param executor runs the tasks of any number of connections; belongs to the caller. One that keeps cancelled tasks
     *                 until their time, as they do by default, keeps a closed connection's memory that long
     * @return a timer over it
     */
    static Timer on(ScheduledExecutorService executor) {
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
        };
    }
}
