package dev.godwit.domain;

import java.util.Optional;

/** What a guest is doing (libvirt's {@code virDomainState}); the ordinal is the number on the wire. */
public enum DomainState {
    NOSTATE, RUNNING, BLOCKED, PAUSED, SHUTDOWN, SHUTOFF, CRASHED, PMSUSPENDED;

    /** The number on the wire. */
    public int number() {
        return ordinal();
    }

    /**
     * The state with a number.
     *
     * @param number as received from a peer
     * @return empty for a number this release does not know
     */
    public static Optional<DomainState> of(int number) {
        return number >= 0 && number < values().length ? Optional.of(values()[number]) : Optional.empty();
    }
}
