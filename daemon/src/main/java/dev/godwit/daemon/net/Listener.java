package dev.godwit.daemon.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/** A socket on which clients arrive. */
public interface Listener extends AutoCloseable {

    /**
     * Waits for a client.
     *
     * @return its socket, in blocking mode
     * @throws IOException when the listener is closed, or nothing can be accepted at the moment
     */
    SocketChannel accept() throws IOException;

    /**
     * Finds out who a client is, and makes the channel for its messages. Called on a thread of the client's own, and may
     * take as long as a handshake; closing the socket ends it.
     *
     * @param client what {@link #accept} gave
     * @return the client
     * @throws IOException when no conversation comes about; the message says why. The caller closes the socket
     */
    Arrival arrive(SocketChannel client) throws IOException;

    /** Where it listens. */
    SocketAddress address();

    /** Whether it listens. */
    boolean isOpen();

    @Override
    void close();
}
