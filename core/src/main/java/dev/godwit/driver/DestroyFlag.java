package dev.godwit.driver;

/** How a guest is ended by force (libvirt's {@code virDomainDestroyFlagsValues}). */
public enum DestroyFlag implements WireFlag {
    /** Only as far as SIGTERM goes, never SIGKILL. */
    GRACEFUL(1),
    /** The guest's log is removed, too. */
    REMOVE_LOGS(2);

    private final int bit;

    DestroyFlag(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}
