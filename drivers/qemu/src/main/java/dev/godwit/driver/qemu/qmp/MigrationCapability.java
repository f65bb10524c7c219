package dev.godwit.driver.qemu.qmp;

import java.util.Arrays;
import java.util.Optional;

/**
 * The migration capabilities of QEMU that libvirt knows, in libvirt's order, which is also the order
 * in its cookies.
 */
public enum MigrationCapability {
    /** Send the changes of a page instead of the page. */
    XBZRLE("xbzrle"),
    /** Slow the guest down when it writes faster than can be sent. */
    AUTO_CONVERGE("auto-converge"),
    /** Pin all memory for RDMA. */
    RDMA_PIN_ALL("rdma-pin-all"),
    /** Send the events {@code MIGRATION} and {@code MIGRATION_PASS}. Never named in a cookie. */
    EVENTS("events"),
    /** Allow to switch to post-copy. */
    POSTCOPY_RAM("postcopy-ram"),
    /** Compress pages with threads (until QEMU 9.0). */
    COMPRESS("compress"),
    /** Stop at {@code pre-switchover} and wait for {@code migrate-continue}. */
    PAUSE_BEFORE_SWITCHOVER("pause-before-switchover"),
    /** Take the locks of the disks only when the guest starts. */
    LATE_BLOCK_ACTIVATE("late-block-activate"),
    /** Send over several connections. */
    MULTIFD("multifd"),
    /** Take dirty bitmaps along. */
    DIRTY_BITMAPS("dirty-bitmaps"),
    /** Let the destination answer the source. */
    RETURN_PATH("return-path"),
    /** Send without copying. */
    ZERO_COPY_SEND("zero-copy-send"),
    /** Let pages that are asked for overtake others, on a connection of their own. */
    POSTCOPY_PREEMPT("postcopy-preempt"),
    /** Switch over only when the destination says that it is ready. */
    SWITCHOVER_ACK("switchover-ack"),
    /** Write pages to fixed places of a file. */
    MAPPED_RAM("mapped-ram");

    private final String qemuName;

    MigrationCapability(String qemuName) {
        this.qemuName = qemuName;
    }

    /**
     * QEMU's word.
     *
     * @return for example {@code pause-before-switchover}
     */
    public String qemuName() {
        return qemuName;
    }

    /**
     * The capability for QEMU's word.
     *
     * @param qemuName for example {@code pause-before-switchover}
     * @return the capability; empty for one that libvirt does not know
     */
    public static Optional<MigrationCapability> of(String qemuName) {
        return Arrays.stream(values()).filter(one -> one.qemuName.equals(qemuName)).findFirst();
    }
}
