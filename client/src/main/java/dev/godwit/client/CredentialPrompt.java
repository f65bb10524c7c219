package dev.godwit.client;

import java.util.Optional;

/** Asks somebody for what is needed to log in. */
public interface CredentialPrompt {

    /**
     * Asks for a user's name.
     *
     * @param host where to log in
     * @return empty if nobody wants to answer
     */
    Optional<String> userName(String host);

    /**
     * Asks for a password.
     *
     * @param host where to log in
     * @param user whose
     * @return empty if nobody wants to answer; the caller wipes it
     */
    Optional<char[]> password(String host, String user);
}
