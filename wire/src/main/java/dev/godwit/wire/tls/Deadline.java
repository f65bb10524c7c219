package dev.godwit.wire.tls;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes something when what was to happen with it takes too long. */
public final class Deadline {

    private final CountDownLatch met = new CountDownLatch(1);
    private volatile boolean over;

    private Deadline() {}

    /**
     * A deadline that runs from now on.
     *
     * @param resource closed when the time is over
     * @param limit    how long to wait
     * @return to be told when it is met
     */
    public static Deadline closing(Closeable resource, Duration limit) {
        Deadline deadline = new Deadline();
        Thread.ofVirtual().name("deadline").start(() -> {
            try {
                if (!deadline.met.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                    deadline.over = true;
                    resource.close();
                }
            } catch (IOException | InterruptedException _) {
                // Closed all the same; nobody interrupts this thread.
            }
        });
        return deadline;
    }

    /** It happened. */
    public void met() {
        met.countDown();
    }

    /** Whether the time was over before that. */
    public boolean isOver() {
        return over;
    }
}
