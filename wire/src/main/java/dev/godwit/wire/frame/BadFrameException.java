package dev.godwit.wire.frame;

import java.io.IOException;

/** A length word that no message can have. Where the next message starts is unknown: close the connection. */
public final class BadFrameException extends IOException {

    private static final long serialVersionUID = 1L;

    BadFrameException(int length, int largest) {
        super("Message of " + Integer.toUnsignedString(length) + " bytes: must be "
                + Frame.MIN_LENGTH + " to " + largest);
    }
}
