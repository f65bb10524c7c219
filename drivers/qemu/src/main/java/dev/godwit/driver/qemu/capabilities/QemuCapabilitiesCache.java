package dev.godwit.driver.qemu.capabilities;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Remembers what binaries can do, for as long as they stay the same.
 *
 * <p>Asking takes two starts of QEMU. A binary is a new one when its time of change differs; that is what a package
 * upgrade does.
 */
public final class QemuCapabilitiesCache {

    private record Entry(long changed, QemuCapabilities capabilities) {}

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Function<String, Long> changedAt;
    private final Function<String, QemuCapabilities> probe;

    /**
     * An empty cache.
     *
     * @param changedAt tells when the file at a path was last changed, in any unit; throws if there is no such file
     * @param probe asks the binary at a path
     */
    public QemuCapabilitiesCache(Function<String, Long> changedAt, Function<String, QemuCapabilities> probe) {
        this.changedAt = changedAt;
        this.probe = probe;
    }

    /**
     * What a binary can do. Concurrent callers for one binary wait for one probe.
     *
     * @param emulator its path
     * @return what it can do, asked now or before
     */
    public QemuCapabilities of(String emulator) {
        long changed = changedAt.apply(emulator);
        return entries.compute(
                        emulator,
                        (_, known) -> known != null && known.changed == changed
                                ? known
                                : new Entry(changed, probe.apply(emulator)))
                .capabilities();
    }
}
