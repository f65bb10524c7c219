package dev.godwit.wire.remote;

/**
 * The numbers of the two messages by which either side finds out whether the other is still there. They are
 * messages and not calls: nothing is declared but the number.
 */
public final class KeepAliveProcedures {

    /** "Are you there?" */
    public static final int PING = 1;
    /** "I am." Sent at once. */
    public static final int PONG = 2;

    private KeepAliveProcedures() {}
}
