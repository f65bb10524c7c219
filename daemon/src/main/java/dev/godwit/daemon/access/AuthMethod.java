package dev.godwit.daemon.access;

/** How a client has to prove who it is, beyond what its way already proves. */
public enum AuthMethod {
    /** Not at all. */
    NONE,
    /** By SASL. */
    SASL;

    /** The method that a value of {@code auth_tcp} and its like means. */
    static AuthMethod of(String word) {
        return word.equals("sasl") ? SASL : NONE;
    }
}
