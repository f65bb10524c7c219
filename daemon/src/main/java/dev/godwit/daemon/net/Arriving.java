package dev.godwit.daemon.net;

import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Clients of which nothing is known yet, because they are in the middle of a handshake. When there are too many, the one
 * that has been at it for longest is hung up on: an honest client needs a moment, one that stalls is always the oldest.
 * So clients that stall keep nobody out.
 */
final class Arriving {

    private static final System.Logger LOG = System.getLogger(Arriving.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Knock> clients = new LinkedHashSet<>();
    private final int most;

    /**
     * Nobody yet.
     *
     * @param most how many there may be at the same time
     */
    Arriving(int most) {
        this.most = most;
    }

    /** One more has come. */
    void add(Knock client) {
        Knock oldest = null;
        lock.lock();
        try {
            clients.add(client);
            if (clients.size() > most) {
                oldest = clients.iterator().next();
                clients.remove(oldest);
            }
        } finally {
            lock.unlock();
        }
        if (oldest != null) {
            hangUp(oldest);
        }
    }

    /** One has arrived, or not. */
    void remove(Knock client) {
        lock.lock();
        try {
            clients.remove(client);
        } finally {
            lock.unlock();
        }
    }

    /** Hangs up on all. */
    void close() {
        List<Knock> all;
        lock.lock();
        try {
            all = List.copyOf(clients);
            clients.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(Arriving::hangUp);
    }

    /** Closes what connects a client. */
    static void hangUp(Closeable client) {
        try {
            client.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "A client's channel could not be closed: " + e.getMessage());
        }
    }
}
