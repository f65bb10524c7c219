package dev.godwit.guest;

import dev.godwit.domain.VirtException;

/** What a hypervisor can be told about the migrations of a running machine. Every method may fail with a {@link VirtException}. */
public interface MigrationTuning {

    /** How long the guest may stand still, in milliseconds. */
    long maxDowntimeMillis(Machine machine);

    /** Sets it, also while it migrates. */
    void maxDowntimeMillis(Machine machine, long millis);

    /** Sets the speed of the migration that goes on, in MiB/s; {@link MigrationLimits#UNLIMITED} for none. */
    void maxSpeedMiB(Machine machine, long mib);

    /** The size of the cache for compressed pages in bytes. */
    long compressionCacheBytes(Machine machine);

    /** Sets it. */
    void compressionCacheBytes(Machine machine, long bytes);
}
