package dev.godwit.wire.rpc;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.rpc.ConnectionLostException.Reason;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Brings events to the listener, in order, on a thread of its own. */
final class EventThread {

    /** How far a listener may be behind. Beyond that something is wrong with it, and memory has an end. */
    static final int LIMIT = 65_536;

    private sealed interface Item {

        record Event(Frame frame) implements Item {}

        record Closed(ConnectionLostException loss) implements Item {}
    }

    private static final System.Logger LOG = System.getLogger(EventThread.class.getName());

    private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
    private final RpcListener listener;

    EventThread(Thread.Builder thread, RpcListener listener) {
        this.listener = listener;
        thread.start(this::run);
    }

    /** Called by the reader; never waits. */
    void add(Frame frame) throws ConnectionLostException {
        if (queue.size() >= LIMIT) {
            throw new ConnectionLostException(
                    Reason.ERROR, "The listener is " + LIMIT + " events behind", null);
        }
        queue.add(new Item.Event(frame));
    }

    /** Ends the thread after all events before. */
    void close(ConnectionLostException loss) {
        queue.add(new Item.Closed(loss));
    }

    private void run() {
        while (true) {
            Item item;
            try {
                item = queue.take();
            } catch (InterruptedException e) {
                // A listener interrupted its own thread; it ends with the connection and not before.
                continue;
            }
            try {
                switch (item) {
                    case Item.Event event -> listener.event(event.frame());
                    case Item.Closed closed -> {
                        listener.closed(closed.loss());
                        return;
                    }
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "Listener failed", e);
                if (item instanceof Item.Closed) {
                    return;
                }
            }
        }
    }
}
