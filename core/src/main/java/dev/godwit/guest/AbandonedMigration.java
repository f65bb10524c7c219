package dev.godwit.guest;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.MigrationProtocol.Remedy;
import java.lang.System.Logger.Level;

/**
 * What a host does alone with a migration whose driver is gone: the connection closed, or the daemon came back and found it in its
 * journal. Both have the same answer: the {@link Remedy} of the table in {@link dev.godwit.migration.MigrationProtocol.Phase}, of which
 * this is the only other reader. What a remedy means for guests stands here, one case each.
 */
public final class AbandonedMigration implements MigrationRecovery {

    private static final System.Logger LOG = System.getLogger(AbandonedMigration.class.getName());

    private final Settlement settlement;
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

        /**
         * The guest runs on here: puts back what was changed at its machine for the migration. Must not throw.
         *
         * @param job whose; it is over
         */
        default void putBack(MigrationJob job) {}
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
     * @param manager its guests
     * @param sender  stops what its hypervisor sends
     */
    public AbandonedMigration(GuestManager manager, Sender sender) {
        this(manager, sender, (migrations, job) -> {
            throw new IllegalStateException(job + " is not this driver's");
        });
    }

    /**
     * For a driver.
     *
     * @param manager  its guests
     * @param sender   stops what its hypervisor sends
     * @param follower follows what it sends alone
     */
    public AbandonedMigration(GuestManager manager, Sender sender, Follower follower) {
        this.settlement = manager.settlement();
        this.sender = sender;
        this.follower = follower;
    }

    /** Makes sure that whoever ends a migration with the guest here, its machine is as it was before. */
    void adopt(MigrationJob job) {
        job.onRolledBack(() -> sender.putBack(job));
    }

    @Override
    public void recover(GuestMigrations migrations, MigrationJob job) {
        adopt(job);
        String name = job.guest().name();
        MigrationPhase phase = job.phase();
        LOG.log(Level.INFO, "Guest {0}: its migration was left alone in phase {1}: {2}", name, phase.text(), phase.remedy());
        switch (phase.remedy()) {
            case NOTHING -> migrations.endJob(job);
            case FORGET -> {
                job.willEnd(Owner.SOURCE, "who drove was gone before anything was sent");
                migrations.endJob(job);
            }
            case CANCEL_AND_RESUME -> settlement.persist(job, () -> {
                sender.cancel(job);
                job.willEnd(Owner.SOURCE, "who drove was gone before all was sent");
                migrations.resumeOutgoing(job);
            });
            case ASK_DESTINATION -> settlement.leave(job);
            case OBEY_VERDICT -> settlement.obey(job,
                    phase == MigrationPhase.CONFIRM_CANCELLED ? Verdict.CANCEL : Verdict.GO);
            case KILL_RECEIVER -> settlement.persist(job,
                    () -> migrations.barIncoming(job, "who drove was gone before FINISH"));
            case KEEP_IF_RUNNING -> settlement.persist(job, () -> migrations.keepOrBarIncoming(job));
            case HOLD -> follower.takeUp(migrations, job);
        }
    }
}
