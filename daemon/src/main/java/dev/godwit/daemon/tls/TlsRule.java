package dev.godwit.daemon.tls;

import dev.godwit.pki.ChainCheck;
import dev.godwit.pki.DistinguishedName;
import dev.godwit.pki.NamePattern;
import dev.godwit.pki.PkiException;
import dev.godwit.pki.Role;
import dev.godwit.pki.TlsSettings;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Who may come in by TLS, and what the daemon itself shows. Not changed any more: certificates that are renewed make a
 * new one.
 *
 * @param settings who the daemon is, whom it trusts and what it negotiates
 * @param verify   whether clients need a certificate, {@code tls_no_verify_certificate = 0}
 * @param allowed  {@code tls_allowed_dn_list}; absent for everybody with a good certificate
 * @param clock    wall-clock time
 */
public record TlsRule(
        TlsSettings settings, boolean verify, Optional<List<NamePattern>> allowed, InstantSource clock) {

    private static final System.Logger LOG = System.getLogger(TlsRule.class.getName());

    /**
     * Whether a client may come in.
     *
     * @param chain the certificates it has shown, its own first
     * @param peer  what to call it in messages
     * @return the name in its certificate; empty where it did not have to have a good one and has none
     * @throws PkiException why it may not
     */
    public Optional<String> admit(List<X509Certificate> chain, String peer) throws PkiException {
        try {
            return Optional.of(name(chain, peer));
        } catch (PkiException e) {
            if (verify) {
                throw e;
            }
            LOG.log(System.Logger.Level.DEBUG, () -> peer + " is let in by tls_no_verify_certificate although: "
                    + e.getMessage());
            return Optional.empty();
        }
    }

    private String name(List<X509Certificate> chain, String peer) throws PkiException {
        if (chain.isEmpty()) {
            throw new PkiException(peer + " has shown no certificate");
        }
        new ChainCheck(settings.credentials(), clock).peer(chain, Role.CLIENT, peer);
        String name = DistinguishedName.of(chain.getFirst().getSubjectX500Principal());
        if (allowed.isPresent() && allowed.get().stream().noneMatch(pattern -> pattern.matches(name))) {
            throw new PkiException("the name in the certificate of " + peer + ", \"" + name
                    + "\", is not in tls_allowed_dn_list");
        }
        return name;
    }
}
