package dev.godwit.wire.remote;

/** The bits of {@link JobProcedures}, and the numbers in its answers. */
public final class JobFlags {

    /** {@link JobProcedures#GET_JOB_STATS}: the last job that ended, which is then forgotten. */
    public static final int COMPLETED = 1;
    /** {@link JobProcedures#GET_JOB_STATS}: do not forget it. */
    public static final int KEEP_COMPLETED = 2;
    /** {@link JobProcedures#ABORT_JOB_FLAGS}: pause a migration that is already in post-copy. */
    public static final int ABORT_POSTCOPY = 1;
    /** {@link JobProcedures#SET_MAX_SPEED}: the limit of the post-copy phase. */
    public static final int SPEED_POSTCOPY = 1;

    /** Type of a job: there is none. */
    public static final int TYPE_NONE = 0;
    /** Type of a job: its end is known. */
    public static final int TYPE_BOUNDED = 1;
    /** Type of a job: its end is not known. A migration that runs. */
    public static final int TYPE_UNBOUNDED = 2;
    /** Type of a job: ended well. */
    public static final int TYPE_COMPLETED = 3;
    /** Type of a job: failed. */
    public static final int TYPE_FAILED = 4;
    /** Type of a job: cancelled. */
    public static final int TYPE_CANCELLED = 5;

    /** Operation of a job: a guest comes in. */
    public static final int OPERATION_MIGRATION_IN = 4;
    /** Operation of a job: a guest goes out. */
    public static final int OPERATION_MIGRATION_OUT = 5;

    private JobFlags() {}
}
