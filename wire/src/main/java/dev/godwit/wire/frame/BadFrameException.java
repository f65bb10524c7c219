package dev.godwit.wire.frame;

import java.io.IOException;

/** A length word that no message can have. Where the next message starts is unknown: close the connection. */
public final class BadFrameException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int length;

    BadFrameException(int length, int largest) {
        super("Message of " + Integer.toUnsignedString(length) + " bytes: must be "
                + Frame.MIN_LENGTH + " to " + largest);
        this.length = length;
    }

    /** Whether the four bytes are the beginning of TLS: a record of type 22 and version 3 (RFC 8446, section 5.1). */
    public boolean isTls() {
        return length >>> 16 == 0x1603;
    }
}
