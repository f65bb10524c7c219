package dev.godwit.client.dial;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/** A way to a host. May be used again and again, each time for a connection of its own. */
public interface Dialer {

    /**
     * Connects.
     *
     * @return a channel in blocking mode, one thread of which may read while another writes; the caller closes it
     * @throws java.io.InterruptedIOException if interrupted; the thread's interrupt status is set
     * @throws IOException if the host cannot be reached. The message is the system's, such as "Connection
     *         refused", and names no address: the caller knows it
     */
    ByteChannel dial() throws IOException;
}
