package dev.godwit.driver;

/** How a guest is asked to shut down or reboot (libvirt's {@code virDomainShutdownFlagValues}). */
public enum ShutdownFlag implements WireFlag {
    /** By the power button. */
    ACPI_POWER_BTN(1),
    /** By its agent. */
    GUEST_AGENT(2),
    /** By its init (containers). */
    INITCTL(4),
    /** By a signal to its init (containers). */
    SIGNAL(8),
    /** By the hypervisor's own channel. */
    PARAVIRT(16);

    private final int bit;

    ShutdownFlag(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}
