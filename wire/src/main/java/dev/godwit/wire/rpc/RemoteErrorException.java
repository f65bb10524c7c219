package dev.godwit.wire.rpc;

import dev.godwit.wire.remote.RemoteError;

/** The other side answered with an error. The connection lives on. */
public final class RemoteErrorException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient RemoteError error;

    /**
     * An error from the other side.
     *
     * @param error what it said
     */
    public RemoteErrorException(RemoteError error) {
        super(error.text());
        this.error = error;
    }

    /**
     * What the other side said.
     *
     * @return the error
     */
    public RemoteError error() {
        return error;
    }
}
