package dev.godwit.lab.simulation;

import java.util.List;
import java.util.Optional;

/**
 * At rest exactly one copy of the guest is there, and it runs. It may be gone where somebody destroyed it or its host failed, and
 * stand still where somebody suspended it.
 */
final class NeverLost implements Invariant {

    @Override
    public Optional<String> broken(Simulation run) {
        World world = run.world();
        List<String> copies = world.copies().stream().map(Site::name).toList();
        if (copies.isEmpty()) {
            return world.fate().canBeGone() ? Optional.empty() : Optional.of("the guest is nowhere");
        }
        if (copies.size() > 1) {
            return Optional.of("there are copies of the guest on " + copies);
        }
        return !world.running().isEmpty() || world.fate().canBePaused() ? Optional.empty()
                : Optional.of("the guest is on " + copies.getFirst() + " and stands still");
    }
}
