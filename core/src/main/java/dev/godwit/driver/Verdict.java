package dev.godwit.driver;

/** What a host is told at the end of its part of a migration. */
public enum Verdict {
    /** Go on: the guest belongs to the destination. */
    GO,
    /** Throw away what was received; the guest belongs to the source. */
    CANCEL
}
