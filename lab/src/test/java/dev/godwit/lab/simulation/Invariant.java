package dev.godwit.lab.simulation;

import java.util.Optional;

/** Something that must be so, whatever breaks. */
interface Invariant {

    /** Its name. */
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * Looks.
     *
     * @param run the run
     * @return how it is broken; empty where it holds
     */
    Optional<String> broken(Simulation run);
}
