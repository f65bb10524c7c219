package dev.godwit.lab.fault;

/** What leads a migration to a point. All but the first are a fault of their own, so the row's is the second of two. */
enum Way {
    /** Nothing goes wrong before. */
    PLAIN(""),
    /** Somebody aborts the job when a part of the memory has been sent. */
    ABORTED("aborted"),
    /** The destination's disk is full for the one moment at which it should write the hand-over. */
    REFUSED("refused"),
    /** Who drives is killed when all has been sent. */
    LEFT("left after PERFORM"),
    /** Who drives is killed when the guest runs at the destination, and nobody has been told. */
    LEFT_LATE("left after FINISH");

    private final String label;

    Way(String label) {
        this.label = label;
    }

    /** What it is called in tables; empty for the plain one. */
    String label() {
        return label;
    }
}
