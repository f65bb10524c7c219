package dev.godwit.driver.qemu.qmp;

import java.time.Instant;

/**
 * Hears what QEMU says unasked.
 *
 * <p>Both methods are called on one thread of the connection, one call at a time, in the order in
 * which QEMU spoke. They may give commands and may take their time; events wait. An exception is
 * logged and the next event follows.
 *
 * <p>Events and replies are handed over by different threads: when {@code cont} has returned,
 * {@link QmpEvent.Resume} may still be on its way.
 */
public interface QmpListener {

    /** Hears nothing. */
    QmpListener NONE = (event, at) -> {};

    /**
     * Something happened.
     *
     * @param event what
     * @param at    when, by QEMU's clock, to the microsecond
     */
    void event(QmpEvent event, Instant at);

    /**
     * The monitor is gone. Called once, after the last event.
     *
     * @param why who ended it, with what QEMU's log says
     */
    default void disconnected(QmpException.Disconnected why) {}
}
