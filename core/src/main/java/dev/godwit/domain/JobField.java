package dev.godwit.domain;

import java.util.Optional;

/**
 * One figure of a job's statistics, under the name it has as a typed parameter (remote protocol,
 * procedure 298). The order here is the order on the wire.
 */
public enum JobField {
    /** A {@link JobOperation} number. */
    OPERATION("operation", true),
    /** In milliseconds. */
    TIME_ELAPSED("time_elapsed", false),
    /** In milliseconds. */
    TIME_ELAPSED_NET("time_elapsed_net", false),
    /** In milliseconds. */
    DOWNTIME("downtime", false),
    /** In milliseconds. */
    DOWNTIME_NET("downtime_net", false),
    /** In milliseconds. */
    SETUP_TIME("setup_time", false),
    /** In bytes. */
    DATA_TOTAL("data_total", false),
    /** In bytes. */
    DATA_PROCESSED("data_processed", false),
    /** In bytes. */
    DATA_REMAINING("data_remaining", false),
    /** In bytes. */
    MEMORY_TOTAL("memory_total", false),
    /** In bytes. */
    MEMORY_PROCESSED("memory_processed", false),
    /** In bytes. */
    MEMORY_REMAINING("memory_remaining", false),
    /** In bytes/s. */
    MEMORY_BPS("memory_bps", false),
    /** In pages. */
    MEMORY_CONSTANT("memory_constant", false),
    /** In pages. */
    MEMORY_NORMAL("memory_normal", false),
    /** In bytes. */
    MEMORY_NORMAL_BYTES("memory_normal_bytes", false),
    /** In pages/s. */
    MEMORY_DIRTY_RATE("memory_dirty_rate", false),
    /** In passes. */
    MEMORY_ITERATION("memory_iteration", false),
    /** In pages. */
    MEMORY_POSTCOPY_REQUESTS("memory_postcopy_requests", false),
    /** In bytes. */
    MEMORY_PAGE_SIZE("memory_page_size", false),
    /** In bytes. */
    DISK_TOTAL("disk_total", false),
    /** In bytes. */
    DISK_PROCESSED("disk_processed", false),
    /** In bytes. */
    DISK_REMAINING("disk_remaining", false),
    /** In bytes/s. */
    DISK_BPS("disk_bps", false),
    /** In bytes. */
    COMPRESSION_CACHE("compression_cache", false),
    /** In bytes. */
    COMPRESSION_BYTES("compression_bytes", false),
    /** In pages. */
    COMPRESSION_PAGES("compression_pages", false),
    /** In pages. */
    COMPRESSION_CACHE_MISSES("compression_cache_misses", false),
    /** In pages. */
    COMPRESSION_OVERFLOW("compression_overflow", false),
    /** In percent. */
    AUTO_CONVERGE_THROTTLE("auto_converge_throttle", true),
    /** In bytes. */
    VFIO_DATA_TRANSFERRED("vfio_data_transferred", false);

    private final String wireName;
    private final boolean isInt;

    JobField(String wireName, boolean isInt) {
        this.wireName = wireName;
        this.isInt = isInt;
    }

    /** The name on the wire. */
    public String wireName() {
        return wireName;
    }

    /** Whether it travels as a signed 32-bit int; all others are unsigned 64-bit. */
    public boolean isInt() {
        return isInt;
    }

    /**
     * The field with a name.
     *
     * @param name as received from a peer
     * @return empty for a name this release does not know
     */
    public static Optional<JobField> named(String name) {
        for (JobField field : values()) {
            if (field.wireName.equals(name)) {
                return Optional.of(field);
            }
        }
        return Optional.empty();
    }
}
