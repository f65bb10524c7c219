package dev.godwit.driver.simulated;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Something a thread waits for, up to a time, and another one raises. */
final class Signal {

    private final Semaphore raised = new Semaphore(0);

    void raise() {
        raised.release();
    }

    /** Returns when it was raised, when the time has passed, or at once and still interrupted when the thread was. */
    void await(long nanos) {
        try {
            if (raised.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                raised.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
