package dev.godwit.lab.host;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something another process does, and says what was waited for when it never came. */
public final class Await {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private Await() {}

    /**
     * Waits until the condition holds.
     *
     * @param what what is waited for, for the failure's text
     * @param limit how long at most
     * @param condition looked at every 20 ms
     * @throws AssertionError if it did not hold in time
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        value(what, limit, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /**
     * Waits until the condition holds.
     *
     * @param what what is waited for, said anew when it never came
     * @param limit how long at most
     * @param condition looked at every 20 ms
     * @throws AssertionError if it did not hold in time
     */
    public static void until(Supplier<String> what, Duration limit, BooleanSupplier condition) {
        try {
            until("", limit, condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + what.get(), e);
        }
    }

    /**
     * Waits until there is a value.
     *
     * @param <T> the value's type
     * @param what what is waited for, for the failure's text
     * @param limit how long at most
     * @param source asked every 20 ms
     * @return the value
     * @throws AssertionError if none came in time
     */
    public static <T> T value(String what, Duration limit, Supplier<Optional<T>> source) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> value = source.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Not within " + limit.toMillis() + " ms: " + what);
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted while waiting: " + what, e);
            }
        }
    }
}
