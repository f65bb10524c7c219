package dev.godwit.daemon.net;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The events that one client has not been sent yet. Bounded: a client that does not read must cost a guest no time
 * and the daemon little memory.
 */
final class EventQueue {

    private static final int MOST_EVENTS = 10_000;
    private static final long MOST_BYTES = 4 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Frame> waiting = new ArrayDeque<>();
    private final FrameWriter writer;
    private final Runnable overflow;
    private long bytes;
    private boolean draining;
    private boolean closed;

    /**
     * A queue in front of a connection's writer.
     *
     * @param writer   takes the events in their order
     * @param overflow called once when too many wait; must not block
     */
    EventQueue(FrameWriter writer, Runnable overflow) {
        this.writer = writer;
        this.overflow = overflow;
    }

    /** Adds an event. Never waits. */
    void add(Frame event) {
        boolean tooMany = false;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (waiting.size() >= MOST_EVENTS || bytes + event.length() > MOST_BYTES) {
                tooMany = true;
                closed = true;
                waiting.clear();
            } else {
                waiting.add(event);
                bytes += event.length();
                if (!draining) {
                    draining = true;
                    Thread.ofVirtual().name("events").start(this::drain);
                }
            }
        } finally {
            lock.unlock();
        }
        if (tooMany) {
            overflow.run();
        }
    }

    /** Forgets what waits and takes nothing more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    private void drain() {
        try {
            for (Frame event = next(); event != null; event = next()) {
                writer.write(event);
            }
        } catch (IOException _) {
            close(); // the connection has ended
        } catch (InterruptedException _) {
            close();
            Thread.currentThread().interrupt();
        }
    }

    private Frame next() {
        lock.lock();
        try {
            Frame event = waiting.poll();
            if (event == null) {
                draining = false;
            } else {
                bytes -= event.length();
            }
            return event;
        } finally {
            lock.unlock();
        }
    }
}
