package dev.godwit.lab.simulation.world;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Time and order. Of the virtual threads that can go on, dice pick the next; it runs until it parks or yields. When none can, the
 * hands move to the next alarm.
 */
public final class Scheduler {

    /** Where the hands stand at first; not at 0, so that nobody takes 0 for a time. */
    private static final long BEGIN = 1_000_000_000L;

    private final SplittableRandom dice;
    private final List<Ready> ready = new ArrayList<>();
    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(Comparator.<Alarm>comparingLong(alarm -> alarm.due).thenComparingLong(alarm -> alarm.number));
    private long now = BEGIN;
    private long steps;
    private long alarmCount;
    private int processCount;
    private long fingerprint = 17;

    /**
     * A scheduler without processes.
     *
     * @param dice choose the order
     */
    public Scheduler(SplittableRandom dice) {
        this.dice = dice;
    }

    private record Ready(Process process, Runnable continuation) {}

    /** Something to be done at a time. */
    public final class Alarm {
        private final long due;
        private final long number;
        private final Runnable task;
        private boolean cancelled;

        private Alarm(long due, long number, Runnable task) {
            this.due = due;
            this.number = number;
            this.task = task;
        }

        /** Gives it up; does nothing when it is over. */
        public void cancel() {
            cancelled = true;
        }
    }

    /** The time in nanoseconds. */
    public long now() {
        return now;
    }

    /** Milliseconds since the world began. */
    public double millis() {
        return (now - BEGIN) / 1e6;
    }

    /** How many steps were made. */
    public long steps() {
        return steps;
    }

    /** Two worlds with the same fingerprint have made the same steps at the same times. */
    public long fingerprint() {
        return fingerprint;
    }

    /** Adds something that happened to the fingerprint. */
    public void mark(long what) {
        fingerprint = (fingerprint ^ what) * 0x100000001b3L;
        fingerprint ^= fingerprint >>> 29;
    }

    /**
     * Sets an alarm of the world's own. What it does must not wait.
     *
     * @param nanos from now on
     * @param task  what it does
     */
    public Alarm after(long nanos, Runnable task) {
        Alarm alarm = new Alarm(now + Math.max(0, nanos), alarmCount++, task);
        alarms.add(alarm);
        return alarm;
    }

    int register() {
        return processCount++;
    }

    void add(Process process, Runnable continuation) {
        ready.add(new Ready(process, continuation));
    }

    /** Forgets what a process could go on with. */
    void forget(Process process) {
        ready.removeIf(entry -> entry.process == process);
    }

    /**
     * Lets one thread go on, or, if none can, moves the hands to the next alarm that is not later than the limit.
     *
     * @param limit the time beyond which the hands do not move
     * @return false when there is nothing left to do until then; the hands stand at the limit
     */
    public boolean step(long limit) {
        if (!ready.isEmpty()) {
            go(take(ready.size() == 1 ? 0 : dice.nextInt(ready.size())));
            return true;
        }
        while (!alarms.isEmpty() && alarms.peek().due <= limit) {
            Alarm alarm = alarms.poll();
            if (!alarm.cancelled) {
                now = Math.max(now, alarm.due);
                steps++;
                mark(now);
                alarm.task.run();
                return true;
            }
        }
        now = Math.max(now, limit);
        return false;
    }

    private Ready take(int index) {
        Ready taken = ready.get(index);
        Ready last = ready.removeLast();
        if (index < ready.size()) {
            ready.set(index, last);
        }
        return taken;
    }

    private void go(Ready next) {
        steps++;
        mark(now + next.process.number());
        next.process.run(next.continuation);
    }
}
