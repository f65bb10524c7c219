package dev.godwit.guest;

import java.time.Duration;

/** How long is waited between two attempts at something that has to be done in the end: longer each time, up to a bound. */
final class Pauses {

    /** Before the second attempt. */
    static final Duration FIRST = Duration.ofSeconds(1);

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Pauses() {}

    /** The pause after one: twice as long, or the longest there is. */
    static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    }
}
