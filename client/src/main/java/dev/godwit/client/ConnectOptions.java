package dev.godwit.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How a connection is opened.
 *
 * @param readOnly          changes nothing and uses the read-only socket where there is one
 * @param keepaliveInterval after so much silence the host is asked whether it lives; zero never asks
 * @param keepaliveCount    after so many unanswered questions the connection is given up, 0 or more
 * @param prompt            asks for a user's name and password where the URI and {@code auth.conf} do not have them
 */
public record ConnectOptions(boolean readOnly, Duration keepaliveInterval, int keepaliveCount,
        Optional<CredentialPrompt> prompt) {

    /** Read and write, a question after 5 s of silence, given up after 6: what stock virsh does. Asks nobody. */
    public static final ConnectOptions DEFAULT = new ConnectOptions(false, Duration.ofSeconds(5), 6);

    public ConnectOptions {
        if (keepaliveInterval.isNegative() || keepaliveCount < 0) {
            throw new IllegalArgumentException("Keepalive needs an interval and a count of 0 or more");
        }
    }

    /**
     * Options that ask nobody for a password.
     *
     * @param readOnly          changes nothing and uses the read-only socket where there is one
     * @param keepaliveInterval after so much silence the host is asked whether it lives; zero never asks
     * @param keepaliveCount    after so many unanswered questions the connection is given up, 0 or more
     */
    public ConnectOptions(boolean readOnly, Duration keepaliveInterval, int keepaliveCount) {
        this(readOnly, keepaliveInterval, keepaliveCount, Optional.empty());
    }

    /** The same, read-only or not. */
    public ConnectOptions readOnly(boolean value) {
        return new ConnectOptions(value, keepaliveInterval, keepaliveCount, prompt);
    }

    /** The same, with somebody to ask. */
    public ConnectOptions prompt(CredentialPrompt asks) {
        return new ConnectOptions(readOnly, keepaliveInterval, keepaliveCount, Optional.of(asks));
    }
}
