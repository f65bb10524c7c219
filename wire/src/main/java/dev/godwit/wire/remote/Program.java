package dev.godwit.wire.remote;

/** The protocols that share a connection. Serials are counted across all of them. */
public enum Program {
    /** Guests, hosts, migration: libvirt's remote protocol. */
    REMOTE(0x20008086),
    /** What only QEMU has. */
    QEMU(0x20008087),
    /** What only LXC has. */
    LXC(0x20008088),
    /** {@link KeepAliveProcedures}. */
    KEEPALIVE(0x6b656570),
    /** The daemon itself; on a socket of its own. */
    ADMIN(0x06900690),
    /** {@link ResolutionProcedures}: what only our daemons have. A stock daemon says that it cannot find the program. */
    GODWIT(0x476f6477);

    /** The version of every program. */
    public static final int VERSION = 1;

    private final int number;

    Program(int number) {
        this.number = number;
    }

    /**
     * The number in a message's header.
     *
     * @return the program's number
     */
    public int number() {
        return number;
    }
}
