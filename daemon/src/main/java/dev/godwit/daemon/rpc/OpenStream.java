package dev.godwit.daemon.rpc;

import dev.godwit.wire.frame.Frame;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The daemon's end of a stream. */
interface OpenStream {

    /** Begins to move bytes; the call's reply has been sent. */
    void start();

    /** Takes a message of the client. Waits for a while when the stream is slow; that is the flow control. */
    void take(Frame message);

    /** Ends it without a word to the client. */
    void close();

    /**
     * Memory for the payload of the next message; never waits.
     *
     * @param size in bytes
     * @return nothing where a buffer of the heap will do
     */
    default Optional<ByteBuffer> memory(int size) {
        return Optional.empty();
    }
}
