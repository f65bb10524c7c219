package dev.godwit.driver.qemu.qmp;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.time.Duration;
import java.util.Optional;

/**
 * A command that did not end well. What kind of ending it was decides what may be assumed of QEMU:
 * only {@link Refused} means that the command had no effect.
 */
public abstract sealed class QmpException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String command;

    private QmpException(String message, String command, Throwable cause) {
        super(message, cause);
        this.command = command;
    }

    /**
     * The command that was asked for.
     *
     * @return its name; empty while the connection is opened, when none has been asked for
     */
    public Optional<String> command() {
        return command.isEmpty() ? Optional.empty() : Optional.of(command);
    }

    /**
     * This ending as an error that a client of libvirt knows, with this one as its cause.
     *
     * @return 1/10 for what QEMU refused, did not say properly, or could not say because it ended; 68/10 when
     *         the time was over; 78/10 when the thread was interrupted
     */
    public VirtException toVirtException() {
        ErrorCode code = switch (this) {
            case Refused _, Disconnected _, Garbled _ -> ErrorCode.INTERNAL_ERROR;
            case TimedOut _ -> ErrorCode.OPERATION_TIMEOUT;
            case Interrupted _ -> ErrorCode.OPERATION_ABORTED;
        };
        return new VirtException(code, ErrorDomain.QEMU, getMessage(), this);
    }

    /** QEMU answered with an error. The command had no effect. */
    public static final class Refused extends QmpException {

        private static final long serialVersionUID = 1L;

        /** The class of every error that has no class of its own. */
        public static final String GENERIC_ERROR = "GenericError";

        /** The class of the error for a command this QEMU has not. */
        public static final String COMMAND_NOT_FOUND = "CommandNotFound";

        /** The class of the error for a device that does not exist. */
        public static final String DEVICE_NOT_FOUND = "DeviceNotFound";

        /** The class of the error for a device that the guest has not started to use, such as its balloon. */
        public static final String DEVICE_NOT_ACTIVE = "DeviceNotActive";

        /** The class of the error for KVM that lacks something, such as the balloon's. */
        public static final String KVM_MISSING_CAP = "KVMMissingCap";

        private final String errorClass;
        private final String description;

        Refused(String command, String errorClass, String description) {
            super("unable to execute QEMU command '" + command + "': " + description, command, null);
            this.errorClass = errorClass;
            this.description = description;
        }

        /**
         * QEMU's class of error: one of the constants here, or a new one.
         *
         * @return for example {@code GenericError}
         */
        public String errorClass() {
            return errorClass;
        }

        /**
         * QEMU's sentence.
         *
         * @return the text of {@code desc}
         */
        public String description() {
            return description;
        }
    }

    /**
     * The monitor is gone: QEMU ended, closed it, or the connection was closed here. Whether the
     * command had an effect is not known, unless it was {@link #untold}.
     */
    public static final class Disconnected extends QmpException {

        private static final long serialVersionUID = 1L;

        private final boolean closedHere;
        private final boolean untold;

        Disconnected(String message, String command, boolean closedHere, boolean untold, Throwable cause) {
            super(message, command, cause);
            this.closedHere = closedHere;
            this.untold = untold;
        }

        /**
         * Whether QEMU had closed the monitor before the command was given, or before any byte of it could be written, so that it
         * never heard it.
         *
         * @return false where it may have
         */
        public boolean untold() {
            return untold;
        }

        /**
         * Who ended it.
         *
         * @return true if {@link QmpConnection#close} was called, false if QEMU ended or closed it
         */
        public boolean closedHere() {
            return closedHere;
        }
    }

    /** QEMU did not answer in time. It may still carry the command out; its answer will be dropped. */
    public static final class TimedOut extends QmpException {

        private static final long serialVersionUID = 1L;

        TimedOut(String command, Duration timeout) {
            super("QEMU did not answer '" + command + "' within " + timeout.toMillis() + " ms.", command, null);
        }
    }

    /**
     * The thread that waited was interrupted, and still has its interrupt flag set. QEMU may carry the
     * command out; its answer will be dropped.
     */
    public static final class Interrupted extends QmpException {

        private static final long serialVersionUID = 1L;

        Interrupted(String command) {
            super("Waiting for the answer to '" + command + "' was interrupted.", command, null);
        }
    }

    /** QEMU answered something that is not QMP, or not the reply this command has. */
    public static final class Garbled extends QmpException {

        private static final long serialVersionUID = 1L;

        Garbled(String message, String command, Throwable cause) {
            super(message, command, cause);
        }
    }
}
