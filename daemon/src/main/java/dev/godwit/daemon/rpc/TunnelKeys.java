package dev.godwit.daemon.rpc;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.TunnelProcedures;
import dev.godwit.wire.xdr.Opaque;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tunnels of a daemon that may get a connection of their own, each under a key that is good for once. */
public final class TunnelKeys {

    private final SecureRandom random;
    private final boolean given;
    /** One a client at most, so that nobody who asks again and again makes the daemon keep more. */
    private final Map<Streams, Opaque> keys = new ConcurrentHashMap<>();

    /**
     * None so far.
     *
     * @param random makes the keys
     * @param given  whether anybody is given one
     */
    public TunnelKeys(SecureRandom random, boolean given) {
        this.random = random;
        this.given = given;
    }

    /**
     * Makes a key for the tunnel of a session. A way that is protected has none: the daemon sees to the protection.
     *
     * @param session which has opened it
     * @return good until it is used, another one is made, or the session ends; empty where there is no tunnel that can be joined
     */
    public Opaque keyFor(Session session) {
        if (!given || session.peer().bareSocket().isEmpty() || !session.streams().haveTunnel()) {
            return Opaque.empty();
        }
        byte[] bytes = new byte[TunnelProcedures.KEY_BYTES];
        random.nextBytes(bytes);
        Opaque key = Opaque.of(bytes);
        Streams streams = session.streams();
        if (keys.put(streams, key) == null) {
            session.onClose(() -> keys.remove(streams));
        }
        return key;
    }

    /**
     * Gives a connection to the receiver of a tunnel.
     *
     * @param key        the tunnel's
     * @param connection over TCP, in blocking mode
     * @throws VirtException 55 if there is no such tunnel, or it cannot be joined (any more); or in the receiver's words
     */
    public void join(Opaque key, SocketChannel connection) {
        if (keys.entrySet().stream().noneMatch(entry -> MessageDigest.isEqual(entry.getValue().toByteArray(), key.toByteArray())
                && keys.remove(entry.getKey(), entry.getValue()) && entry.getKey().joinTunnel(connection))) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.STREAMS, "there is no tunnel that can be joined with this key");
        }
    }
}
