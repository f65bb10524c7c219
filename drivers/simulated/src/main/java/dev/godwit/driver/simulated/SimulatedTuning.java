package dev.godwit.driver.simulated;

import dev.godwit.guest.Machine;
import dev.godwit.guest.MigrationTuning;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** What simulated machines have been told; QEMU's values where nothing was said. */
final class SimulatedTuning implements MigrationTuning {

    static final long DOWNTIME_MILLIS = 300;
    private static final long CACHE_BYTES = 64 << 20;

    private record Told(long downtimeMillis, long cacheBytes) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Machine, Told> told = new WeakHashMap<>();

    @Override
    public long maxDowntimeMillis(Machine machine) {
        return of(machine).downtimeMillis();
    }

    @Override
    public void maxDowntimeMillis(Machine machine, long millis) {
        tell(machine, new Told(millis, of(machine).cacheBytes()));
    }

    @Override
    public void maxSpeedMiB(Machine machine, long mib) {
        // The transfer itself looks at the guest's limits.
    }

    @Override
    public long compressionCacheBytes(Machine machine) {
        return of(machine).cacheBytes();
    }

    @Override
    public void compressionCacheBytes(Machine machine, long bytes) {
        tell(machine, new Told(of(machine).downtimeMillis(), bytes));
    }

    private Told of(Machine machine) {
        lock.lock();
        try {
            return told.getOrDefault(machine, new Told(DOWNTIME_MILLIS, CACHE_BYTES));
        } finally {
            lock.unlock();
        }
    }

    private void tell(Machine machine, Told what) {
        lock.lock();
        try {
            told.put(machine, what);
        } finally {
            lock.unlock();
        }
    }
}
