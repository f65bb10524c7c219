package dev.godwit.wire.remote;

/** What a change or a question is about: the running guest, its configuration, or both. */
public final class AffectFlags {

    /** Whichever is there: the running guest, otherwise the configuration. */
    public static final int CURRENT = 0;
    /** The running guest. */
    public static final int LIVE = 1;
    /** The configuration of the next start. */
    public static final int CONFIG = 2;

    private AffectFlags() {}
}
