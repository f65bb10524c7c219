package dev.godwit.domain;

import java.util.Optional;

/** Something that happened to a guest, as a host tells those who asked for it. */
public sealed interface DomainEvent {

    /** The guest, with the id it had when it happened. */
    DomainRef guest();

    /** It was defined, started, suspended, … (remote event 0). */
    record LifecycleChange(DomainRef guest, Lifecycle change) implements DomainEvent {}

    /** It rebooted (remote event 1). */
    record Reboot(DomainRef guest) implements DomainEvent {}

    /** Its clock was set; the offset from UTC in seconds (remote event 2). */
    record RtcChange(DomainRef guest, long offsetSeconds) implements DomainEvent {}

    /** Its watchdog fired; the action by libvirt's number (remote event 3). */
    record Watchdog(DomainRef guest, int action) implements DomainEvent {}

    /** A disk failed; the action by libvirt's number (remote events 4 and 6). */
    record IoError(DomainRef guest, String path, String alias, int action, String reason) implements DomainEvent {}

    /** Its monitor can no longer be trusted (remote event 7). */
    record ControlError(DomainRef guest) implements DomainEvent {}

    /** A tray was opened (0) or closed (1) (remote event 10). */
    record TrayChange(DomainRef guest, String alias, int reason) implements DomainEvent {}

    /** Its balloon has a new size, in KiB (remote event 13). */
    record BalloonChange(DomainRef guest, long actualKiB) implements DomainEvent {}

    /** Its guest agent came (state 1) or went (state 2) (remote event 18). */
    record AgentLifecycle(DomainRef guest, int state, int reason) implements DomainEvent {}

    /** An outgoing migration began another pass over memory (remote event 20). */
    record MigrationIteration(DomainRef guest, int iteration) implements DomainEvent {}

    /** A job ended (remote event 21). */
    record JobCompleted(DomainRef guest, JobStats stats) implements DomainEvent {}

    /** Its metadata changed; type by libvirt's number (remote event 23). */
    record MetadataChange(DomainRef guest, int type, Optional<String> namespace) implements DomainEvent {}
}
