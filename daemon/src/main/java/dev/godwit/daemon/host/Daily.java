package dev.godwit.daemon.host;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Something that is done once a day, beginning a day from now. */
public final class Daily implements AutoCloseable {

    private final ScheduledExecutorService executor;

    private Daily(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    /**
     * Begins.
     *
     * @param name   of the thread
     * @param action must not throw
     * @return to be closed
     */
    public static Daily start(String name, Runnable action) {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("daily " + name).factory());
        executor.scheduleWithFixedDelay(action, 1, 1, TimeUnit.DAYS);
        return new Daily(executor);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
