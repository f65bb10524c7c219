package dev.godwit.client.dial;

import java.io.IOException;

/** One of the two sides does not accept who the other is. The message is for whoever set up the credentials. */
public final class PeerRefusedException extends IOException {

    /**
     * A refusal.
     *
     * @param message who does not accept whom, with which credentials, and why
     * @param cause   what was noticed
     */
    public PeerRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
