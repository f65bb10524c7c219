package dev.godwit.daemon.net;

import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the connections of all listeners and lets no more in than there may be: not in all, and not of those who have
 * not yet proved who they are.
 */
public final class Admission {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final int most;
    private final int mostUnknown;
    private int inside;
    private int unknown;
    private boolean closed;

    /**
     * A gate.
     *
     * @param most        connections at the same time
     * @param mostUnknown of these, who have not proved yet who they are
     */
    public Admission(int most, int mostUnknown) {
        this.most = most;
        this.mostUnknown = mostUnknown;
    }

    /** A connection that was let in. */
    final class Pass implements AutoCloseable {

        private boolean known;

        /** It has proved who it is, or need not. */
        void known() {
            lock.lock();
            try {
                if (!known) {
                    known = true;
                    unknown--;
                    left.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        /** It has left. */
        @Override
        public void close() {
            lock.lock();
            try {
                known();
                inside--;
                left.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Waits until one more may come in.
     *
     * @return empty when the gate has been closed
     */
    Optional<Pass> enter() {
        lock.lock();
        try {
            while ((inside >= most || unknown >= mostUnknown) && !closed) {
                left.awaitUninterruptibly();
            }
            if (closed) {
                return Optional.empty();
            }
            inside++;
            unknown++;
            return Optional.of(new Pass());
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
