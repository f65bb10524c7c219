package dev.godwit.wire.remote;

/**
 * The bits of {@link DomainProcedures#DESTROY_FLAGS} and of {@link DomainProcedures#SHUTDOWN_FLAGS} and
 * {@link DomainProcedures#REBOOT}.
 */
public final class DomainStopFlags {

    /** Destroy: do not fall back to SIGKILL. */
    public static final int DESTROY_GRACEFUL = 1;
    /** Destroy: remove the logs, too. */
    public static final int DESTROY_REMOVE_LOGS = 2;

    /** Shutdown, reboot: by the power button. */
    public static final int ACPI_POWER_BTN = 1;
    /** Shutdown, reboot: by the guest's agent. */
    public static final int GUEST_AGENT = 2;
    /** Shutdown, reboot: by init's control socket. */
    public static final int INITCTL = 4;
    /** Shutdown, reboot: by a signal. */
    public static final int SIGNAL = 8;
    /** Shutdown, reboot: by the hypervisor's own way. */
    public static final int PARAVIRT = 16;

    private DomainStopFlags() {}
}
