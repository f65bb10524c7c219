package dev.godwit.driver;

import java.util.Objects;

/**
 * What a destination says about one migration when it is asked, and what counts from then on.
 *
 * @param answer   whose the guest is
 * @param token    the token under which it was handed over; 0 where it was not
 * @param evidence what the answer rests on, in a sentence for people
 */
public record Standing(Answer answer, long token, String evidence) {

    /** Whose the guest is, as far as a destination can say. */
    public enum Answer {
        /**
         * It was handed over: the destination has written so, and then let it run. It may have ended there since. It must not run at
         * the source any more.
         */
        ARRIVED,
        /** It does not run at the destination by this migration and never will: the destination has written so before it answered. */
        BARRED,
        /** The destination cannot say. The guest stays paused at the source. */
        UNCLEAR
    }

    public Standing {
        Objects.requireNonNull(answer, "answer");
        Objects.requireNonNull(evidence, "evidence");
    }
}
