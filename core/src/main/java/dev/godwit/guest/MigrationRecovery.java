package dev.godwit.guest;

import dev.godwit.domain.JobStats;

/** Decides about a guest that was being migrated when an earlier daemon ended. */
public interface MigrationRecovery {

    /**
     * Ends what never ran here or is known to run elsewhere, keeps everything else: a receiver that was never told to run goes, a guest
     * that was confirmed to have moved goes, one of which nothing or not all had been sent goes on, one of which all had been sent
     * stays paused until somebody decides. For hypervisors in which no transfer outlives the daemon that drove it.
     */
    MigrationRecovery CAUTIOUS = (migrations, job) -> {
        switch (job.phase()) {
            case NONE, BEGIN, PERFORM, CONFIRM_CANCELLED -> migrations.resumeOutgoing(job);
            case PERFORM_DONE -> migrations.endJob(job);
            case CONFIRM -> migrations.removeOutgoing(job, JobStats.NONE,
                    ConfigHandling.sourceKeeps(job.guest().persistent(), job.flags()));
            case PREPARE -> migrations.discardIncoming(job);
            case FINISH -> {
                if (migrations.running(job)) {
                    migrations.endJob(job);
                } else {
                    migrations.discardIncoming(job);
                }
            }
        }
    };

    /**
     * Called once for each such guest whose machine is there and answers, before the first call from outside. The job is as the status
     * file has it; it must be ended, or kept open for the peer's next phase.
     *
     * @param migrations what may be done to the guest
     * @param job        the migration; its {@link MigrationJob#note()} says how far it had come
     */
    void recover(GuestMigrations migrations, MigrationJob job);
}
