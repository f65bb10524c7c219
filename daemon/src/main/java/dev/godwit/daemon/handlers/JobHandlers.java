package dev.godwit.daemon.handlers;

import static dev.godwit.daemon.rpc.WireForms.ref;
import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.peer.PeerMigrations;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Jobs;
import dev.godwit.wire.remote.JobFlags;
import dev.godwit.wire.remote.JobProcedures;

/** Watching a guest's job, above all its migration, and steering it. */
final class JobHandlers {

    private final PeerMigrations peers;

    /**
     * Handlers of a daemon.
     *
     * @param peers the migrations it drives itself
     */
    JobHandlers(PeerMigrations peers) {
        this.peers = peers;
    }

    void addTo(Handlers handlers) {
        watch(handlers);
        abort(handlers);
        steer(handlers);
    }

    private static void watch(Handlers handlers) {
        handlers.on(JobProcedures.GET_JOB_INFO, (session, args) -> info(jobs(session).stats(ref(args.dom()))));
        handlers.on(JobProcedures.GET_JOB_STATS, (session, args) -> {
            int flags = session.checkFlags(JobProcedures.GET_JOB_STATS, args.flags(),
                    JobFlags.COMPLETED | JobFlags.KEEP_COMPLETED);
            DomainRef guest = ref(args.dom());
            JobStats stats = (flags & JobFlags.COMPLETED) == 0
                    ? jobs(session).stats(guest)
                    : jobs(session).completed(guest, (flags & JobFlags.KEEP_COMPLETED) != 0);
            return new JobProcedures.GetJobStatsRet(stats.type().ordinal(), WireForms.params(stats));
        });
    }

    /** The older form of a job's figures: totals of memory and disks together, and each alone. */
    private static JobProcedures.GetJobInfoRet info(JobStats stats) {
        return new JobProcedures.GetJobInfoRet(stats.type().ordinal(),
                stats.orZero(JobField.TIME_ELAPSED), 0,
                sum(stats, JobField.DATA_TOTAL, JobField.MEMORY_TOTAL, JobField.DISK_TOTAL),
                sum(stats, JobField.DATA_PROCESSED, JobField.MEMORY_PROCESSED, JobField.DISK_PROCESSED),
                sum(stats, JobField.DATA_REMAINING, JobField.MEMORY_REMAINING, JobField.DISK_REMAINING),
                stats.orZero(JobField.MEMORY_TOTAL), stats.orZero(JobField.MEMORY_PROCESSED),
                stats.orZero(JobField.MEMORY_REMAINING), stats.orZero(JobField.DISK_TOTAL),
                stats.orZero(JobField.DISK_PROCESSED), stats.orZero(JobField.DISK_REMAINING));
    }

    private static long sum(JobStats stats, JobField all, JobField memory, JobField disks) {
        return stats.get(all).orElse(stats.orZero(memory) + stats.orZero(disks));
    }

    private void abort(Handlers handlers) {
        handlers.on(JobProcedures.ABORT_JOB, (session, args) -> {
            abort(session, ref(args.dom()));
            return NOTHING;
        });
        handlers.on(JobProcedures.ABORT_JOB_FLAGS, (session, args) -> {
            int flags = session.checkFlags(JobProcedures.ABORT_JOB_FLAGS, args.flags(), JobFlags.ABORT_POSTCOPY);
            if (flags != 0) {
                throw invalid(session, "current job is not outgoing migration in post-copy mode");
            }
            abort(session, ref(args.dom()));
            return NOTHING;
        });
        handlers.on(JobProcedures.START_POST_COPY, (session, args) -> {
            session.checkFlags(JobProcedures.START_POST_COPY, args.flags(), 0);
            // No migration is accepted with the flag for post-copy yet, so there is none to switch.
            throw invalid(session, jobs(session).stats(ref(args.dom())).type() == JobType.NONE
                    ? "post-copy can only be started while outgoing migration is in progress"
                    : "switching to post-copy requires migration to be started with VIR_MIGRATE_POSTCOPY flag");
        });
    }

    private void abort(Session session, DomainRef guest) {
        boolean driven = peers.cancel(session.hypervisor(), guest.uuid());
        try {
            jobs(session).abort(guest);
        } catch (VirtException e) {
            // While this daemon still looks for the destination the guest has no job yet, and there is one all the same.
            if (!driven || !e.is(ErrorCode.OPERATION_INVALID)) {
                throw e;
            }
        }
    }

    private static void steer(Handlers handlers) {
        handlers.on(JobProcedures.SET_MAX_DOWNTIME, (session, args) -> {
            session.checkFlags(JobProcedures.SET_MAX_DOWNTIME, args.flags(), 0);
            jobs(session).maxDowntimeMillis(ref(args.dom()), args.downtime());
            return NOTHING;
        });
        handlers.on(JobProcedures.GET_MAX_DOWNTIME, (session, args) -> {
            session.checkFlags(JobProcedures.GET_MAX_DOWNTIME, args.flags(), 0);
            return new JobProcedures.GetMaxDowntimeRet(jobs(session).maxDowntimeMillis(ref(args.dom())));
        });
        handlers.on(JobProcedures.SET_MAX_SPEED, (session, args) -> {
            int flags = session.checkFlags(JobProcedures.SET_MAX_SPEED, args.flags(), JobFlags.SPEED_POSTCOPY);
            jobs(session).maxSpeedMiB(ref(args.dom()), args.bandwidth(), flags != 0);
            return NOTHING;
        });
        handlers.on(JobProcedures.GET_MAX_SPEED, (session, args) -> {
            int flags = session.checkFlags(JobProcedures.GET_MAX_SPEED, args.flags(), JobFlags.SPEED_POSTCOPY);
            return new JobProcedures.GetMaxSpeedRet(jobs(session).maxSpeedMiB(ref(args.dom()), flags != 0));
        });
        handlers.on(JobProcedures.GET_COMPRESSION_CACHE, (session, args) -> {
            session.checkFlags(JobProcedures.GET_COMPRESSION_CACHE, args.flags(), 0);
            return new JobProcedures.GetCompressionCacheRet(jobs(session).compressionCacheBytes(ref(args.dom())));
        });
        handlers.on(JobProcedures.SET_COMPRESSION_CACHE, (session, args) -> {
            session.checkFlags(JobProcedures.SET_COMPRESSION_CACHE, args.flags(), 0);
            jobs(session).compressionCacheBytes(ref(args.dom()), args.cacheSize());
            return NOTHING;
        });
    }

    private static VirtException invalid(Session session, String detail) {
        return new VirtException(ErrorCode.OPERATION_INVALID, session.hypervisor().errors(), detail);
    }

    private static Jobs jobs(Session session) {
        return session.facet(Jobs.class);
    }
}
