package dev.godwit.wire.rpc;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.rpc.ConnectionLostException.Reason;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Brings events to the listener, in order, on a thread of its own. */
final class EventThread {

    /** How far a listener may be behind. Beyond that something is wrong with it, and memory has an end. */
    static final int LIMIT = 65_536;

    /** What the listener is told. No pattern switch tells them apart: its first use takes the JDK milliseconds. */
    private sealed interface Item {

        void tell(RpcListener listener);

        boolean isLast();

        record Event(Frame frame) implements Item {
            @Override
            public void tell(RpcListener listener) {
                listener.event(frame);
            }

            @Override
            public boolean isLast() {
                return false;
            }
        }

        record Closed(ConnectionLostException loss) implements Item {
            @Override
            public void tell(RpcListener listener) {
                listener.closed(loss);
            }

            @Override
            public boolean isLast() {
                return true;
            }
        }
    }

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
                item.tell(listener);
            } catch (RuntimeException e) {
                // Asked for only here: the first logger of a process takes milliseconds, and most listeners never fail.
                System.getLogger(EventThread.class.getName()).log(System.Logger.Level.WARNING, "Listener failed", e);
            }
            if (item.isLast()) {
                return;
            }
        }
    }
}
