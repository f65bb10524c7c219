package dev.godwit.wire.rpc;

import dev.godwit.wire.frame.Frame;

/**
 * Hears what comes unasked. Called in order, by one thread that is there for nothing else: a listener may block
 * and make calls of its own, and delays nothing but later events.
 */
public interface RpcListener {

    /** Hears nothing. */
    RpcListener NONE = new RpcListener() {
        @Override
        public void event(Frame frame) {}
    };

    /**
     * An event.
     *
     * @param frame a message of type MESSAGE; {@code RemoteProtocol.event} knows its body
     */
    void event(Frame frame);

    /**
     * The connection is gone. The last call to the listener.
     *
     * @param loss how it came to that
     */
    default void closed(ConnectionLostException loss) {}
}
