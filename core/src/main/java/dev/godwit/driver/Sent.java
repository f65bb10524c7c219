package dev.godwit.driver;

/**
 * What the source says at the end of PERFORM: the guest is paused and all of it has been sent.
 *
 * @param cookie for the destination's FINISH
 */
public record Sent(Cookie cookie) {

    /** Nothing was sent; what a destination is told together with {@link Verdict#CANCEL}. */
    public static final Sent NOTHING = new Sent(Cookie.NONE);
}
