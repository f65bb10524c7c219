package dev.godwit.wire.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A timer whose hands a test moves. */
final class HandTimer implements Timer {

    private record Entry(long due, Runnable task) {}

    private final List<Entry> entries = new ArrayList<>();
    private long now;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable task) {
        Entry entry = new Entry(now + delay.toNanos(), task);
        entries.add(entry);
        return () -> {
            synchronized (this) {
                entries.remove(entry);
            }
        };
    }

    /** Moves the hands, and runs what falls due on the way, each at its moment. */
    void advance(Duration time) {
        long end = nanoTime() + time.toNanos();
        while (true) {
            Entry next;
            synchronized (this) {
                next = entries.stream().min(Comparator.comparingLong(Entry::due)).orElse(null);
                if (next == null || next.due() > end) {
                    now = end;
                    return;
                }
                entries.remove(next);
                now = next.due();
            }
            next.task().run();
        }
    }

    synchronized int waiting() {
        return entries.size();
    }
}
