package dev.godwit.wire.remote;

/** No bytes: the arguments of a call that takes none, and the answer of one that only says that it is done. */
public record Nothing() {

    /** The only value there is. */
    public static final Nothing NOTHING = new Nothing();
}
