package dev.godwit.pki;

import java.security.Security;

/**
 * How many bytes a TLS 1.3 key may encrypt before the JDK wants a new one ({@code jdk.tls.keyLimits}).
 *
 * <p>At the JDK's own limit, 2^37 bytes, its receiver asks for new keys once for every record that is under way.
 * GnuTLS, and with it libvirtd, takes that for an attack and breaks the connection: 128 GiB into a tunnelled migration.
 * The limit set here is above the 2^38 bytes after which GnuTLS changes keys by itself, and below the bound of RFC 8446,
 * section 5.5.
 */
final class KeyLimits {

    private static final String PROPERTY = "jdk.tls.keyLimits";
    private static final String OF_THE_JDK = "AES/GCM/NoPadding KeyUpdate 2^37, ChaCha20-Poly1305 KeyUpdate 2^37";
    private static final String OURS =
            "AES/GCM/NoPadding KeyUpdate 330000000000, ChaCha20-Poly1305 KeyUpdate 2^37";

    private KeyLimits() {}

    /** Raises the limit, unless an administrator has set another. Has to come before the JDK's first use of TLS. */
    static void raise() {
        String now = Security.getProperty(PROPERTY);
        if (now != null && now.replaceAll("\\s+", " ").strip().equals(OF_THE_JDK)) {
            Security.setProperty(PROPERTY, OURS);
        }
    }
}
