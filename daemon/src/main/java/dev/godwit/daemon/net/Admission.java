package dev.godwit.daemon.net;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the connections of all listeners and lets no more in than there may be. */
public final class Admission {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final int most;
    private int inside;
    private boolean closed;

    /**
     * A gate.
     *
     * @param most connections at the same time
     */
    public Admission(int most) {
        this.most = most;
    }

    /**
     * Waits until one more may come in.
     *
     * @return false when the gate has been closed
     */
    boolean enter() {
        lock.lock();
        try {
            while (inside >= most && !closed) {
                left.awaitUninterruptibly();
            }
            if (closed) {
                return false;
            }
            inside++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** One has left. */
    void leave() {
        lock.lock();
        try {
            inside--;
            left.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody in any more. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
