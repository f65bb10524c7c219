package dev.godwit.pki;

import java.io.IOException;
import java.security.cert.CertPathValidatorException.BasicReason;

/** Something about certificates or keys that keeps them from being used. The message is one sentence and names the file. */
public final class PkiException extends IOException {

    private final BasicReason reason;

    /**
     * What is wrong.
     *
     * @param message one sentence
     */
    public PkiException(String message) {
        this(message, BasicReason.UNSPECIFIED);
    }

    /**
     * What is wrong, and why.
     *
     * @param message one sentence
     * @param cause   what went wrong below
     */
    public PkiException(String message, Throwable cause) {
        this(message);
        initCause(cause);
    }

    PkiException(String message, BasicReason reason) {
        super(message);
        this.reason = reason;
    }

    /** The kind of fault, from which the peer's alert follows. */
    BasicReason reason() {
        return reason;
    }
}
