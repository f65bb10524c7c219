package dev.godwit.driver.qemu.qmp;

/** The states of a migration, as {@code query-migrate} and the event {@code MIGRATION} name them. */
public enum MigrationStatus {
    /** There has been none. */
    NONE("none"),
    /** It is being set up; at the destination also: it listens. */
    SETUP("setup"),
    /** It is being cancelled. */
    CANCELLING("cancelling"),
    /** It was cancelled; the guest can go on at the source. */
    CANCELLED("cancelled"),
    /** Memory is being copied. */
    ACTIVE("active"),
    /** The guest runs at the destination and fetches its memory. */
    POSTCOPY_ACTIVE("postcopy-active"),
    /** Post-copy lost its connection. */
    POSTCOPY_PAUSED("postcopy-paused"),
    /** Post-copy prepares to go on (QEMU 9.1 and later). */
    POSTCOPY_RECOVER_SETUP("postcopy-recover-setup"),
    /** Post-copy goes on. */
    POSTCOPY_RECOVER("postcopy-recover"),
    /** All has been sent, or received. */
    COMPLETED("completed"),
    /** It failed; {@code error-desc} says why. */
    FAILED("failed"),
    /** Both hosts run the guest in lockstep. */
    COLO("colo"),
    /** The guest is stopped, and QEMU waits for {@code migrate-continue}. */
    PRE_SWITCHOVER("pre-switchover"),
    /** The guest is stopped, and the state of its devices is being sent. */
    DEVICE("device"),
    /** It waits for the guest to let go of a device. */
    WAIT_UNPLUG("wait-unplug"),
    /** A state this release does not know. */
    UNKNOWN("");

    private final String qemuName;

    MigrationStatus(String qemuName) {
        this.qemuName = qemuName;
    }

    /**
     * QEMU's word.
     *
     * @return for example {@code pre-switchover}; empty for {@link #UNKNOWN}
     */
    public String qemuName() {
        return qemuName;
    }

    /**
     * The state for QEMU's word.
     *
     * @param qemuName for example {@code pre-switchover}
     * @return the state, {@link #UNKNOWN} for a word that is not known here
     */
    public static MigrationStatus of(String qemuName) {
        for (MigrationStatus status : values()) {
            if (status.qemuName.equals(qemuName)) {
                return status;
            }
        }
        return UNKNOWN;
    }

    /**
     * Whether nothing more will happen.
     *
     * @return true for {@link #COMPLETED}, {@link #FAILED} and {@link #CANCELLED}
     */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
}
