package dev.godwit.wire.remote;

/** The body of an event about one guest, sent for one registration. */
public interface DomainEvent {

    /**
     * The registration it is for.
     *
     * @return the id that {@link EventProcedures#CALLBACK_REGISTER_ANY} gave
     */
    int callbackID();

    /**
     * The guest, with the id it had at that time.
     *
     * @return the guest
     */
    NonnullDomain dom();
}
