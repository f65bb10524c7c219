package dev.godwit.daemon.handlers;

import static dev.godwit.daemon.rpc.WireForms.ref;
import static dev.godwit.daemon.rpc.WireForms.wire;
import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.driver.CreateFlag;
import dev.godwit.driver.DefineFlag;
import dev.godwit.driver.DestroyFlag;
import dev.godwit.driver.Guests;
import dev.godwit.driver.ShutdownFlag;
import dev.godwit.driver.UndefineFlag;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainRet;
import java.util.Set;

/** The life of a guest: found, defined, started, stopped, forgotten. */
final class DomainLifecycleHandlers {

    void addTo(Handlers handlers) {
        find(handlers);
        define(handlers);
        start(handlers);
        run(handlers);
        stop(handlers);
    }

    private static void find(Handlers handlers) {
        handlers.on(DomainProcedures.LOOKUP_BY_ID, (session, args) ->
                new DomainRet(wire(guests(session).byId(args.id()))));
        handlers.on(DomainProcedures.LOOKUP_BY_NAME, (session, args) ->
                new DomainRet(wire(guests(session).byName(args.name()))));
        handlers.on(DomainProcedures.LOOKUP_BY_UUID, (session, args) ->
                new DomainRet(wire(guests(session).byUuid(args.uuid()))));
    }

    private static void define(Handlers handlers) {
        handlers.on(DomainProcedures.DEFINE_XML, (session, args) ->
                new DomainRet(wire(guests(session).define(args.xml(), Set.of()))));
        handlers.on(DomainProcedures.DEFINE_XML_FLAGS, (session, args) ->
                new DomainRet(wire(guests(session).define(args.xml(),
                        session.flags(DomainProcedures.DEFINE_XML_FLAGS, DefineFlag.class, args.flags())))));
        handlers.on(DomainProcedures.UNDEFINE, (session, args) -> {
            guests(session).undefine(ref(args.dom()), Set.of());
            return NOTHING;
        });
        handlers.on(DomainProcedures.UNDEFINE_FLAGS, (session, args) -> {
            guests(session).undefine(ref(args.dom()),
                    session.flags(DomainProcedures.UNDEFINE_FLAGS, UndefineFlag.class, args.flags()));
            return NOTHING;
        });
        handlers.on(DomainProcedures.SET_AUTOSTART, (session, args) -> {
            guests(session).autostart(ref(args.dom()), args.autostart() != 0);
            return NOTHING;
        });
    }

    private static void start(Handlers handlers) {
        handlers.on(DomainProcedures.CREATE_XML, (session, args) ->
                new DomainRet(wire(guests(session).create(args.xmlDesc(),
                        session.flags(DomainProcedures.CREATE_XML, CreateFlag.class, args.flags()), session))));
        handlers.on(DomainProcedures.CREATE, (session, args) -> {
            guests(session).start(ref(args.dom()), Set.of(), session);
            return NOTHING;
        });
        handlers.on(DomainProcedures.CREATE_WITH_FLAGS, (session, args) ->
                new DomainRet(wire(guests(session).start(ref(args.dom()),
                        session.flags(DomainProcedures.CREATE_WITH_FLAGS, CreateFlag.class, args.flags()), session))));
    }

    private static void run(Handlers handlers) {
        handlers.on(DomainProcedures.SUSPEND, (session, args) -> {
            guests(session).suspend(ref(args.dom()));
            return NOTHING;
        });
        handlers.on(DomainProcedures.RESUME, (session, args) -> {
            guests(session).resume(ref(args.dom()));
            return NOTHING;
        });
        handlers.on(DomainProcedures.REBOOT, (session, args) -> {
            guests(session).reboot(ref(args.dom()),
                    session.flags(DomainProcedures.REBOOT, ShutdownFlag.class, args.flags()));
            return NOTHING;
        });
        handlers.on(DomainProcedures.RESET, (session, args) -> {
            session.checkFlags(DomainProcedures.RESET, args.flags(), 0);
            guests(session).reset(ref(args.dom()));
            return NOTHING;
        });
    }

    private static void stop(Handlers handlers) {
        handlers.on(DomainProcedures.SHUTDOWN, (session, args) -> {
            guests(session).shutdown(ref(args.dom()), Set.of());
            return NOTHING;
        });
        handlers.on(DomainProcedures.SHUTDOWN_FLAGS, (session, args) -> {
            guests(session).shutdown(ref(args.dom()),
                    session.flags(DomainProcedures.SHUTDOWN_FLAGS, ShutdownFlag.class, args.flags()));
            return NOTHING;
        });
        handlers.on(DomainProcedures.DESTROY, (session, args) -> {
            guests(session).destroy(ref(args.dom()), Set.of());
            return NOTHING;
        });
        handlers.on(DomainProcedures.DESTROY_FLAGS, (session, args) -> {
            guests(session).destroy(ref(args.dom()),
                    session.flags(DomainProcedures.DESTROY_FLAGS, DestroyFlag.class, args.flags()));
            return NOTHING;
        });
    }

    private static Guests guests(Session session) {
        return session.facet(Guests.class);
    }
}
