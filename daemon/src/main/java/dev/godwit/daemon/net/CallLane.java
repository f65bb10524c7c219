package dev.godwit.daemon.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the calls of one connection, so many at a time. More wait in a short queue, so that the reader can go on
 * answering keepalive; when the queue is full the reader waits, and with it the client.
 */
final class CallLane {

    private static final int MOST_WAITING = 64;
    private static final long MOST_WAITING_BYTES = 4 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Deque<Call> waiting = new ArrayDeque<>();
    private final ThreadFactory threads;
    private final int atOnce;
    private long waitingBytes;
    private int running;
    private boolean closed;

    private record Call(Runnable body, int bytes) {}

    /**
     * A lane.
     *
     * @param threads make the threads that calls run on
     * @param atOnce  how many run at the same time
     */
    CallLane(ThreadFactory threads, int atOnce) {
        this.threads = threads;
        this.atOnce = atOnce;
    }

    /**
     * Runs a call as soon as it is its turn. Waits while the queue is full.
     *
     * @param call  must not throw
     * @param bytes how much memory its message holds
     * @return false when the lane is closed; the call does not run then
     */
    boolean submit(Runnable call, int bytes) {
        lock.lock();
        try {
            while (!closed && running >= atOnce
                    && (waiting.size() >= MOST_WAITING
                            || !waiting.isEmpty() && waitingBytes + bytes > MOST_WAITING_BYTES)) {
                room.awaitUninterruptibly();
            }
            if (closed) {
                return false;
            }
            if (running >= atOnce) {
                waiting.add(new Call(call, bytes));
                waitingBytes += bytes;
                return true;
            }
            running++;
        } finally {
            lock.unlock();
        }
        threads.newThread(() -> runFrom(call)).start();
        return true;
    }

    /** Forgets the calls that wait; those that run go on. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void runFrom(Runnable first) {
        Runnable call = first;
        while (call != null) {
            call.run();
            call = next();
        }
    }

    private Runnable next() {
        lock.lock();
        try {
            Call call = waiting.poll();
            if (call == null) {
                running--;
                return null;
            }
            waitingBytes -= call.bytes();
            room.signal();
            return call.body();
        } finally {
            lock.unlock();
        }
    }
}
