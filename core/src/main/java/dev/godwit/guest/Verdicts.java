package dev.godwit.guest;

import dev.godwit.driver.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the last migrations of a host ended, so that a call that is repeated because its answer was lost can be answered the same
 * way. Remembers the last {@value #KEPT} guests.
 *
 * @param <K> what a host knows a guest by when it is asked again
 */
public final class Verdicts<K> {

    private static final int KEPT = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<K, Verdict> last = new LinkedHashMap<>();

    /** Remembers nothing yet. */
    public Verdicts() {}

    /** Remembers a verdict that has been carried out. */
    public void remember(K guest, Verdict verdict) {
        lock.lock();
        try {
            last.remove(guest);
            last.put(guest, verdict);
            if (last.size() > KEPT) {
                last.remove(last.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a guest, because another migration of it begins. */
    public void forget(K guest) {
        lock.lock();
        try {
            last.remove(guest);
        } finally {
            lock.unlock();
        }
    }

    /** The last verdict on a guest. */
    public Optional<Verdict> of(K guest) {
        lock.lock();
        try {
            return Optional.ofNullable(last.get(guest));
        } finally {
            lock.unlock();
        }
    }
}
