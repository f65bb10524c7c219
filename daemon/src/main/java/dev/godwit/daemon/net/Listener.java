package dev.godwit.daemon.net;

import java.io.IOException;
import java.net.SocketAddress;

/** A socket on which clients arrive. */
public interface Listener extends AutoCloseable {

    /**
     * Waits for a client.
     *
     * @return the client, of whom nothing is known yet
     * @throws IOException when the listener is closed, or nothing can be accepted at the moment
     */
    Knock accept() throws IOException;

    /** Where it listens. */
    SocketAddress address();

    /** Whether it listens. */
    boolean isOpen();

    @Override
    void close();
}
