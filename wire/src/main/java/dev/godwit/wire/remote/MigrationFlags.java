package dev.godwit.wire.remote;

/** The bits of every migration call. */
public final class MigrationFlags {

    /** The guest runs while it is sent. */
    public static final int LIVE = 1;
    /** The source daemon drives the migration. */
    public static final int PEER2PEER = 1 << 1;
    /** Memory travels through the daemons' own connection. */
    public static final int TUNNELLED = 1 << 2;
    /** Make the guest persistent at the destination. */
    public static final int PERSIST_DEST = 1 << 3;
    /** Forget the guest at the source. */
    public static final int UNDEFINE_SOURCE = 1 << 4;
    /** Leave the guest paused at the destination. */
    public static final int PAUSED = 1 << 5;
    /** Copy the disks, too. */
    public static final int NON_SHARED_DISK = 1 << 6;
    /** Copy the top images of the disks, too. */
    public static final int NON_SHARED_INC = 1 << 7;
    /** Let nobody change the guest's shape between Begin and Confirm. The client library adds this itself. */
    public static final int CHANGE_PROTECTION = 1 << 8;
    /** Migrate although it may not be safe. */
    public static final int UNSAFE = 1 << 9;
    /** Move the configuration of a guest that does not run. */
    public static final int OFFLINE = 1 << 10;
    /** Compress memory. */
    public static final int COMPRESSED = 1 << 11;
    /** Give up when a disk fails on the way. */
    public static final int ABORT_ON_ERROR = 1 << 12;
    /** Slow the guest down until its memory can be sent. */
    public static final int AUTO_CONVERGE = 1 << 13;
    /** Pin all memory for RDMA. */
    public static final int RDMA_PIN_ALL = 1 << 14;
    /** Allow switching to post-copy. */
    public static final int POSTCOPY = 1 << 15;
    /** Encrypt memory on its way. */
    public static final int TLS = 1 << 16;
    /** Send memory over several connections. */
    public static final int PARALLEL = 1 << 17;
    /** Mirror disk writes to both sides before they complete. */
    public static final int NON_SHARED_SYNCHRONOUS_WRITES = 1 << 18;
    /** Resume a post-copy that broke. */
    public static final int POSTCOPY_RESUME = 1 << 19;
    /** Send memory without copying it first. */
    public static final int ZEROCOPY = 1 << 20;

    /** Every bit that libvirt 9.0 to 12.8 knows. */
    public static final int ALL = (1 << 21) - 1;

    private MigrationFlags() {}
}
