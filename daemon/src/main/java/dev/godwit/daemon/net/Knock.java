package dev.godwit.daemon.net;

import java.io.Closeable;
import java.io.IOException;

/** A client at the door: it is connected, and nothing is known of it. */
public interface Knock extends Closeable {

    /**
     * Finds out who the client is, and makes the channel for its messages. Called on a thread of the client's own, and may
     * take as long as a handshake; {@link #close} ends it.
     *
     * @return the client
     * @throws IOException when no conversation comes about; the message says why. The caller closes the knock
     */
    Arrival arrive() throws IOException;
}
