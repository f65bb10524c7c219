package dev.godwit.pki;

import java.security.Security;

/**
 * What the JDK's TLS has to be told for the sake of its peers. It can be told only once for a whole process and before
 * its first use, so all of Godwit's TLS begins in {@link TlsSettings}, which does that.
 */
final class JdkTls {

    private static final String KEY_LIMITS = "jdk.tls.keyLimits";
    private static final String LIMITS_OF_THE_JDK =
            "AES/GCM/NoPadding KeyUpdate 2^37, ChaCha20-Poly1305 KeyUpdate 2^37";
    private static final String OUR_LIMITS =
            "AES/GCM/NoPadding KeyUpdate 330000000000, ChaCha20-Poly1305 KeyUpdate 2^37";
    private static final String TICKETS = "jdk.tls.server.enableSessionTicketExtension";

    private JdkTls() {}

    /**
     * Raises the number of bytes that a TLS 1.3 key may encrypt, unless an administrator has set another.
     *
     * <p>At the JDK's own limit, 2^37 bytes, its receiver asks for new keys once for every record that is under way.
     * GnuTLS, and with it libvirtd, takes that for an attack and breaks the connection: 128 GiB into a tunnelled
     * migration. The limit set here is above the 2^38 bytes after which GnuTLS changes keys by itself, and below the bound
     * of RFC 8446, section 5.5.
     */
    static void raiseKeyLimits() {
        String now = Security.getProperty(KEY_LIMITS);
        if (now != null && now.replaceAll("\\s+", " ").strip().equals(LIMITS_OF_THE_JDK)) {
            Security.setProperty(KEY_LIMITS, OUR_LIMITS);
        }
    }

    /**
     * Has servers of this process offer no session tickets, unless an administrator wants them. Stock clients take a
     * ticket that comes before the server's first byte for a failure, and none comes back with one.
     */
    static void offerNoTickets() {
        if (System.getProperty(TICKETS) == null) {
            System.setProperty(TICKETS, "false");
        }
    }
}
