package dev.godwit.client;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.JobType;
import dev.godwit.domain.Lifecycle;
import dev.godwit.wire.remote.DomainEvents;
import dev.godwit.wire.remote.Event;
import java.util.Optional;
import java.util.function.Function;

/**
 * A kind of event a client can ask for. The names are those of {@code virsh event}; kinds that no host of
 * ours sends are left out.
 */
public enum EventKind {
    /** Defined, started, suspended, stopped, … */
    LIFECYCLE("lifecycle", new Wire<>(DomainEvents.LIFECYCLE, m -> Lifecycle.of(m.event(), m.detail())
            .map(change -> new DomainEvent.LifecycleChange(WireNames.ref(m.dom()), change)))),
    /** Rebooted. */
    REBOOT("reboot", new Wire<>(DomainEvents.REBOOT, m -> some(new DomainEvent.Reboot(guest(m))))),
    /** Clock set. */
    RTC_CHANGE("rtc-change", new Wire<>(DomainEvents.RTC_CHANGE,
            m -> some(new DomainEvent.RtcChange(guest(m), m.offset())))),
    /** Watchdog fired. */
    WATCHDOG("watchdog", new Wire<>(DomainEvents.WATCHDOG,
            m -> some(new DomainEvent.Watchdog(guest(m), m.action())))),
    /** A disk failed. */
    IO_ERROR("io-error", new Wire<>(DomainEvents.IO_ERROR, m -> some(
            new DomainEvent.IoError(guest(m), m.srcPath(), m.devAlias(), m.action(), "")))),
    /** A disk failed, and why. */
    IO_ERROR_REASON("io-error-reason", new Wire<>(DomainEvents.IO_ERROR_REASON, m -> some(
            new DomainEvent.IoError(guest(m), m.srcPath(), m.devAlias(), m.action(), m.reason())))),
    /** The host lost its way to the guest's monitor. */
    CONTROL_ERROR("control-error", new Wire<>(DomainEvents.CONTROL_ERROR,
            m -> some(new DomainEvent.ControlError(guest(m))))),
    /** A tray was opened or closed. */
    TRAY_CHANGE("tray-change", new Wire<>(DomainEvents.TRAY_CHANGE,
            m -> some(new DomainEvent.TrayChange(guest(m), m.devAlias(), m.reason())))),
    /** The balloon moved. */
    BALLOON_CHANGE("balloon-change", new Wire<>(DomainEvents.BALLOON_CHANGE,
            m -> some(new DomainEvent.BalloonChange(guest(m), m.actual())))),
    /** The guest's agent came or went. */
    AGENT_LIFECYCLE("agent-lifecycle", new Wire<>(DomainEvents.AGENT_LIFECYCLE,
            m -> some(new DomainEvent.AgentLifecycle(guest(m), m.state(), m.reason())))),
    /** An outgoing migration began another pass. */
    MIGRATION_ITERATION("migration-iteration", new Wire<>(DomainEvents.MIGRATION_ITERATION,
            m -> some(new DomainEvent.MigrationIteration(guest(m), m.iteration())))),
    /** A job ended. */
    JOB_COMPLETED("job-completed", new Wire<>(DomainEvents.JOB_COMPLETED, m -> some(
            new DomainEvent.JobCompleted(guest(m), DomainJobs.stats(JobType.COMPLETED.ordinal(), m.params()))))),
    /** Metadata changed. */
    METADATA_CHANGE("metadata-change", new Wire<>(DomainEvents.METADATA_CHANGE,
            m -> some(new DomainEvent.MetadataChange(guest(m), m.type(), m.nsuri()))));

    private final String word;
    private final Wire<?> wire;

    EventKind(String word, Wire<?> wire) {
        this.word = word;
        this.wire = wire;
    }

    /** Its name in {@code event}. */
    public String word() {
        return word;
    }

    /** The number to register for it with (procedure 316). */
    public int id() {
        return wire.event.eventId().orElseThrow();
    }

    Wire<?> wire() {
        return wire;
    }

    /**
     * The kind with a name.
     *
     * @param word as in {@code event}
     * @return empty where there is none
     */
    public static Optional<EventKind> named(String word) {
        for (EventKind kind : values()) {
            if (kind.word.equals(word)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private static DomainRef guest(dev.godwit.wire.remote.DomainEvent message) {
        return WireNames.ref(message.dom());
    }

    private static Optional<DomainEvent> some(DomainEvent event) {
        return Optional.of(event);
    }

    /** How a kind crosses the wire, and what it then means. */
    record Wire<M extends dev.godwit.wire.remote.DomainEvent>(
            Event<M> event, Function<M, Optional<? extends DomainEvent>> meaning) {}
}
