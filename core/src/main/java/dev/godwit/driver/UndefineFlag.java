package dev.godwit.driver;

/** What goes with a configuration (libvirt's {@code virDomainUndefineFlagsValues}). */
public enum UndefineFlag implements WireFlag {
    /** A managed save image. */
    MANAGED_SAVE(1),
    /** The metadata of snapshots. */
    SNAPSHOTS_METADATA(2),
    /** The firmware's variables. */
    NVRAM(4),
    /** The firmware's variables are kept. */
    KEEP_NVRAM(8),
    /** The metadata of checkpoints. */
    CHECKPOINTS_METADATA(16),
    /** The TPM's state. */
    TPM(32),
    /** The TPM's state is kept. */
    KEEP_TPM(64);

    private final int bit;

    UndefineFlag(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}
