package dev.godwit.lab.simulation;

/**
 * A mistake that is made on purpose, to see that the simulation finds it. Each is made around the product, by something that stands in
 * for one of its parts; the product has none of them.
 */
enum Defect {

    /** The product as it is. */
    NONE,
    /** An entry is written down a moment after the host has gone on: {@link DefectiveJournal}. */
    ANSWERS_BEFORE_THE_JOURNAL,
    /** The journal is never forced, so a power cut takes what was promised. */
    JOURNAL_IS_NOT_FORCED,
    /** What a host was writing when it was stopped stays at the end of the journal, and the next entry comes after it. */
    TORN_END_IS_NOT_CUT,
    /** Hand-overs are among what a compaction drops. */
    COMPACTION_DROPS_HAND_OVERS,
    /** Two migrations have the same number, because a daemon's dice begin anew with it. */
    NUMBER_REPEATS,
    /** A destination that cannot be reached counts as one that has said no: {@link DefectiveQuestion}. */
    SILENCE_IS_A_NO,
    /** The destination looks whether the guest runs, says so, and writes nothing down: {@link DefectiveResolution}. */
    QUESTION_LEAVES_THE_DOOR_OPEN,
    /** A source that is left alone after it has sent all resumes its guest: {@link DefectiveSource}. */
    SOURCE_RESUMES_WHEN_LEFT_ALONE,
    /** A CANCEL is obeyed after all was sent, without a question. */
    CANCEL_IS_OBEYED,
    /** The configuration of a guest that was to be removed from the source stays. */
    CONFIGURATION_STAYS,
    /** The guest's CPUs start before the hand-over is in the journal: {@link DefectiveDestination}. */
    CPUS_START_BEFORE_THE_HAND_OVER,
    /** A receiver that is cancelled or left alone stays. */
    RECEIVER_IS_NOT_KILLED,
    /** A port is listened on after the guest has arrived. */
    PORT_IS_NOT_GIVEN_BACK,
    /** The configuration that was to be written at the destination is not. */
    CONFIGURATION_IS_NOT_WRITTEN,
    /** Configurations are not safe when a call that changes them is answered: {@link DefectiveFiles}. */
    CONFIGURATION_IS_NOT_FORCED,
    /** A client in doubt tells its user that the guest has not moved: {@link SimulatedClient}. */
    DOUBT_IS_TOLD_AS_ROLLED_BACK
}
