package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Event.event;

/** What a daemon tells about the connection itself. */
public final class ConnectEvents {

    /** A proxy daemon lost its own upstream: {@code reason} 0 error, 1 end of file, 2 keepalive, 3 client. */
    public static final Event<ConnectionClosedMsg> CONNECTION_CLOSED = event(362, ConnectionClosedMsg.class);

    /**
     * The body of {@link #CONNECTION_CLOSED}.
     *
     * @param reason why
     */
    public record ConnectionClosedMsg(int reason) {}

    private ConnectEvents() {}
}
