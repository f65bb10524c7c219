package dev.godwit.wire.sasl;

import dev.godwit.wire.xdr.Opaque;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server keeps of a password: enough to recognise it, not enough to use it elsewhere.
 *
 * <p>As text it is {@code SCRAM-SHA-256$4096:SALT$STORED-KEY:SERVER-KEY} in base 64, a form that other servers with
 * SCRAM have as well.
 *
 * @param mechanism  with which mechanism it can be proved
 * @param iterations how often the password was hashed; {@value #FEWEST} or more
 * @param salt       at least one byte
 * @param storedKey  recognises the client
 * @param serverKey  proves the server
 */
public record ScramKeys(ScramMechanism mechanism, int iterations, Opaque salt, Opaque storedKey, Opaque serverKey) {

    /** The fewest iterations that RFC 7677 allows. */
    public static final int FEWEST = 4096;
    /** More than this would only serve to keep the other side busy. */
    static final int MOST = 10_000_000;

    private static final Pattern SHAPE = Pattern.compile(
            "(?<mechanism>SCRAM-SHA-[0-9]+)\\$(?<iterations>[0-9]{1,8}):(?<salt>[A-Za-z0-9+/=]+)"
                    + "\\$(?<stored>[A-Za-z0-9+/=]+):(?<server>[A-Za-z0-9+/=]+)");

    public ScramKeys {
        if (iterations < FEWEST || iterations > MOST || salt.isEmpty()
                || storedKey.size() != mechanism.size() || serverKey.size() != mechanism.size()) {
            throw new IllegalArgumentException("keys of " + mechanism + " with " + iterations + " iterations");
        }
    }

    /**
     * The keys of a password.
     *
     * @param mechanism  with which mechanism it is to be proved
     * @param password   not empty
     * @param salt       at least one byte, random
     * @param iterations {@value #FEWEST} or more
     * @return the keys
     */
    public static ScramKeys of(ScramMechanism mechanism, char[] password, byte[] salt, int iterations) {
        byte[] salted = mechanism.salted(password, salt, iterations);
        return new ScramKeys(mechanism, iterations, Opaque.of(salt),
                Opaque.of(mechanism.hash(mechanism.hmac(salted, "Client Key"))),
                Opaque.of(mechanism.hmac(salted, "Server Key")));
    }

    /**
     * Reads the text form.
     *
     * @param text as {@link #toString()} gives it
     * @return empty for anything else
     */
    public static Optional<ScramKeys> parse(String text) {
        Matcher shape = SHAPE.matcher(text);
        if (!shape.matches()) {
            return Optional.empty();
        }
        try {
            return ScramMechanism.of(shape.group("mechanism")).map(mechanism -> new ScramKeys(mechanism,
                    Integer.parseInt(shape.group("iterations")), base64(shape.group("salt")),
                    base64(shape.group("stored")), base64(shape.group("server"))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Opaque base64(String text) {
        return Opaque.of(Base64.getDecoder().decode(text));
    }

    private static String base64(Opaque bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    @Override
    public String toString() {
        return mechanism + "$" + iterations + ":" + base64(salt) + "$" + base64(storedKey) + ":" + base64(serverKey);
    }
}
