package dev.godwit.driver;

/** How a guest is moved (libvirt's {@code virDomainMigrateFlags}, remote protocol, flags of procedures 302 to 307). */
public enum MigrationFlag implements WireFlag {
    /** It runs while its memory is copied. */
    LIVE(0x1),
    /** The source host drives. */
    PEER2PEER(0x2),
    /** Its memory goes through the daemons' connection. */
    TUNNELLED(0x4),
    /** It gets a configuration at the destination. */
    PERSIST_DEST(0x8),
    /** Its configuration at the source is removed. */
    UNDEFINE_SOURCE(0x10),
    /** It stays paused at the destination. */
    PAUSED(0x20),
    /** Its disks are copied whole. */
    NON_SHARED_DISK(0x40),
    /** Its disks' top images are copied. */
    NON_SHARED_INC(0x80),
    /** Its shape must not change while it moves. */
    CHANGE_PROTECTION(0x100),
    /** Even where that may corrupt its disks. */
    UNSAFE(0x200),
    /** Only its configuration moves. */
    OFFLINE(0x400),
    /** Its memory is compressed. */
    COMPRESSED(0x800),
    /** A disk error at the source ends the migration. */
    ABORT_ON_ERROR(0x1000),
    /** It is slowed down when it dirties memory too fast. */
    AUTO_CONVERGE(0x2000),
    /** All its memory is pinned for RDMA. */
    RDMA_PIN_ALL(0x4000),
    /** It may be switched to post-copy. */
    POSTCOPY(0x8000),
    /** Its memory is encrypted by the hypervisor. */
    TLS(0x10000),
    /** Over several connections. */
    PARALLEL(0x20000),
    /** Writes wait for the copied disk. */
    NON_SHARED_SYNCHRONOUS_WRITES(0x40000),
    /** A broken post-copy goes on. */
    POSTCOPY_RESUME(0x80000),
    /** Without copying memory in the kernel. */
    ZEROCOPY(0x100000);

    private final int bit;

    MigrationFlag(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}
