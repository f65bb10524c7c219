package dev.godwit.client;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.AuthType;
import dev.godwit.wire.remote.Nothing;
import java.util.List;

/** Proves who we are, in the way the host asks for (procedures 66 to 70). */
final class Authentication {

    private Authentication() {}

    static void authenticate(Connection connection, ConnectUri uri) {
        List<Integer> offered = connection.call(AuthProcedures.LIST, new Nothing()).types();
        if (offered.isEmpty()) {
            return;
        }
        int chosen = uri.parameter("auth").map(word -> wanted(word, offered)).orElse(offered.getFirst());
        if (chosen == AuthType.NONE) {
            return;
        }
        if (chosen == AuthType.POLKIT) {
            connection.call(AuthProcedures.POLKIT, new Nothing());
            return;
        }
        throw new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.REMOTE, connection.peer() + " asks for "
                + (chosen == AuthType.SASL ? "SASL" : "authentication type " + chosen)
                + ", which this release of Godwit does not have").at(connection.peer());
    }

    private static int wanted(String word, List<Integer> offered) {
        int type = switch (word) {
            case "none" -> AuthType.NONE;
            case "polkit" -> AuthType.POLKIT;
            case String sasl when sasl.equals("sasl") || sasl.startsWith("sasl.") -> AuthType.SASL;
            default -> throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI,
                    "auth '" + word + "' is none of none, sasl, polkit");
        };
        if (!offered.contains(type)) {
            throw new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.REMOTE,
                    "requested authentication type " + word + " rejected");
        }
        return type;
    }
}
