package dev.godwit.guest;

import java.util.OptionalLong;

/**
 * What a user has set for the migrations of a guest. Kept while the guest runs.
 *
 * @param maxDowntimeMillis    how long it may stand still; the hypervisor's own limit when absent
 * @param maxSpeedMiB          MiB/s, {@link #UNLIMITED} by default
 * @param maxPostCopySpeedMiB  MiB/s after the switch to post-copy
 * @param compressionCacheBytes the cache for compressed pages; the hypervisor's own when absent
 */
public record MigrationLimits(
        OptionalLong maxDowntimeMillis,
        long maxSpeedMiB,
        long maxPostCopySpeedMiB,
        OptionalLong compressionCacheBytes) {

    /** What stands for "as fast as it goes": (2^63 - 1) / 2^20 MiB/s. */
    public static final long UNLIMITED = Long.MAX_VALUE >> 20;

    /** Nothing set. */
    public static final MigrationLimits NONE =
            new MigrationLimits(OptionalLong.empty(), UNLIMITED, UNLIMITED, OptionalLong.empty());

    /** The same with another downtime. */
    public MigrationLimits withMaxDowntimeMillis(long millis) {
        return new MigrationLimits(OptionalLong.of(millis), maxSpeedMiB, maxPostCopySpeedMiB, compressionCacheBytes);
    }

    /** The same with another speed. */
    public MigrationLimits withMaxSpeedMiB(long mib) {
        return new MigrationLimits(maxDowntimeMillis, mib, maxPostCopySpeedMiB, compressionCacheBytes);
    }

    /** The same with another speed after the switch to post-copy. */
    public MigrationLimits withMaxPostCopySpeedMiB(long mib) {
        return new MigrationLimits(maxDowntimeMillis, maxSpeedMiB, mib, compressionCacheBytes);
    }

    /** The same with another cache. */
    public MigrationLimits withCompressionCacheBytes(long bytes) {
        return new MigrationLimits(maxDowntimeMillis, maxSpeedMiB, maxPostCopySpeedMiB, OptionalLong.of(bytes));
    }
}
