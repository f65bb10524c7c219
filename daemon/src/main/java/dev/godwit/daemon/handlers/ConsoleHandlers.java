package dev.godwit.daemon.handlers;

import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Consoles;
import dev.godwit.wire.remote.ConsoleProcedures;

/** A guest's console as a stream. */
final class ConsoleHandlers {

    private static final int FORCE = 1;
    private static final int SAFE = 2;

    void addTo(Handlers handlers) {
        handlers.onStream(ConsoleProcedures.OPEN_CONSOLE, (session, args, stream) -> {
            // SAFE asks that two clients never share a console; here they never do.
            int flags = session.checkFlags(ConsoleProcedures.OPEN_CONSOLE, args.flags(), FORCE | SAFE);
            Consoles consoles = session.hypervisor().session().facet(Consoles.class).orElseThrow(() ->
                    new VirtException(ErrorCode.NO_SUPPORT, session.hypervisor().errors(), "virDomainOpenConsole"));
            stream.accept(consoles.open(WireForms.ref(args.dom()), args.devName(), (flags & FORCE) != 0));
            return NOTHING;
        });
    }
}
