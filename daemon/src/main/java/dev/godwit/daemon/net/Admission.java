package dev.godwit.daemon.net;

import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the connections of all listeners and lets no more in than there may be. Of those who must prove who they are,
 * and have not yet, no more are listened to at a time than there may be; they keep nobody else out.
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
     * @param mostUnknown of these, who must prove who they are and have not yet
     */
    public Admission(int most, int mostUnknown) {
        this.most = most;
        this.mostUnknown = mostUnknown;
    }

    /** A connection that was let in. */
    final class Pass implements AutoCloseable {

        private boolean stranger;

        /**
         * It must prove who it is: waits until it may.
         *
         * @return false when the gate has been closed
         */
        boolean stranger() {
            lock.lock();
            try {
                while (unknown >= mostUnknown && !closed) {
                    left.awaitUninterruptibly();
                }
                if (!closed) {
                    stranger = true;
                    unknown++;
                }
                return !closed;
            } finally {
                lock.unlock();
            }
        }

        /** It has proved who it is, or need not. */
        void known() {
            lock.lock();
            try {
                if (stranger) {
                    stranger = false;
                    unknown--;
                    left.signalAll(); // one waits for this, another for something else
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
                left.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Of the connections, who may be unknown; and besides them, who may be in a handshake. */
    int mostUnknown() {
        return mostUnknown;
    }

    /**
     * Waits until one more may come in.
     *
     * @return empty when the gate has been closed
     */
    Optional<Pass> enter() {
        lock.lock();
        try {
            while (inside >= most && !closed) {
                left.awaitUninterruptibly();
            }
            if (closed) {
                return Optional.empty();
            }
            inside++;
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
