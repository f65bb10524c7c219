package dev.godwit.wire.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The mechanisms of the SCRAM family, without channel binding: RFC 5802, RFC 7677, and SHA-512 alike. */
public enum ScramMechanism {
    /** For peers that have no other: RFC 5802. */
    SHA_1("SCRAM-SHA-1", "SHA-1", "HmacSHA1", 20),
    /** RFC 7677. */
    SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 32),
    /** As RFC 7677, with the longer hash. */
    SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 64);

    private final String saslName;
    private final String digest;
    private final String mac;
    private final int size;

    ScramMechanism(String saslName, String digest, String mac, int size) {
        this.saslName = saslName;
        this.digest = digest;
        this.mac = mac;
        this.size = size;
    }

    /** The name in lists of mechanisms. */
    public String saslName() {
        return saslName;
    }

    /**
     * The mechanism of a name.
     *
     * @param saslName as in lists of mechanisms
     * @return empty for a mechanism of another family
     */
    public static Optional<ScramMechanism> of(String saslName) {
        for (ScramMechanism mechanism : values()) {
            if (mechanism.saslName.equals(saslName)) {
                return Optional.of(mechanism);
            }
        }
        return Optional.empty();
    }

    /** How long its hashes are, in bytes. */
    int size() {
        return size;
    }

    byte[] hash(byte[] data) {
        try {
            return MessageDigest.getInstance(digest).digest(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac computation = Mac.getInstance(mac);
            computation.init(new SecretKeySpec(key, mac));
            return computation.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] hmac(byte[] key, String text) {
        return hmac(key, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The function {@code Hi} of RFC 5802: PBKDF2 with this hash, one block. */
    byte[] salted(char[] password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(SaslPrep.stored(password), salt, iterations, size * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2With" + mac).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            spec.clearPassword();
        }
    }

    @Override
    public String toString() {
        return saslName;
    }
}
