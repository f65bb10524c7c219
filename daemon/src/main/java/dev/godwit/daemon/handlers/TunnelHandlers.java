package dev.godwit.daemon.handlers;

import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.TunnelKeys;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.TunnelProcedures;

/** A tunnel gets a connection of its own: from then on the hypervisors speak over it, and this daemon does not. */
final class TunnelHandlers {

    private final TunnelKeys keys;

    /**
     * Handlers of a daemon.
     *
     * @param keys its tunnels
     */
    TunnelHandlers(TunnelKeys keys) {
        this.keys = keys;
    }

    void addTo(Handlers handlers) {
        handlers.on(TunnelProcedures.KEY, (session, _) -> new TunnelProcedures.KeyRet(keys.keyFor(session)));
        handlers.beforeOpen(TunnelProcedures.JOIN, (session, args) -> {
            keys.join(args.key(), session.peer().bareSocket().orElseThrow(() -> new VirtException(ErrorCode.OPERATION_INVALID,
                    ErrorDomain.STREAMS, "only a connection over TCP without encryption can be a tunnel's own")));
            // The receiver has it now. What is closed here stays open there.
            session.peer().closeAfterSending();
            return NOTHING;
        });
    }
}
