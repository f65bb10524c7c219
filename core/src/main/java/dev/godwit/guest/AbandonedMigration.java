package dev.godwit.guest;

import dev.godwit.domain.DomainState;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.WireFlag;
import java.lang.System.Logger.Level;
import java.util.Set;

/**
 * What a host does alone with a migration whose driver is gone: the connection closed, or the daemon came back and found it in a
 * status file. Both have the same answer, which is the column "abandoned" of the table in
 * {@code dev.godwit.migration.MigrationProtocol.Phase}:
 *
 * <pre>
 *   begin3              forget
 *   perform3            cancel and resume
 *   perform3_done       stay paused: only the destination knows
 *   confirm3            the verdict was GO: destroy the original
 *   confirm3_cancelled  the verdict was CANCEL: resume
 *   unmanaged           the hypervisor goes on alone: follow it
 *   prepare             kill the receiver
 *   finish3             keep if running, kill otherwise
 * </pre>
 */
public final class AbandonedMigration implements MigrationRecovery {

    private static final System.Logger LOG = System.getLogger(AbandonedMigration.class.getName());

    private final Sender sender;
    private final Follower follower;

    /** Stops what a hypervisor sends. */
    public interface Sender {
        /**
         * Cancels a transfer that nobody waits for, and returns when it has ended.
         *
         * @param job whose
         * @throws VirtException if it could not be cancelled; the guest is left as it is then
         */
        void cancel(MigrationJob job);
    }

    /** Follows what a hypervisor sends alone. */
    public interface Follower {
        /**
         * Takes up a transfer that an earlier daemon began, and returns at once.
         *
         * @param migrations what may be done to the guest
         * @param job        whose
         */
        void takeUp(GuestMigrations migrations, MigrationJob job);
    }

    /**
     * For a driver whose hypervisor sends nothing alone.
     *
     * @param sender stops what its hypervisor sends
     */
    public AbandonedMigration(Sender sender) {
        this(sender, (migrations, job) -> {
            throw new IllegalStateException(job + " is not this driver's");
        });
    }

    /**
     * For a driver.
     *
     * @param sender   stops what its hypervisor sends
     * @param follower follows what it sends alone
     */
    public AbandonedMigration(Sender sender, Follower follower) {
        this.sender = sender;
        this.follower = follower;
    }

    @Override
    public void recover(GuestMigrations migrations, MigrationJob job) {
        String name = job.guest().name();
        MigrationPhase phase = job.phase();
        LOG.log(Level.INFO, "Guest {0}: its migration was left alone in phase {1}", name, phase.text());
        switch (phase) {
            case NONE, BEGIN -> migrations.endJob(job);
            case PERFORM -> {
                sender.cancel(job);
                migrations.resumeOutgoing(job);
            }
            case PERFORM_DONE -> {
                LOG.log(Level.WARNING, "Guest {0} was sent away and nobody said whether it arrived; it stays paused."
                        + " Look at the destination: destroy it here if it runs there, resume it here if it is not there",
                        name);
                migrations.endJob(job);
            }
            case CONFIRM -> {
                Set<MigrationFlag> flags = WireFlag.of(MigrationFlag.class, job.note().flags());
                JobStats last = job.stats();
                migrations.removeOutgoing(job, last, ConfigHandling.sourceKeeps(job.guest().persistent(), flags));
            }
            case CONFIRM_CANCELLED -> migrations.resumeOutgoing(job);
            case UNMANAGED -> follower.takeUp(migrations, job);
            case PREPARE -> migrations.discardIncoming(job);
            case FINISH -> {
                if (job.guest().state().state() == DomainState.RUNNING
                        || job.guest().state() == StateReason.PAUSED_USER) {
                    migrations.endJob(job);
                } else {
                    migrations.discardIncoming(job);
                }
            }
        }
    }
}
