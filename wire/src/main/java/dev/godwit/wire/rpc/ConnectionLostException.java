package dev.godwit.wire.rpc;

import java.io.IOException;

/**
 * The connection is gone. What the other side did with calls that it had not answered is unknown.
 */
public final class ConnectionLostException extends IOException {

    private static final long serialVersionUID = 1L;

    /** How it came to that. The order is that of libvirt's numbers for a closed connection. */
    public enum Reason {
        /** Reading or writing failed, or the other side broke the protocol. */
        ERROR,
        /** The other side closed it. */
        END_OF_FILE,
        /** The other side did not answer keepalive. */
        KEEPALIVE,
        /** We closed it. */
        CLIENT
    }

    private final Reason reason;

    /**
     * A lost connection.
     *
     * @param reason  how it came to that
     * @param message the same in words
     * @param cause   what brought it to light, or null
     */
    public ConnectionLostException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The same loss, for one of those who learn of it. */
    ConnectionLostException again() {
        return new ConnectionLostException(reason, getMessage(), this);
    }

    /**
     * How it came to that.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
