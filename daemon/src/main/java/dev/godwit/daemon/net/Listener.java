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

    /** What is known about a client that has just come in. */
    Door door(SocketChannel client);

    /** Where it listens. */
    SocketAddress address();

    /** Whether it listens. */
    boolean isOpen();

    @Override
    void close();
}
