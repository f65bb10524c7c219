package dev.godwit.wire.remote;

/** The bits of {@link DomainProcedures#UNDEFINE_FLAGS}. */
public final class DomainUndefineFlags {

    /** Drop the saved memory image. */
    public static final int MANAGED_SAVE = 1;
    /** Drop what is known about snapshots. */
    public static final int SNAPSHOTS_METADATA = 2;
    /** Remove the non-volatile memory. */
    public static final int NVRAM = 4;
    /** Keep the non-volatile memory. */
    public static final int KEEP_NVRAM = 8;
    /** Drop what is known about checkpoints. */
    public static final int CHECKPOINTS_METADATA = 16;
    /** Remove the state of the emulated TPM. */
    public static final int TPM = 32;
    /** Keep the state of the emulated TPM. */
    public static final int KEEP_TPM = 64;

    private DomainUndefineFlags() {}
}
