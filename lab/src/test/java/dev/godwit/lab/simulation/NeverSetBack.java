package dev.godwit.lab.simulation;

import java.util.Optional;

/** The guest never goes on at an earlier moment of its life. */
final class NeverSetBack implements Invariant {

    @Override
    public Optional<String> broken(Simulation run) {
        return run.world().setBack();
    }
}
