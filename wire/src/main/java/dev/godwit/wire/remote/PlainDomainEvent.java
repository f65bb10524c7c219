package dev.godwit.wire.remote;

/** The body of an event about one guest, in the form without a callback id. */
public interface PlainDomainEvent {

    /**
     * The guest, with the id it had at that time.
     *
     * @return the guest
     */
    NonnullDomain dom();
}
