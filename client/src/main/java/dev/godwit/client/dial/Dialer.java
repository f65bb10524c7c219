package dev.godwit.client.dial;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/** A way to a daemon. */
public interface Dialer {

    /**
     * Connects.
     *
     * @return a channel in blocking mode, ready for the first message; belongs to the caller
     * @throws IOException if nobody answers there, with the system's words
     */
    ByteChannel dial() throws IOException;
}
