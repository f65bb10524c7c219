package dev.godwit.pki;

/** Which end of a conversation a certificate is for. */
public enum Role {
    /** The one that is called. */
    SERVER("server", "1.3.6.1.5.5.7.3.1"),
    /** The one that calls. */
    CLIENT("client", "1.3.6.1.5.5.7.3.2");

    private final String word;
    private final String purpose;

    Role(String word, String purpose) {
        this.word = word;
        this.purpose = purpose;
    }

    /** In messages and file names: {@code server} or {@code client}. */
    public String word() {
        return word;
    }

    /** The key purpose's object identifier (RFC 5280, section 4.2.1.12). */
    String purpose() {
        return purpose;
    }

    /** The other end. */
    public Role other() {
        return this == SERVER ? CLIENT : SERVER;
    }
}
