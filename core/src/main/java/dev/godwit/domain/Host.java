package dev.godwit.domain;

/** The two hosts of a migration. */
public enum Host {
    /** The host the guest leaves. */
    SOURCE,
    /** The host the guest goes to. */
    DESTINATION;

    /** The host at the other end. */
    public Host other() {
        return this == SOURCE ? DESTINATION : SOURCE;
    }
}
