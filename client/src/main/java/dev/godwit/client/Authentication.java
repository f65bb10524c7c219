package dev.godwit.client;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.AuthType;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.sasl.SaslChannel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Proves who we are, in the way the host asks for (procedures 66 to 70). */
final class Authentication {

    private Authentication() {}

    /**
     * Goes through with it.
     *
     * @param connection not yet open
     * @param channel    over which a security layer can be laid; empty where the connection is protected already
     * @param uri        where to
     * @param options    whom to ask
     * @throws VirtException if the host does not let us in
     */
    static void authenticate(Connection connection, Optional<SaslChannel> channel, ConnectUri uri,
            ConnectOptions options) {
        List<Integer> offered;
        try {
            offered = switch (uri.effectiveTransport()) {
                // The way itself may ask somebody for a password first.
                case SSH, LIBSSH, LIBSSH2, EXT -> offered(connection);
                case UNIX, TCP, TLS -> connection.soon(() -> offered(connection));
            };
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_SUPPORT)) {
                return; // older than authentication
            }
            throw e;
        }
        if (offered.isEmpty()) {
            return;
        }
        Optional<String> word = uri.parameter("auth").map(text -> text.toLowerCase(Locale.ROOT));
        int chosen = word.map(w -> wanted(w, offered)).orElse(offered.getFirst());
        switch (chosen) {
            case AuthType.NONE -> { }
            case AuthType.POLKIT -> connection.call(AuthProcedures.POLKIT, new Nothing());
            case AuthType.SASL -> new SaslLogin(connection, channel, uri, options, Surroundings.ofThisProcess())
                    .run(word.filter(w -> w.startsWith("sasl.")).map(w -> w.substring("sasl.".length())));
            default -> throw new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.REMOTE,
                    "unsupported authentication type " + chosen).at(connection.peer());
        }
    }

    private static List<Integer> offered(Connection connection) {
        return connection.call(AuthProcedures.LIST, new Nothing()).types();
    }

    private static int wanted(String word, List<Integer> offered) {
        int type = switch (word) {
            case "none" -> AuthType.NONE;
            case "polkit" -> AuthType.POLKIT;
            case String sasl when sasl.equals("sasl") || sasl.startsWith("sasl.") -> AuthType.SASL;
            default -> throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI,
                    "auth '" + word + "' is none of none, sasl, sasl.MECHANISM, polkit");
        };
        if (!offered.contains(type)) {
            throw new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.REMOTE,
                    "requested authentication type " + word + " rejected");
        }
        return type;
    }
}
