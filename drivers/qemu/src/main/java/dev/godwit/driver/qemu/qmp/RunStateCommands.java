package dev.godwit.driver.qemu.qmp;

/** Commands that start and stop a guest, and the one that has to come before all others. */
public final class RunStateCommands {

    private RunStateCommands() {}

    /** Enters command mode. {@link QmpConnection#open} does it. */
    public record QmpCapabilities() implements QmpCommand.Order {
        @Override
        public String name() {
            return "qmp_capabilities";
        }
    }

    /** Asks whether the guest runs, and if not, why. */
    public record QueryStatus() implements QmpCommand<StatusInfo> {
        @Override
        public String name() {
            return "query-status";
        }

        @Override
        public StatusInfo reply(Json answer) {
            Json.Obj status = answer.asObject();
            return new StatusInfo(status.bool("running"), RunState.of(status.text("status")));
        }
    }

    /**
     * Whether the guest runs.
     *
     * @param running true if its vCPUs run
     * @param state   its state
     */
    public record StatusInfo(boolean running, RunState state) {}

    /** The states of a guest, QEMU's {@code RunState}. */
    public enum RunState {
        /** Stopped by a debugger. */
        DEBUG("debug"),
        /** Waits for an incoming migration, or receives it. */
        INMIGRATE("inmigrate"),
        /** Stopped by an error inside QEMU. */
        INTERNAL_ERROR("internal-error"),
        /** Stopped by an error of a disk. */
        IO_ERROR("io-error"),
        /** Stopped by {@code stop}. */
        PAUSED("paused"),
        /** Sent away by a migration. */
        POSTMIGRATE("postmigrate"),
        /** Not started yet: QEMU was started with {@code -S}. */
        PRELAUNCH("prelaunch"),
        /** Stopped for the end of a migration. */
        FINISH_MIGRATE("finish-migrate"),
        /** A snapshot is being loaded. */
        RESTORE_VM("restore-vm"),
        /** Runs. */
        RUNNING("running"),
        /** A snapshot is being made. */
        SAVE_VM("save-vm"),
        /** Powered down, and QEMU was started with {@code -no-shutdown}. */
        SHUTDOWN("shutdown"),
        /** Asleep (S3). */
        SUSPENDED("suspended"),
        /** Stopped by its watchdog. */
        WATCHDOG("watchdog"),
        /** Stopped, because its kernel crashed. */
        GUEST_PANICKED("guest-panicked"),
        /** Stopped for a checkpoint of a guest in lockstep. */
        COLO("colo"),
        /** A state this release does not know. */
        UNKNOWN("");

        private final String qemuName;

        RunState(String qemuName) {
            this.qemuName = qemuName;
        }

        /**
         * QEMU's word.
         *
         * @return for example {@code finish-migrate}; empty for {@link #UNKNOWN}
         */
        public String qemuName() {
            return qemuName;
        }

        /**
         * The state for QEMU's word.
         *
         * @param qemuName for example {@code finish-migrate}
         * @return the state, {@link #UNKNOWN} for a word that is not known here
         */
        public static RunState of(String qemuName) {
            for (RunState state : values()) {
                if (state.qemuName.equals(qemuName)) {
                    return state;
                }
            }
            return UNKNOWN;
        }
    }

    /** Stops the vCPUs. */
    public record Stop() implements QmpCommand.Order {
        @Override
        public String name() {
            return "stop";
        }
    }

    /** Starts the vCPUs. A QEMU that waits for a migration starts them when it has arrived. */
    public record Cont() implements QmpCommand.Order {
        @Override
        public String name() {
            return "cont";
        }
    }

    /** Asks the guest by ACPI to power down. */
    public record SystemPowerdown() implements QmpCommand.Order {
        @Override
        public String name() {
            return "system_powerdown";
        }
    }

    /** Resets the machine. */
    public record SystemReset() implements QmpCommand.Order {
        @Override
        public String name() {
            return "system_reset";
        }
    }

    /** Wakes a guest that is asleep (S3). */
    public record SystemWakeup() implements QmpCommand.Order {
        @Override
        public String name() {
            return "system_wakeup";
        }
    }

    /** Ends QEMU. The reply comes first; then it closes the monitor. */
    public record Quit() implements QmpCommand.Order {
        @Override
        public String name() {
            return "quit";
        }
    }
}
