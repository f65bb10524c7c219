package dev.godwit.wire.sasl;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * Texts of 24 printable characters that nobody can foretell, for SCRAM.
 *
 * @param random where they come from
 */
public record Nonces(SecureRandom random) implements Supplier<String> {

    private static final int BYTES = 18;

    @Override
    public String get() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
