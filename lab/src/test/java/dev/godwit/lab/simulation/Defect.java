package dev.godwit.lab.simulation;

/** A mistake that is made on purpose, to see that the simulation finds it. */
enum Defect {
    /** The product as it is. */
    NONE
}
