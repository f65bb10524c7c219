package dev.godwit.daemon.rpc;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.sasl.SecurityLayer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/** The client at the other end of a connection, as far as calls, events and streams have to do with it. */
public interface Peer {

    /**
     * Sends a message after those sent before. Waits while too many bytes wait for the client to read them.
     *
     * @throws IOException          when the connection has ended
     * @throws InterruptedException when interrupted while waiting
     */
    void send(Frame message) throws IOException, InterruptedException;

    /**
     * Sends a message after those sent before, and never waits. For small ones, of which there are few for what the client
     * itself sends.
     *
     * @throws IOException when the connection has ended
     */
    void sendNow(Frame message) throws IOException;

    /**
     * Sends a message and waits until the operating system has taken it.
     *
     * @throws IOException          when the connection has ended
     * @throws InterruptedException when interrupted while waiting
     */
    void sendThrough(Frame message) throws IOException, InterruptedException;

    /**
     * Sends a message, after which everything on this connection is under a security layer, both ways.
     *
     * @param message the last one without the layer
     * @param layer   the layer
     * @throws IOException when the connection has ended
     */
    void sendAndProtect(Frame message, SecurityLayer layer) throws IOException;

    /**
     * Sends an event, and never waits. A client that leaves thousands unread loses its connection: it would rather
     * know that it missed some.
     */
    void sendEvent(Frame message);

    /** The client knows keepalive: from now on it is asked whether it is there. */
    void startKeepalive();

    /**
     * Asks the client whether it is there at this moment, and waits for the answer. What it sent before proves nothing: it may have
     * lain here for long.
     *
     * @param patience how long it may take to answer
     * @return false when it has not answered, or the connection has ended; true for one that never said that it knows how to answer
     */
    boolean isThere(Duration patience);

    /** Ends the connection once everything sent so far is on its way. */
    void closeAfterSending();

    /** The address of this host under which the client reached it; empty where it did not come over a network. */
    default Optional<InetSocketAddress> reached() {
        return Optional.empty();
    }

    /** The client's own socket, where it came over TCP and nothing is laid over it: what it reads is what was sent. */
    default Optional<SocketChannel> bareSocket() {
        return Optional.empty();
    }

    /** Whether the client came by the socket that is for reading only. */
    boolean cameReadOnly();
}
