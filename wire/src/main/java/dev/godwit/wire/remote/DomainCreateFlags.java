package dev.godwit.wire.remote;

/**
 * The bits of {@link DomainProcedures#CREATE_XML}, {@link DomainProcedures#CREATE_WITH_FLAGS} and
 * {@link DomainProcedures#DEFINE_XML_FLAGS}.
 */
public final class DomainCreateFlags {

    /** Start with the CPUs stopped. */
    public static final int PAUSED = 1;
    /** Destroy the guest when this connection ends. */
    public static final int AUTODESTROY = 2;
    /** Do not fill the host's cache while reading a saved image. */
    public static final int BYPASS_CACHE = 4;
    /** Throw a saved image away and boot. */
    public static final int FORCE_BOOT = 8;
    /** Check the XML against the schema. */
    public static final int VALIDATE = 16;
    /** Start with fresh non-volatile memory. */
    public static final int RESET_NVRAM = 32;

    /** {@link DomainProcedures#DEFINE_XML_FLAGS}: check the XML against the schema. */
    public static final int DEFINE_VALIDATE = 1;

    private DomainCreateFlags() {}
}
