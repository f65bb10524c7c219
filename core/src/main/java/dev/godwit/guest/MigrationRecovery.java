package dev.godwit.guest;

/** Decides about a guest that was being migrated when an earlier daemon ended. */
public interface MigrationRecovery {

    /**
     * Called once for each such guest whose machine is there and answers, before the first call from outside. The job is as the status
     * file has it; it must be ended, or kept open for the peer's next phase.
     *
     * @param migrations what may be done to the guest
     * @param job        the migration; its {@link MigrationJob#note()} says how far it had come
     */
    void recover(GuestMigrations migrations, MigrationJob job);
}
