package dev.godwit.wire.remote;

/**
 * The names of migration parameters. Do not invent others: a stock daemon refuses a name that it does not know.
 */
public final class MigrationParams {

    /** Text: where the memory goes; replaced by what Prepare answers. */
    public static final String URI = "migrate_uri";
    /** Text: the guest's name at the destination. */
    public static final String DEST_NAME = "destination_name";
    /** Text: the guest's definition at the destination; from Prepare on, what Begin answered. */
    public static final String DEST_XML = "destination_xml";
    /** Text: the guest's configuration at the destination. */
    public static final String PERSIST_XML = "persistent_xml";
    /** Unsigned long: MiB/s. */
    public static final String BANDWIDTH = "bandwidth";
    /** Unsigned long: MiB/s in post-copy. */
    public static final String BANDWIDTH_POSTCOPY = "bandwidth.postcopy";
    /** Unsigned long: MiB/s to reckon with for the switchover. Since libvirt 11.1. */
    public static final String BANDWIDTH_AVAIL_SWITCHOVER = "bandwidth.avail.switchover";
    /** Text: where viewers find the guest afterwards. */
    public static final String GRAPHICS_URI = "graphics_uri";
    /** Text: the address that the destination listens on. */
    public static final String LISTEN_ADDRESS = "listen_address";
    /** Text, repeatable: the disks to copy. */
    public static final String MIGRATE_DISKS = "migrate_disks";
    /** Text, repeatable: the disks whose zeroes are to be found. Since libvirt 10.9. */
    public static final String MIGRATE_DISKS_DETECT_ZEROES = "migrate_disks_detect_zeroes";
    /** Int: the destination's port for disks. */
    public static final String DISKS_PORT = "disks_port";
    /** Text: where the disks go. */
    public static final String DISKS_URI = "disks_uri";
    /** Text, repeatable: "xbzrle", "mt", "zlib", "zstd". */
    public static final String COMPRESSION = "compression";
    /** Int: the level of "mt". */
    public static final String COMPRESSION_MT_LEVEL = "compression.mt.level";
    /** Int: the threads that compress with "mt". */
    public static final String COMPRESSION_MT_THREADS = "compression.mt.threads";
    /** Int: the threads that decompress with "mt". */
    public static final String COMPRESSION_MT_DTHREADS = "compression.mt.dthreads";
    /** Unsigned long: the cache of "xbzrle", in bytes. */
    public static final String COMPRESSION_XBZRLE_CACHE = "compression.xbzrle.cache";
    /** Int: the level of "zlib". Since libvirt 9.4. */
    public static final String COMPRESSION_ZLIB_LEVEL = "compression.zlib.level";
    /** Int: the level of "zstd". Since libvirt 9.4. */
    public static final String COMPRESSION_ZSTD_LEVEL = "compression.zstd.level";
    /** Int: percent by which the guest is slowed down first. */
    public static final String AUTO_CONVERGE_INITIAL = "auto_converge.initial";
    /** Int: percent by which it is slowed down further. */
    public static final String AUTO_CONVERGE_INCREMENT = "auto_converge.increment";
    /** Int: the number of connections. */
    public static final String PARALLEL_CONNECTIONS = "parallel.connections";
    /** Text: the name to expect in the destination's certificate. */
    public static final String TLS_DESTINATION = "tls.destination";

    private MigrationParams() {}
}
