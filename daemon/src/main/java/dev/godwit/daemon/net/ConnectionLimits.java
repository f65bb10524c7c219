package dev.godwit.daemon.net;

/**
 * How much one connection may ask for.
 *
 * @param callsAtOnce       calls that run at the same time; priority calls have as many again
 * @param keepaliveInterval seconds of silence before the client is asked whether it is there; 0 or less for never
 * @param keepaliveCount    how many such questions may stay unanswered
 */
public record ConnectionLimits(int callsAtOnce, int keepaliveInterval, int keepaliveCount) {}
