package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.CONNECT_READ;
import static dev.godwit.wire.remote.Permission.CONNECT_SEARCH_DOMAINS;
import static dev.godwit.wire.remote.Procedure.call;

import java.util.Optional;

/**
 * Asking for events. The messages that then arrive are in {@link DomainEvents}, the older ones without callback ids in
 * {@link PlainDomainEvents}.
 *
 * <p>Registrations end with the connection.
 */
public final class EventProcedures {

    /**
     * Asks for one kind of event ({@link Event#eventId()}), of one guest or of all. Each registration gets
     * messages of its own, which carry its {@code callbackID}.
     */
    public static final Procedure<CallbackRegisterAnyArgs, CallbackRegisterAnyRet> CALLBACK_REGISTER_ANY =
            call(316, CallbackRegisterAnyArgs.class, CallbackRegisterAnyRet.class)
                    .api("virConnectDomainEventRegisterAny").allow(CONNECT_SEARCH_DOMAINS).readOnlyAllowed()
                    .priority();

    /** Ends a registration. */
    public static final Procedure<CallbackDeregisterAnyArgs, Nothing> CALLBACK_DEREGISTER_ANY =
            call(317, CallbackDeregisterAnyArgs.class, Nothing.class)
                    .api("virConnectDomainEventDeregisterAny").allow(CONNECT_READ).readOnlyAllowed()
                    .priority();

    /** The oldest form: lifecycle events only. */
    public static final Procedure<Nothing, RegisterRet> REGISTER =
            call(105, Nothing.class, RegisterRet.class).api("virConnectDomainEventRegister")
                    .allow(CONNECT_SEARCH_DOMAINS).readOnlyAllowed().priority();

    /** Ends {@link #REGISTER}. */
    public static final Procedure<Nothing, DeregisterRet> DEREGISTER =
            call(106, Nothing.class, DeregisterRet.class).api("virConnectDomainEventDeregister")
                    .allow(CONNECT_READ).readOnlyAllowed().priority();

    /** The older form: one registration a kind and connection, messages without callback ids. */
    public static final Procedure<RegisterAnyArgs, Nothing> REGISTER_ANY =
            call(167, RegisterAnyArgs.class, Nothing.class).api("virConnectDomainEventRegisterAny")
                    .allow(CONNECT_SEARCH_DOMAINS).readOnlyAllowed().priority();

    /** Ends {@link #REGISTER_ANY}. */
    public static final Procedure<DeregisterAnyArgs, Nothing> DEREGISTER_ANY =
            call(168, DeregisterAnyArgs.class, Nothing.class).api("virConnectDomainEventDeregisterAny")
                    .allow(CONNECT_READ).readOnlyAllowed().priority();

    // @formatter:off
    public record CallbackRegisterAnyArgs(int eventID, Optional<NonnullDomain> dom) {}
    public record CallbackRegisterAnyRet(int callbackID) {}
    public record CallbackDeregisterAnyArgs(int callbackID) {}
    public record RegisterRet(int cbRegistered) {}
    public record DeregisterRet(int cbRegistered) {}
    public record RegisterAnyArgs(int eventID) {}
    public record DeregisterAnyArgs(int eventID) {}
    // @formatter:on

    private EventProcedures() {}
}
