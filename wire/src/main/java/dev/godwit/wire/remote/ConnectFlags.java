package dev.godwit.wire.remote;

/** The bits of {@link ConnectProcedures#OPEN}. */
public final class ConnectFlags {

    /** Nothing may be changed over this connection. */
    public static final int READ_ONLY = 1;
    /** The URI is not to be looked up among the aliases of the configuration. */
    public static final int NO_ALIASES = 2;

    private ConnectFlags() {}
}
