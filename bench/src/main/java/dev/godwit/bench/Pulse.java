package dev.godwit.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches a guest's serial log from outside and notes when it grew, to the millisecond or so.
 *
 * <p>The guest beats every few milliseconds, so the longest silence while it moves is how long it did
 * not run. That needs nobody's word for it, and is measured the same way whoever moves the guest.
 */
final class Pulse implements AutoCloseable {

    private final Thread watcher;
    private final List<Long> beats = new ArrayList<>();
    private volatile boolean stop;

    Pulse(Path serial) {
        watcher = Thread.ofPlatform().daemon().start(() -> {
            long before = serial.toFile().length();
            while (!stop) {
                long now = serial.toFile().length();
                if (now != before) {
                    before = now;
                    beats.add(System.nanoTime());
                }
                java.util.concurrent.locks.LockSupport.parkNanos(500_000);
            }
        });
    }

    /** The longest silence beyond the usual one, in milliseconds. */
    double longestSilence() {
        close();
        Figures gaps = new Figures();
        double longest = 0;
        for (int i = 1; i < beats.size(); i++) {
            double gap = (beats.get(i) - beats.get(i - 1)) / 1e6;
            gaps.add(gap);
            longest = Math.max(longest, gap);
        }
        return longest - gaps.median();
    }

    @Override
    public void close() {
        stop = true;
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
