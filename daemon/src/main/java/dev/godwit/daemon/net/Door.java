package dev.godwit.daemon.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * How a client came in.
 *
 * @param name     who and whence, for logs
 * @param way      what the way it came tells about it
 * @param readOnly whether by the socket that is for reading only
 * @param refusal  why it is not let in; such a client gets one answer, which says so
 * @param reached  the address of this host under which it came; empty for a client of this host
 */
public record Door(
        String name, Way way, boolean readOnly, Optional<String> refusal, Optional<InetSocketAddress> reached) {

    /**
     * The door of a client of which nobody asks under which address it came.
     *
     * @param name     who and whence, for logs
     * @param way      what the way it came tells about it
     * @param readOnly whether by the socket that is for reading only
     * @param refusal  why it is not let in
     */
    public Door(String name, Way way, boolean readOnly, Optional<String> refusal) {
        this(name, way, readOnly, refusal, Optional.empty());
    }

    /** The same door, with the address under which a client over TCP came. */
    Door reachedBy(SocketChannel client) throws IOException {
        return new Door(name, way, readOnly, refusal, client.getLocalAddress() instanceof InetSocketAddress address
                ? Optional.of(address) : Optional.empty());
    }
}
