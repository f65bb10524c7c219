package dev.godwit.cli.domain;

import dev.godwit.client.EventSubscription.Delivery;
import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.Lifecycle;

/** Events in the words of {@code virsh event}. */
final class EventText {

    private EventText() {}

    /** One event, with its line ends. */
    static String of(Delivery delivery) {
        DomainEvent event = delivery.event();
        String head = "event '" + delivery.kind().word() + "' for domain '" + event.guest().name() + "'";
        return head + switch (event) {
            case DomainEvent.LifecycleChange e -> ": " + lifecycle(e.change());
            case DomainEvent.Reboot _, DomainEvent.ControlError _ -> "";
            case DomainEvent.RtcChange e -> ": " + e.offsetSeconds();
            case DomainEvent.Watchdog e -> ": " + switch (e.action()) {
                case 0 -> "none";
                case 1 -> "pause";
                case 2 -> "reset";
                case 3 -> "poweroff";
                case 4 -> "shutdown";
                case 5 -> "debug";
                case 6 -> "inject-nmi";
                default -> "unknown";
            };
            case DomainEvent.IoError e -> ": " + e.path() + " (" + e.alias() + ") " + switch (e.action()) {
                case 0 -> "none";
                case 1 -> "pause";
                case 2 -> "report";
                default -> "unknown";
            } + (e.reason().isEmpty() ? "" : " due to " + e.reason());
            case DomainEvent.TrayChange e -> " disk " + e.alias() + ": " + switch (e.reason()) {
                case 0 -> "opened";
                case 1 -> "closed";
                default -> "unknown";
            };
            case DomainEvent.BalloonChange e -> ": " + e.actualKiB() + "KiB";
            case DomainEvent.AgentLifecycle e -> ": state: '" + switch (e.state()) {
                case 1 -> "connected";
                case 2 -> "disconnected";
                default -> "unknown";
            } + "' reason: '" + switch (e.reason()) {
                case 1 -> "domain started";
                case 2 -> "channel event";
                default -> "unknown";
            } + "'";
            case DomainEvent.MigrationIteration e -> ": iteration: '" + e.iteration() + "'";
            case DomainEvent.JobCompleted e -> {
                StringBuilder lines = new StringBuilder(":");
                e.stats().values().forEach((field, value) -> lines.append("\n\t").append(field.wireName())
                        .append(": ").append(Long.toUnsignedString(value)));
                yield lines;
            }
            case DomainEvent.MetadataChange e -> ": type " + switch (e.type()) {
                case 0 -> "description";
                case 1 -> "title";
                case 2 -> "element";
                default -> "unsupported value";
            } + ", uri " + e.namespace().orElse("<null>");
        } + "\n";
    }

    private static String lifecycle(Lifecycle change) {
        return switch (change) {
            case DEFINED_ADDED -> "Defined Added";
            case DEFINED_UPDATED -> "Defined Updated";
            case DEFINED_RENAMED -> "Defined Renamed";
            case DEFINED_FROM_SNAPSHOT -> "Defined Snapshot";
            case UNDEFINED_REMOVED -> "Undefined Removed";
            case UNDEFINED_RENAMED -> "Undefined Renamed";
            case STARTED_BOOTED -> "Started Booted";
            case STARTED_MIGRATED -> "Started Migrated";
            case STARTED_RESTORED -> "Started Restored";
            case STARTED_FROM_SNAPSHOT -> "Started Snapshot";
            case STARTED_WAKEUP -> "Started Event wakeup";
            case SUSPENDED_PAUSED -> "Suspended Paused";
            case SUSPENDED_MIGRATED -> "Suspended Migrated";
            case SUSPENDED_IOERROR -> "Suspended I/O Error";
            case SUSPENDED_WATCHDOG -> "Suspended Watchdog";
            case SUSPENDED_RESTORED -> "Suspended Restored";
            case SUSPENDED_FROM_SNAPSHOT -> "Suspended Snapshot";
            case SUSPENDED_API_ERROR -> "Suspended API error";
            case SUSPENDED_POSTCOPY -> "Suspended Post-copy";
            case SUSPENDED_POSTCOPY_FAILED -> "Suspended Post-copy Error";
            case RESUMED_UNPAUSED -> "Resumed Unpaused";
            case RESUMED_MIGRATED -> "Resumed Migrated";
            case RESUMED_FROM_SNAPSHOT -> "Resumed Snapshot";
            case RESUMED_POSTCOPY -> "Resumed Post-copy";
            case RESUMED_POSTCOPY_FAILED -> "Resumed Post-copy Error";
            case STOPPED_SHUTDOWN -> "Stopped Shutdown";
            case STOPPED_DESTROYED -> "Stopped Destroyed";
            case STOPPED_CRASHED -> "Stopped Crashed";
            case STOPPED_MIGRATED -> "Stopped Migrated";
            case STOPPED_SAVED -> "Stopped Saved";
            case STOPPED_FAILED -> "Stopped Failed";
            case STOPPED_FROM_SNAPSHOT -> "Stopped Snapshot";
            case SHUTDOWN_FINISHED -> "Shutdown Finished";
            case SHUTDOWN_GUEST -> "Shutdown Finished after guest request";
            case SHUTDOWN_HOST -> "Shutdown Finished after host request";
            case PMSUSPENDED_MEMORY -> "PMSuspended Memory";
            case PMSUSPENDED_DISK -> "PMSuspended Disk";
            case CRASHED_PANICKED -> "Crashed Panicked";
            case CRASHED_CRASHLOADED -> "Crashed Crashloaded";
        };
    }
}
