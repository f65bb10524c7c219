package dev.godwit.guest;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The part of an outgoing migration in which a thread is sending. Whoever wants it to end says so here; the thread that sends
 * carries it out, so that nobody else touches the guest meanwhile.
 *
 * <p>Attached to the {@link MigrationJob}.
 */
public final class Transfer {

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as everything below. */
    private boolean sending;
    private boolean abandoned;
    private boolean cancelled;
    private boolean forbidden;
    private Optional<Runnable> stop = Optional.empty();
    private Object kept;

    private Transfer() {}

    /** The transfer of a job; made when there is none. */
    public static Transfer of(MigrationJob job) {
        return job.attachment(Transfer.class).orElseGet(() -> {
            Transfer made = new Transfer();
            job.attach(made);
            return made;
        });
    }

    /**
     * The calling thread begins to send.
     *
     * @param stopper wakes this thread when the transfer is to end; called at most once, by the thread that wants it
     * @return false when the one who drove is gone already, or somebody sends already
     */
    public boolean enter(Runnable stopper) {
        lock.lock();
        try {
            if (abandoned || sending) {
                return false;
            }
            sending = true;
            cancelled = forbidden;
            stop = Optional.of(stopper);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The calling thread has ended sending, well or not.
     *
     * @return whether the one who drove is gone, so that nobody will say how to go on
     */
    public boolean leave() {
        lock.lock();
        try {
            sending = false;
            stop = Optional.empty();
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps something of the transfer for CONFIRM. */
    public void keep(Object what) {
        lock.lock();
        try {
            kept = what;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What was kept.
     *
     * @param type the type it has
     * @return empty when nothing of that type was kept
     */
    public <T> Optional<T> kept(Class<T> type) {
        lock.lock();
        try {
            return Optional.ofNullable(type.isInstance(kept) ? type.cast(kept) : null);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the transfer is to be given up. */
    public boolean cancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    /** Wants it given up. Does nothing when nobody sends. */
    public void cancel() {
        Optional<Runnable> stopper;
        lock.lock();
        try {
            if (!sending || cancelled) {
                return;
            }
            cancelled = true;
            stopper = stop;
        } finally {
            lock.unlock();
        }
        stopper.ifPresent(Runnable::run);
    }

    /** Wants it not to begin: a thread that sends finds it cancelled from the start. Does nothing when one sends already. */
    public void forbid() {
        lock.lock();
        try {
            forbidden = true;
        } finally {
            lock.unlock();
        }
        cancel();
    }

    /**
     * The one who drove is gone.
     *
     * @return true when a thread is sending, which will see to it; false when the caller must
     */
    public boolean abandon() {
        boolean somebodySends;
        lock.lock();
        try {
            abandoned = true;
            somebodySends = sending;
        } finally {
            lock.unlock();
        }
        cancel();
        return somebodySends;
    }
}
