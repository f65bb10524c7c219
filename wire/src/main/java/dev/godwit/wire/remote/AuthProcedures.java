package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Chars;
import dev.godwit.wire.xdr.Opaque;
import java.util.List;

/**
 * How a client proves who it is, before anything else on the connection.
 *
 * <p>Data travels as {@code char<>}, a word for each byte, because that is how the protocol declares it.
 */
public final class AuthProcedures {

    /**
     * The ways of authentication the server offers on this socket, see {@link AuthType}. An empty list means
     * none is needed; stock daemons name exactly one.
     */
    public static final Procedure<Nothing, ListRet> LIST =
            call(66, Nothing.class, ListRet.class).readOnlyAllowed().priority();

    /** The SASL mechanisms, separated by commas or spaces. */
    public static final Procedure<Nothing, SaslInitRet> SASL_INIT =
            call(67, Nothing.class, SaslInitRet.class).readOnlyAllowed().priority();

    /** Chooses a mechanism. {@code nil} 1 says that there is no data, which is not the same as empty data. */
    public static final Procedure<SaslStartArgs, SaslRet> SASL_START =
            call(68, SaslStartArgs.class, SaslRet.class).readOnlyAllowed().priority();

    /** Goes on with the mechanism. {@code complete} 1 ends the server's side. */
    public static final Procedure<SaslStepArgs, SaslRet> SASL_STEP =
            call(69, SaslStepArgs.class, SaslRet.class).readOnlyAllowed().priority();

    /** Asks polkit about the process at the other end of a Unix socket. */
    public static final Procedure<Nothing, PolkitRet> POLKIT =
            call(70, Nothing.class, PolkitRet.class).readOnlyAllowed().priority();

    // @formatter:off
    public record ListRet(@AtMost(20) List<Integer> types) {}
    public record SaslInitRet(String mechlist) {}
    public record SaslStartArgs(String mech, int nil, @Chars @AtMost(Limits.SASL_DATA) Opaque data) {}
    public record SaslRet(int complete, int nil, @Chars @AtMost(Limits.SASL_DATA) Opaque data) {}
    public record SaslStepArgs(int nil, @Chars @AtMost(Limits.SASL_DATA) Opaque data) {}
    public record PolkitRet(int complete) {}
    // @formatter:on

    private AuthProcedures() {}
}
