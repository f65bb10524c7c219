package dev.godwit.client.dial;

import java.io.IOException;

/** The program that connects has ended. The message is what it wrote to standard error, or its exit code. */
public final class CommandEndedException extends IOException {

    private static final long serialVersionUID = 1L;

    CommandEndedException(String words) {
        super(words);
    }
}
