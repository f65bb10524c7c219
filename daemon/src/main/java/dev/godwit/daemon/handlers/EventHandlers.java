package dev.godwit.daemon.handlers;

import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.event.EventHub;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.wire.remote.EventProcedures;
import dev.godwit.wire.remote.NonnullDomain;

/** Asking for events, in the form with callback ids and in the two older ones. */
final class EventHandlers {

    private static final int LIFECYCLE = 0;

    private final EventHub hub;

    EventHandlers(EventHub hub) {
        this.hub = hub;
    }

    void addTo(Handlers handlers) {
        handlers.on(EventProcedures.CALLBACK_REGISTER_ANY, (session, args) ->
                new EventProcedures.CallbackRegisterAnyRet(
                        hub.register(session, args.eventID(), args.dom().map(NonnullDomain::uuid))));
        handlers.on(EventProcedures.CALLBACK_DEREGISTER_ANY, (session, args) -> {
            hub.deregister(session, args.callbackID());
            return NOTHING;
        });
        handlers.on(EventProcedures.REGISTER, (session, _) -> {
            hub.registerPlain(session, LIFECYCLE);
            return new EventProcedures.RegisterRet(1);
        });
        handlers.on(EventProcedures.DEREGISTER, (session, _) -> {
            hub.deregisterPlain(session, LIFECYCLE);
            return new EventProcedures.DeregisterRet(0);
        });
        handlers.on(EventProcedures.REGISTER_ANY, (session, args) -> {
            hub.registerPlain(session, args.eventID());
            return NOTHING;
        });
        handlers.on(EventProcedures.DEREGISTER_ANY, (session, args) -> {
            hub.deregisterPlain(session, args.eventID());
            return NOTHING;
        });
    }
}
