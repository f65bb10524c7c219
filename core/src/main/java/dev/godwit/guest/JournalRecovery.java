package dev.godwit.guest;

import dev.godwit.domain.JobOperation;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.PhaseCode;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Closes what the journal has open when no guest is in that migration any more: its end was not written down, or the guest's process
 * ended with the host. Runs after {@link GuestRecovery} has found what runs.
 */
final class JournalRecovery {

    private static final System.Logger LOG = System.getLogger(JournalRecovery.class.getName());

    private final GuestRegistry registry;
    private final MigrationCustody custody;
    private final Settlement settlement;

    JournalRecovery(GuestRegistry registry, MigrationCustody custody, Settlement settlement) {
        this.registry = registry;
        this.custody = custody;
        this.settlement = settlement;
    }

    void run() {
        for (JournaledMigration migration : custody.history().open()) {
            Optional<Guest> guest = migration.guest().flatMap(registry::find);
            if (guest.flatMap(found -> found.jobs().migration()).filter(job -> isOf(job, migration)).isEmpty()) {
                close(migration, guest);
            }
        }
    }

    private static boolean isOf(MigrationJob job, JournaledMigration migration) {
        return job.ticket().filter(ticket -> ticket.id().uuid().equals(migration.id())).isPresent()
                || (job.operation() == JobOperation.MIGRATION_OUT) == migration.source() && job.ticket().isEmpty();
    }

    private void close(JournaledMigration migration, Optional<Guest> guest) {
        boolean active = guest.filter(Guest::active).isPresent();
        LOG.log(Level.INFO, "The journal has a migration of guest {0} open that goes on no more",
                migration.opened().orElseThrow().name());
        if (!migration.source()) {
            if (migration.arrived()) {
                custody.closed(migration, Owner.DESTINATION, active ? "it was handed over" : "it was handed over and ended here");
            } else {
                custody.closed(migration, Owner.SOURCE, "its receiver ended before it was handed over");
            }
        } else if (active) {
            // Whatever was written, a guest that runs and is in no migration was given back to whoever uses it.
            custody.closed(migration, Owner.SOURCE, "it runs here");
        } else if (migration.step().map(step -> step.phase()).filter(phase -> phase != PhaseCode.BEGIN).isEmpty()) {
            custody.closed(migration, Owner.NOBODY, "it ended before it was sent");
        } else if (migration.verdict().filter(Verdict.CANCEL::equals).isPresent()) {
            // Nobody writes that down before it is certain that it does not run there.
            custody.closed(migration, Owner.NOBODY, "it did not move, and ended here");
        } else if (guest.isEmpty() && migration.ask().isEmpty()) {
            // Nobody here can be kept from anything, and nobody there can be asked.
            custody.closed(migration, Owner.UNKNOWN, "it ended here while it moved, and has no configuration here");
        } else {
            settlement.leave(migration.guest().orElseThrow(), migration.opened().orElseThrow().name(), migration);
        }
    }
}
