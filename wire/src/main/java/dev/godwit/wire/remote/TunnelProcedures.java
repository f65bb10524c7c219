package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Opaque;

/**
 * How a tunnel gets a connection of its own: between daemons of ours, over a way that needs no encryption and no login.
 *
 * <pre>
 *   connection 1   PREPARE with a stream ─► KEY ─► …                                        … ─► end of the stream ─► FINISH
 *   connection 2                               JOIN key ─► from its answer on: the hypervisors'
 * </pre>
 *
 * <p>The second connection goes to the same port as the first. The daemon at the other end gives it to the receiver, the source to
 * the sender, and neither daemon reads another byte of it; the stream stays empty and says with its end what it always says. Of
 * {@link Program#GODWIT}, for the same reason as {@link ResolutionProcedures}, and told from a stock daemon in the same way.
 */
public final class TunnelProcedures {

    /** The length of a key in bytes: nobody guesses one. */
    public static final int KEY_BYTES = 16;

    /** What whoever joins the tunnel that this connection has opened has to show. Empty where it cannot be joined. */
    public static final Procedure<Nothing, KeyRet> KEY =
            call(Program.GODWIT, 6, Nothing.class, KeyRet.class).api("godwitTunnelKey").readOnlyAllowed();

    /**
     * Gives this connection to a receiver; not opened before, and the last call on it. When it is refused the tunnel is as it was.
     * The key proves what the first connection was allowed to do.
     */
    public static final Procedure<JoinArgs, Nothing> JOIN =
            call(Program.GODWIT, 7, JoinArgs.class, Nothing.class).api("godwitTunnelJoin").readOnlyAllowed();

    // @formatter:off
    public record KeyRet(@AtMost(KEY_BYTES) Opaque key) {}
    public record JoinArgs(@AtMost(KEY_BYTES) Opaque key) {}
    // @formatter:on

    private TunnelProcedures() {}
}
