package dev.godwit.driver;

/** Which guests to list; flags of one group are alternatives, groups narrow (libvirt's {@code virConnectListAllDomainsFlags}). */
public enum ListFlag implements WireFlag {
    /** Running or paused. */
    ACTIVE(1),
    /** Shut off. */
    INACTIVE(2),
    /** With a configuration. */
    PERSISTENT(4),
    /** Without one. */
    TRANSIENT(8),
    /** In state running. */
    RUNNING(16),
    /** In state paused. */
    PAUSED(32),
    /** In state shut off. */
    SHUTOFF(64),
    /** In any other state. */
    OTHER(128),
    /** With a managed save image. */
    MANAGEDSAVE(256),
    /** Without one. */
    NO_MANAGEDSAVE(512),
    /** Started with the host. */
    AUTOSTART(1024),
    /** Not started with it. */
    NO_AUTOSTART(2048),
    /** With snapshots. */
    HAS_SNAPSHOT(4096),
    /** Without. */
    NO_SNAPSHOT(8192),
    /** With checkpoints. */
    HAS_CHECKPOINT(16384),
    /** Without. */
    NO_CHECKPOINT(32768);

    private final int bit;

    ListFlag(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}
