package dev.godwit.cli.migration;

import dev.godwit.domain.VirtException;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something after a time, unless it is closed before. */
final class Deadline implements AutoCloseable {

    private final CountDownLatch over = new CountDownLatch(1);

    /**
     * Starts to wait.
     *
     * @param seconds how long; absent or 0 never does it
     * @param action  what to do; a refusal is as good as nothing, because what it is for goes on all the same
     */
    Deadline(OptionalLong seconds, Runnable action) {
        if (seconds.orElse(0) > 0) {
            Thread.ofVirtual().name("deadline").start(() -> {
                try {
                    if (!over.await(seconds.getAsLong(), TimeUnit.SECONDS)) {
                        action.run();
                    }
                } catch (VirtException e) {
                    System.getLogger(Deadline.class.getName()).log(System.Logger.Level.DEBUG, "Refused", e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    @Override
    public void close() {
        over.countDown();
    }
}
