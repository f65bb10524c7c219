package dev.godwit.wire.remote;

/**
 * The bits of {@link ConnectProcedures#LIST_ALL_DOMAINS}. They come in groups: within a group a guest needs one
 * of the named properties, and it needs that in every group that is named at all.
 */
public final class DomainListFlags {

    /** It runs. */
    public static final int ACTIVE = 1;
    /** It does not run. */
    public static final int INACTIVE = 1 << 1;
    /** It has a configuration that outlives it. */
    public static final int PERSISTENT = 1 << 2;
    /** It has none. */
    public static final int TRANSIENT = 1 << 3;
    /** Its state is running. */
    public static final int RUNNING = 1 << 4;
    /** Its state is paused. */
    public static final int PAUSED = 1 << 5;
    /** Its state is shut off. */
    public static final int SHUTOFF = 1 << 6;
    /** Its state is any other. */
    public static final int OTHER = 1 << 7;
    /** It has a saved memory image. */
    public static final int MANAGEDSAVE = 1 << 8;
    /** It has none. */
    public static final int NO_MANAGEDSAVE = 1 << 9;
    /** It starts with the host. */
    public static final int AUTOSTART = 1 << 10;
    /** It does not. */
    public static final int NO_AUTOSTART = 1 << 11;
    /** It has a snapshot. */
    public static final int HAS_SNAPSHOT = 1 << 12;
    /** It has none. */
    public static final int NO_SNAPSHOT = 1 << 13;
    /** It has a checkpoint. */
    public static final int HAS_CHECKPOINT = 1 << 14;
    /** It has none. */
    public static final int NO_CHECKPOINT = 1 << 15;

    private DomainListFlags() {}
}
