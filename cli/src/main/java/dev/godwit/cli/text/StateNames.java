package dev.godwit.cli.text;

import dev.godwit.domain.DomainState;
import dev.godwit.domain.StateReason;

/** States and reasons in the words that virsh has for them, which scripts look for. */
public final class StateNames {

    private StateNames() {}

    /** A state. */
    public static String of(DomainState state) {
        return switch (state) {
            case NOSTATE -> "no state";
            case RUNNING -> "running";
            case BLOCKED -> "idle";
            case PAUSED -> "paused";
            case SHUTDOWN -> "in shutdown";
            case SHUTOFF -> "shut off";
            case CRASHED -> "crashed";
            case PMSUSPENDED -> "pmsuspended";
        };
    }

    /** Why a guest is in its state. */
    public static String reason(StateReason reason) {
        return switch (reason) {
            case RUNNING_BOOTED -> "booted";
            case RUNNING_MIGRATED, SHUTOFF_MIGRATED -> "migrated";
            case RUNNING_RESTORED -> "restored";
            case RUNNING_FROM_SNAPSHOT, PAUSED_FROM_SNAPSHOT, SHUTOFF_FROM_SNAPSHOT -> "from snapshot";
            case RUNNING_UNPAUSED -> "unpaused";
            case RUNNING_MIGRATION_CANCELED -> "migration canceled";
            case RUNNING_SAVE_CANCELED -> "save canceled";
            case RUNNING_WAKEUP -> "event wakeup";
            case RUNNING_CRASHED, PAUSED_CRASHED, SHUTOFF_CRASHED -> "crashed";
            case RUNNING_POSTCOPY, PAUSED_POSTCOPY -> "post-copy";
            case RUNNING_POSTCOPY_FAILED, PAUSED_POSTCOPY_FAILED -> "post-copy failed";
            case PAUSED_USER, SHUTDOWN_USER -> "user";
            case PAUSED_MIGRATION -> "migrating";
            case PAUSED_SAVE -> "saving";
            case PAUSED_DUMP -> "dumping";
            case PAUSED_IOERROR -> "I/O error";
            case PAUSED_WATCHDOG -> "watchdog";
            case PAUSED_SHUTTING_DOWN -> "shutting down";
            case PAUSED_SNAPSHOT -> "creating snapshot";
            case PAUSED_STARTING_UP -> "starting up";
            case PAUSED_API_ERROR -> "api error";
            case SHUTOFF_SHUTDOWN -> "shutdown";
            case SHUTOFF_DESTROYED -> "destroyed";
            case SHUTOFF_SAVED -> "saved";
            case SHUTOFF_FAILED -> "failed";
            case SHUTOFF_DAEMON -> "daemon";
            case CRASHED_PANICKED -> "panicked";
            case NOSTATE_UNKNOWN, BLOCKED_UNKNOWN, RUNNING_UNKNOWN, PAUSED_UNKNOWN, SHUTDOWN_UNKNOWN,
                    SHUTOFF_UNKNOWN, CRASHED_UNKNOWN, PMSUSPENDED_UNKNOWN -> "unknown";
        };
    }
}
