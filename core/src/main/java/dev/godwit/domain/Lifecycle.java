package dev.godwit.domain;

import java.util.Optional;

/**
 * A change in a guest's life and its detail (libvirt's {@code virDomainEventType} and the detail
 * enumerations that belong to each type).
 */
public enum Lifecycle {
    DEFINED_ADDED(0, 0),
    DEFINED_UPDATED(0, 1),
    DEFINED_RENAMED(0, 2),
    DEFINED_FROM_SNAPSHOT(0, 3),
    UNDEFINED_REMOVED(1, 0),
    UNDEFINED_RENAMED(1, 1),
    STARTED_BOOTED(2, 0),
    STARTED_MIGRATED(2, 1),
    STARTED_RESTORED(2, 2),
    STARTED_FROM_SNAPSHOT(2, 3),
    STARTED_WAKEUP(2, 4),
    SUSPENDED_PAUSED(3, 0),
    SUSPENDED_MIGRATED(3, 1),
    SUSPENDED_IOERROR(3, 2),
    SUSPENDED_WATCHDOG(3, 3),
    SUSPENDED_RESTORED(3, 4),
    SUSPENDED_FROM_SNAPSHOT(3, 5),
    SUSPENDED_API_ERROR(3, 6),
    SUSPENDED_POSTCOPY(3, 7),
    SUSPENDED_POSTCOPY_FAILED(3, 8),
    RESUMED_UNPAUSED(4, 0),
    RESUMED_MIGRATED(4, 1),
    RESUMED_FROM_SNAPSHOT(4, 2),
    RESUMED_POSTCOPY(4, 3),
    RESUMED_POSTCOPY_FAILED(4, 4),
    STOPPED_SHUTDOWN(5, 0),
    STOPPED_DESTROYED(5, 1),
    STOPPED_CRASHED(5, 2),
    STOPPED_MIGRATED(5, 3),
    STOPPED_SAVED(5, 4),
    STOPPED_FAILED(5, 5),
    STOPPED_FROM_SNAPSHOT(5, 6),
    SHUTDOWN_FINISHED(6, 0),
    SHUTDOWN_GUEST(6, 1),
    SHUTDOWN_HOST(6, 2),
    PMSUSPENDED_MEMORY(7, 0),
    PMSUSPENDED_DISK(7, 1),
    CRASHED_PANICKED(8, 0),
    CRASHED_CRASHLOADED(8, 1);

    private final int event;
    private final int detail;

    Lifecycle(int event, int detail) {
        this.event = event;
        this.detail = detail;
    }

    /** The event's number on the wire. */
    public int event() {
        return event;
    }

    /** The detail's number on the wire, meaningful only together with the event. */
    public int detail() {
        return detail;
    }

    /**
     * The change with these numbers.
     *
     * @param event  the event as received from a peer
     * @param detail its detail
     * @return empty where this release knows no such change
     */
    public static Optional<Lifecycle> of(int event, int detail) {
        for (Lifecycle change : values()) {
            if (change.event == event && change.detail == detail) {
                return Optional.of(change);
            }
        }
        return Optional.empty();
    }
}
