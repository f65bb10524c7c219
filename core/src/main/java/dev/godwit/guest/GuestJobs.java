package dev.godwit.guest;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Jobs;

/**
 * The facet {@link Jobs} of a driver whose guests {@link GuestManager} keeps: figures come from the guest's
 * {@link MigrationJob}, limits are remembered with the guest and told to the hypervisor.
 */
public final class GuestJobs implements Jobs {

    private final GuestRegistry registry;
    private final MigrationTuning tuning;
    private final ErrorDomain errorDomain;

    /**
     * For the guests of a host.
     *
     * @param registry    the guests
     * @param tuning      what the hypervisor can be told
     * @param errorDomain the subsystem of its errors
     */
    public GuestJobs(GuestRegistry registry, MigrationTuning tuning, ErrorDomain errorDomain) {
        this.registry = registry;
        this.tuning = tuning;
        this.errorDomain = errorDomain;
    }

    @Override
    public JobStats stats(DomainRef ref) {
        Guest guest = registry.of(ref);
        GuestMigrations.requireRunning(guest);
        return guest.jobs().migration().map(job -> {
            if (job.operation() == JobOperation.MIGRATION_IN) {
                throw new VirtException(ErrorCode.OPERATION_UNSUPPORTED, errorDomain,
                        "migration statistics are available only on the source host");
            }
            return job.stats();
        }).orElse(JobStats.NONE);
    }

    @Override
    public JobStats completed(DomainRef ref, boolean keep) {
        Guest guest = registry.of(ref);
        JobStats stats = guest.completed();
        if (!keep) {
            guest.completed(JobStats.NONE);
        }
        return stats;
    }

    @Override
    public void abort(DomainRef ref) {
        Guest guest = registry.of(ref);
        try (Job _ = guest.jobs().begin(JobKind.ABORT, "remoteDispatchDomainAbortJob")) {
            GuestMigrations.requireRunning(guest);
            MigrationJob job = guest.jobs().migration()
                    .orElseThrow(() -> invalid("no job is active on the domain"));
            if (job.operation() == JobOperation.MIGRATION_IN) {
                throw invalid("cannot abort incoming migration; use virDomainDestroy instead");
            }
            switch (job.phase()) {
                case PERFORM_DONE, CONFIRM -> throw invalid("cannot abort the migration of domain '" + guest.name()
                        + "': all of it has been sent, and only the destination decides now whether it runs there");
                case CONFIRM_CANCELLED -> throw invalid("the migration of domain '" + guest.name() + "' is being cancelled");
                // Before the transfer nothing goes on that could be stopped: it does not begin then.
                default -> job.abort().orElse(Transfer.of(job)::forbid).run();
            }
        }
    }

    @Override
    public long maxDowntimeMillis(DomainRef ref) {
        return tuning.maxDowntimeMillis(machine(registry.of(ref)));
    }

    @Override
    public void maxDowntimeMillis(DomainRef ref, long millis) {
        Guest guest = registry.of(ref);
        try (Job _ = guest.jobs().begin(JobKind.MIGRATION_LIMITS, "remoteDispatchDomainMigrateSetMaxDowntime")) {
            tuning.maxDowntimeMillis(machine(guest), millis);
            guest.limits(guest.limits().withMaxDowntimeMillis(millis));
        }
    }

    @Override
    public long maxSpeedMiB(DomainRef ref, boolean postCopy) {
        MigrationLimits limits = registry.of(ref).limits();
        return postCopy ? limits.maxPostCopySpeedMiB() : limits.maxSpeedMiB();
    }

    @Override
    public void maxSpeedMiB(DomainRef ref, long mib, boolean postCopy) {
        Guest guest = registry.of(ref);
        if (mib < 0 || mib > MigrationLimits.UNLIMITED) {
            throw new VirtException(ErrorCode.OVERFLOW, errorDomain,
                    "bandwidth must be less than " + (MigrationLimits.UNLIMITED + 1));
        }
        try (Job _ = guest.jobs().begin(JobKind.MIGRATION_LIMITS, "remoteDispatchDomainMigrateSetMaxSpeed")) {
            if (postCopy) {
                machine(guest);
                guest.limits(guest.limits().withMaxPostCopySpeedMiB(mib));
                return;
            }
            guest.machine().ifPresent(machine -> tuning.maxSpeedMiB(machine, mib));
            guest.limits(guest.limits().withMaxSpeedMiB(mib));
        }
    }

    @Override
    public long compressionCacheBytes(DomainRef ref) {
        return tuning.compressionCacheBytes(machine(registry.of(ref)));
    }

    @Override
    public void compressionCacheBytes(DomainRef ref, long bytes) {
        Guest guest = registry.of(ref);
        try (Job _ = guest.jobs().begin(JobKind.MIGRATION_LIMITS, "remoteDispatchDomainMigrateSetCompressionCache")) {
            tuning.compressionCacheBytes(machine(guest), bytes);
            guest.limits(guest.limits().withCompressionCacheBytes(bytes));
        }
    }

    private static Machine machine(Guest guest) {
        return guest.machine().orElseThrow(GuestMigrations::notRunning);
    }

    private VirtException invalid(String detail) {
        return new VirtException(ErrorCode.OPERATION_INVALID, errorDomain, detail);
    }
}
