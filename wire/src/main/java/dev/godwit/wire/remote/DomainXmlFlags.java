package dev.godwit.wire.remote;

/** The bits of {@link DomainQueryProcedures#GET_XML_DESC}. */
public final class DomainXmlFlags {

    /** With passwords. */
    public static final int SECURE = 1;
    /** The configuration of the next start, also while the guest runs. */
    public static final int INACTIVE = 2;
    /** With the CPU that the host really gives. */
    public static final int UPDATE_CPU = 4;
    /** As another host can read it. */
    public static final int MIGRATABLE = 8;

    private DomainXmlFlags() {}
}
