package dev.godwit.daemon.net;

import java.time.Duration;

/**
 * Decides when a silent client is asked and when it is given up: after {@code interval} of silence a PING, after
 * {@code count} of them without any message the connection is dead, that is {@code interval × (count + 1)} after the
 * last message. Any message counts as a sign of life.
 *
 * <p>Arithmetic only; the caller has the clock and sends the messages.
 */
final class Keepalive {

    /** What is to be done now. */
    enum Step {
        /** Nothing yet. */
        WAIT,
        /** Ask whether the client is there. */
        PING,
        /** It is not. */
        DEAD
    }

    private final long intervalNanos;
    private final int count;
    private boolean started;
    private long lastSign;
    private int unanswered;

    /**
     * A keepalive that has not begun: a server asks only clients that said they know how to answer.
     *
     * @param interval seconds of silence before a PING; 0 or less never asks
     * @param count    how many may stay unanswered
     */
    Keepalive(int interval, int count) {
        this.intervalNanos = interval <= 0 ? 0 : Duration.ofSeconds(interval).toNanos();
        this.count = count;
    }

    /** The client knows keepalive: asking may begin. */
    synchronized void start(long now) {
        if (!started) {
            started = true;
            lastSign = now;
        }
    }

    /** A message came, of whatever kind. */
    synchronized void received(long now) {
        lastSign = now;
        unanswered = 0;
    }

    /** What is to be done at a time; called about once a second. */
    synchronized Step step(long now) {
        if (!started || intervalNanos == 0 || now - lastSign < intervalNanos * (unanswered + 1)) {
            return Step.WAIT;
        }
        if (unanswered >= count) {
            return Step.DEAD;
        }
        unanswered++;
        return Step.PING;
    }
}
