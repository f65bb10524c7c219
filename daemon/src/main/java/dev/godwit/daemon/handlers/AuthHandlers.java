package dev.godwit.daemon.handlers;

import dev.godwit.daemon.access.AuthMethod;
import dev.godwit.daemon.access.Login;
import dev.godwit.daemon.access.SaslService;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.AuthProcedures.SaslRet;
import dev.godwit.wire.remote.AuthType;
import dev.godwit.wire.xdr.Opaque;
import java.util.List;
import java.util.Optional;

/** A client proves who it is. Whatever it does wrong, it hears the same: what was wrong is for our log. */
final class AuthHandlers {

    private final SaslService sasl;

    /**
     * Handlers.
     *
     * @param sasl how clients can log in
     */
    AuthHandlers(SaslService sasl) {
        this.sasl = sasl;
    }

    void addTo(Handlers handlers) {
        handlers.beforeLogin(AuthProcedures.LIST, (session, _) -> new AuthProcedures.ListRet(
                List.of(session.login().method() == AuthMethod.SASL ? AuthType.SASL : AuthType.NONE)));
        handlers.beforeLogin(AuthProcedures.SASL_INIT, (session, _) -> new AuthProcedures.SaslInitRet(
                session.login().offer(sasl).orElseThrow(AuthHandlers::failed)));
        handlers.beforeLogin(AuthProcedures.SASL_START, (session, args) -> answer(session,
                session.login().start(sasl, args.mech(), data(args.nil(), args.data()))));
        handlers.beforeLogin(AuthProcedures.SASL_STEP, (session, args) -> answer(session,
                session.login().next(sasl, data(args.nil(), args.data()))));
        handlers.beforeLogin(AuthProcedures.POLKIT, (_, _) -> {
            throw failed();
        });
    }

    private static SaslRet answer(Session session, Login.Step step) {
        return switch (step) {
            case Login.Step.Challenge(byte[] challenge) -> new SaslRet(0, 0, Opaque.of(challenge));
            case Login.Step.In(Optional<byte[]> last) ->
                    new SaslRet(1, last.isEmpty() ? 1 : 0, Opaque.of(last.orElseGet(() -> new byte[0])));
            case Login.Step.Refused(boolean forGood) -> {
                if (forGood) {
                    session.peer().closeAfterSending();
                }
                throw failed();
            }
        };
    }

    /** No data and empty data are two different things to SASL. */
    private static Optional<byte[]> data(int nil, Opaque data) {
        return nil != 0 ? Optional.empty() : Optional.of(data.toByteArray());
    }

    private static VirtException failed() {
        return new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.RPC, "authentication failed");
    }
}
