package dev.godwit.wire.remote;

/** The bounds of the remote protocol that more than one message shares. */
public final class Limits {

    /** Parameters of a migration or a job. */
    public static final int PARAMS = 64;
    /** A migration cookie, in bytes. */
    public static final int COOKIE = 4_194_304;
    /** Guests, snapshots, networks, ids, names, … in one list. */
    public static final int LIST = 16_384;
    /** The maps that say which virtual CPU may run where, in bytes. */
    public static final int CPU_MAPS = 8_388_608;
    /** Statistics of one guest. */
    public static final int STATS_PARAMS = 262_144;
    /** SASL data, in bytes. */
    public static final int SASL_DATA = 65_536;
    /** Addresses of one network interface. */
    public static final int ADDRESSES = 2_048;
    /** The name of a {@link TypedParam}, in bytes, without the NUL that C puts behind it. */
    public static final int PARAM_NAME = 79;

    private Limits() {}
}
