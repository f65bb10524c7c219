package dev.godwit.client;

import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.wire.remote.JobFlags;
import dev.godwit.wire.remote.JobProcedures;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.TypedParam;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The long work a guest is in, above all its migration, and the knobs of a migration. */
public final class DomainJobs {

    private final Domain domain;

    DomainJobs(Domain domain) {
        this.domain = domain;
    }

    /** How far the running job has come; {@link JobStats#NONE} when there is none (procedure 298). */
    public JobStats stats() {
        return stats(0);
    }

    /**
     * The last job that ended (procedure 298 with COMPLETED).
     *
     * @param keep false forgets it with this answer
     * @return {@link JobStats#NONE} when there was none
     */
    public JobStats completed(boolean keep) {
        return stats(JobFlags.COMPLETED | (keep ? JobFlags.KEEP_COMPLETED : 0));
    }

    private JobStats stats(int flags) {
        JobProcedures.GetJobStatsRet ret = domain.ask(JobProcedures.GET_JOB_STATS, flags);
        return stats(ret.type(), ret.params());
    }

    static JobStats stats(int type, List<TypedParam> params) {
        Map<JobField, Long> values = new EnumMap<>(JobField.class);
        for (TypedParam param : params) {
            JobField.named(param.field()).ifPresent(field -> {
                switch (param.value()) {
                    case ParamValue.Int number -> values.put(field, (long) number.value());
                    case ParamValue.UInt number -> values.put(field, Integer.toUnsignedLong(number.value()));
                    case ParamValue.LLong number -> values.put(field, number.value());
                    case ParamValue.ULLong number -> values.put(field, number.value());
                    case ParamValue.Real _, ParamValue.Bool _, ParamValue.Text _ -> {
                        // Not a figure; a host that sends one under such a name is not to be believed.
                    }
                }
            });
        }
        JobType[] types = JobType.values();
        return new JobStats(type >= 0 && type < types.length ? types[type] : JobType.NONE, values);
    }

    /** Cancels the running job and returns when the hypervisor has been told (procedure 164). */
    public void abort() {
        domain.ask(JobProcedures.ABORT_JOB);
    }

    /** Breaks off the post-copy part of a migration; it has to be resumed (procedure 442). */
    public void abortPostCopy() {
        domain.ask(JobProcedures.ABORT_JOB_FLAGS, JobFlags.ABORT_POSTCOPY);
    }

    /** How long the guest may stand still at the end of a migration, in milliseconds (procedure 387). */
    public long maxDowntimeMillis() {
        return domain.ask(JobProcedures.GET_MAX_DOWNTIME, 0).downtime();
    }

    /** Sets it, 1 or more (procedure 166). */
    public void maxDowntimeMillis(long millis) {
        domain.connection().call(JobProcedures.SET_MAX_DOWNTIME,
                new JobProcedures.SetMaxDowntimeArgs(WireNames.wire(domain.ref()), millis, 0));
    }

    /** How fast its memory may be sent, in MiB/s; 8796093022207 is without limit (procedure 242). */
    public long maxSpeedMiB(boolean postCopy) {
        return domain.ask(JobProcedures.GET_MAX_SPEED, postCopy ? JobFlags.SPEED_POSTCOPY : 0).bandwidth();
    }

    /** Sets it (procedure 207). */
    public void maxSpeedMiB(long mib, boolean postCopy) {
        domain.connection().call(JobProcedures.SET_MAX_SPEED, new JobProcedures.SetMaxSpeedArgs(
                WireNames.wire(domain.ref()), mib, postCopy ? JobFlags.SPEED_POSTCOPY : 0));
    }

    /** The size of the cache for compressed pages in bytes (procedure 299). */
    public long compressionCacheBytes() {
        return domain.ask(JobProcedures.GET_COMPRESSION_CACHE, 0).cacheSize();
    }

    /** Sets it (procedure 300). */
    public void compressionCacheBytes(long bytes) {
        domain.connection().call(JobProcedures.SET_COMPRESSION_CACHE,
                new JobProcedures.SetCompressionCacheArgs(WireNames.wire(domain.ref()), bytes, 0));
    }

    /** Switches a migration that allows it to post-copy (procedure 364). */
    public void startPostCopy() {
        domain.ask(JobProcedures.START_POST_COPY, 0);
    }
}
