package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.DOMAIN_MIGRATE;
import static dev.godwit.wire.remote.Permission.DOMAIN_READ;
import static dev.godwit.wire.remote.Permission.DOMAIN_WRITE;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;

/**
 * Watching a long job on a guest, such as a migration, and steering it.
 */
public final class JobProcedures {

    /** Type, times in milliseconds and amounts in bytes of the running job. What virsh draws its progress from. */
    public static final Procedure<DomainArgs, GetJobInfoRet> GET_JOB_INFO =
            call(163, DomainArgs.class, GetJobInfoRet.class).api("virDomainGetJobInfo").allow(DOMAIN_READ)
                    .readOnlyAllowed();

    /** All that is known about the running job or the last one, by name. {@code flags}: {@link JobFlags}. */
    public static final Procedure<DomainFlagsArgs, GetJobStatsRet> GET_JOB_STATS =
            call(298, DomainFlagsArgs.class, GetJobStatsRet.class).api("virDomainGetJobStats")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** Cancels the running job. */
    public static final Procedure<DomainArgs, Nothing> ABORT_JOB =
            call(164, DomainArgs.class, Nothing.class).api("virDomainAbortJob").allow(DOMAIN_WRITE);

    /** {@link #ABORT_JOB} with {@code flags}: {@link JobFlags#ABORT_POSTCOPY}. */
    public static final Procedure<DomainFlagsArgs, Nothing> ABORT_JOB_FLAGS =
            call(442, DomainFlagsArgs.class, Nothing.class).api("virDomainAbortJobFlags").allow(DOMAIN_WRITE);

    /** The pause that the switchover may take, in milliseconds. */
    public static final Procedure<SetMaxDowntimeArgs, Nothing> SET_MAX_DOWNTIME =
            call(166, SetMaxDowntimeArgs.class, Nothing.class).api("virDomainMigrateSetMaxDowntime")
                    .allow(DOMAIN_MIGRATE);

    /** The pause that the switchover may take, in milliseconds. */
    public static final Procedure<DomainFlagsArgs, GetMaxDowntimeRet> GET_MAX_DOWNTIME =
            call(387, DomainFlagsArgs.class, GetMaxDowntimeRet.class).api("virDomainMigrateGetMaxDowntime")
                    .allow(DOMAIN_MIGRATE).readOnlyAllowed();

    /** The largest bandwidth, in MiB/s. {@code flags}: {@link JobFlags#SPEED_POSTCOPY}. */
    public static final Procedure<SetMaxSpeedArgs, Nothing> SET_MAX_SPEED =
            call(207, SetMaxSpeedArgs.class, Nothing.class).api("virDomainMigrateSetMaxSpeed")
                    .allow(DOMAIN_MIGRATE);

    /** The largest bandwidth, in MiB/s; 8796093022207 where none was set. */
    public static final Procedure<DomainFlagsArgs, GetMaxSpeedRet> GET_MAX_SPEED =
            call(242, DomainFlagsArgs.class, GetMaxSpeedRet.class).api("virDomainMigrateGetMaxSpeed")
                    .allow(DOMAIN_MIGRATE);

    /** The size of the page cache for XBZRLE, in bytes. */
    public static final Procedure<DomainFlagsArgs, GetCompressionCacheRet> GET_COMPRESSION_CACHE =
            call(299, DomainFlagsArgs.class, GetCompressionCacheRet.class)
                    .api("virDomainMigrateGetCompressionCache").allow(DOMAIN_MIGRATE).readOnlyAllowed();

    /** The size of the page cache for XBZRLE, in bytes. */
    public static final Procedure<SetCompressionCacheArgs, Nothing> SET_COMPRESSION_CACHE =
            call(300, SetCompressionCacheArgs.class, Nothing.class).api("virDomainMigrateSetCompressionCache")
                    .allow(DOMAIN_MIGRATE);

    /** Switches a migration that was started with {@link MigrationFlags#POSTCOPY} to post-copy. */
    public static final Procedure<DomainFlagsArgs, Nothing> START_POST_COPY =
            call(364, DomainFlagsArgs.class, Nothing.class).api("virDomainMigrateStartPostCopy")
                    .allow(DOMAIN_MIGRATE);

    // @formatter:off
    public record GetJobInfoRet(int type, @Unsigned long timeElapsed, @Unsigned long timeRemaining,
                                @Unsigned long dataTotal, @Unsigned long dataProcessed, @Unsigned long dataRemaining,
                                @Unsigned long memTotal, @Unsigned long memProcessed, @Unsigned long memRemaining,
                                @Unsigned long fileTotal, @Unsigned long fileProcessed,
                                @Unsigned long fileRemaining) {}
    public record GetJobStatsRet(int type, @AtMost(Limits.PARAMS) List<TypedParam> params) {}
    public record SetMaxDowntimeArgs(NonnullDomain dom, @Unsigned long downtime, @Unsigned int flags) {}
    public record GetMaxDowntimeRet(@Unsigned long downtime) {}
    public record SetMaxSpeedArgs(NonnullDomain dom, @Unsigned long bandwidth, @Unsigned int flags) {}
    public record GetMaxSpeedRet(@Unsigned long bandwidth) {}
    public record GetCompressionCacheRet(@Unsigned long cacheSize) {}
    public record SetCompressionCacheArgs(NonnullDomain dom, @Unsigned long cacheSize, @Unsigned int flags) {}
    // @formatter:on

    private JobProcedures() {}
}
