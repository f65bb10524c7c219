package dev.godwit.lab.simulation;

import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationOutcome.Owner;
import java.util.List;
import java.util.Optional;

/** Where a client was told who owns the guest, that one has it at rest; and where it was told that the guest has ended, nobody has. */
final class OutcomeIsTrue implements Invariant {

    @Override
    public Optional<String> broken(Simulation run) {
        World world = run.world();
        List<Site> copies = world.copies();
        if (world.clients().size() > 1 || copies.size() != 1) {
            return Optional.empty();
        }
        Optional<MigrationOutcome> told = world.clients().getFirst().outcome();
        if (told.map(MigrationOutcome::owner).filter(Owner.NOBODY::equals).isPresent()) {
            return Optional.of("the client was told that the guest has ended, and it is on " + copies.getFirst().name() + ": "
                    + told.get());
        }
        boolean moved = copies.getFirst().name().equals(world.move().to());
        return told.map(MigrationOutcome::owner)
                .filter(owner -> owner == Owner.SOURCE && moved || owner == Owner.DESTINATION && !moved)
                .map(owner -> "the client was told that the guest is the " + owner + "'s, and it is on "
                        + copies.getFirst().name() + ": " + told.get());
    }
}
