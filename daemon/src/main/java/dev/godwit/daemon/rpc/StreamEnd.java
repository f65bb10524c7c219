package dev.godwit.daemon.rpc;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** How a stream ends: once, by whoever comes first, and that one tells the client. */
final class StreamEnd {

    private static final System.Logger LOG = System.getLogger(StreamEnd.class.getName());

    private final Peer peer;
    private final Header call;
    private final Runnable release;
    private final AtomicBoolean reached = new AtomicBoolean();

    /**
     * The end of a stream that has just begun.
     *
     * @param peer    the client
     * @param call    what opened the stream
     * @param release lets go of what the stream has, and wakes whoever waits for it; run once, by the one who ends it
     */
    StreamEnd(Peer peer, Header call, Runnable release) {
        this.peer = peer;
        this.call = call;
        this.release = release;
    }

    /** Whether the stream has ended. */
    boolean isReached() {
        return reached.get();
    }

    /** Ends it without a word to the client. */
    void close() {
        first();
    }

    /** Ends it as the client wanted, be it finished or broken off. */
    void confirm() {
        if (first()) {
            answer(new Frame(call.stream(MessageStatus.OK)));
        }
    }

    /** Ends it against the client's will. */
    void fail(RemoteError error) {
        if (first()) {
            answer(Frame.of(call.stream(MessageStatus.ERROR), XdrCodec.of(RemoteError.class), error));
        }
    }

    private boolean first() {
        boolean first = reached.compareAndSet(false, true);
        if (first) {
            release.run();
        }
        return first;
    }

    private void answer(Frame message) {
        try {
            peer.send(message);
        } catch (IOException _) {
            LOG.log(System.Logger.Level.DEBUG, "A client left before its stream had ended");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
