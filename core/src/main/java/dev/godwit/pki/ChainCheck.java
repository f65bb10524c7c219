package dev.godwit.pki;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a certificate is signed by somebody who is trusted, and has not been revoked.
 *
 * <p>Every certificate of {@code cacert.pem} is trusted, also one that another authority has signed. A certificate is
 * revoked if a list of its issuer says so; an issuer without a list has revoked nothing. Both as with GnuTLS.
 *
 * @param trusted authorities and their revocation lists
 * @param clock   wall-clock time
 */
public record ChainCheck(Credentials trusted, InstantSource clock) {

    /**
     * Checks the certificate of a peer.
     *
     * @param chain the peer's, its own first
     * @param role  the peer's
     * @param peer  what to call it in messages: {@code kvm7}
     * @throws PkiException saying the first thing that is wrong
     */
    public void peer(List<X509Certificate> chain, Role role, String peer) throws PkiException {
        X509Certificate leaf = chain.getFirst();
        String whose = "of " + peer + " (" + DistinguishedName.of(leaf.getSubjectX500Principal()) + ")";
        new CertificateCheck(clock).leaf(leaf, role, whose);
        path(chain, "certificate " + whose);
    }

    /**
     * Checks our own certificate, as our peers will.
     *
     * @param chain our certificate first
     * @throws PkiException naming the files
     */
    void ours(List<X509Certificate> chain) throws PkiException {
        path(chain, "certificate " + trusted.files().certificate());
    }

    private void path(List<X509Certificate> chain, String what) throws PkiException {
        List<X509Certificate> path = build(chain, what);
        CertificateCheck check = new CertificateCheck(clock);
        for (X509Certificate certificate : path.subList(1, path.size())) {
            check.times(certificate, "CA certificate "
                    + DistinguishedName.of(certificate.getSubjectX500Principal()) + " behind the " + what);
        }
        for (int i = 0; i < path.size(); i++) {
            X509Certificate issuer = path.get(Math.min(i + 1, path.size() - 1));
            refuseRevoked(path.get(i), issuer, i == 0 ? what
                    : "CA certificate " + DistinguishedName.of(path.get(i).getSubjectX500Principal())
                            + " behind the " + what);
        }
    }

    /** The way from a certificate to an authority, both included. */
    private List<X509Certificate> build(List<X509Certificate> chain, String what) throws PkiException {
        X509Certificate leaf = chain.getFirst();
        if (trusted.authorities().contains(leaf)) {
            return List.of(leaf); // trusted by itself
        }
        try {
            Set<TrustAnchor> anchors = new HashSet<>();
            trusted.authorities().forEach(authority -> anchors.add(new TrustAnchor(authority, null)));
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(leaf);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
            parameters.setRevocationEnabled(false); // done below: the JDK's wants a list of every issuer
            parameters.setDate(Date.from(clock.instant()));
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            PKIXCertPathBuilderResult result =
                    (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
            List<X509Certificate> path = new ArrayList<>();
            result.getCertPath().getCertificates().forEach(c -> path.add((X509Certificate) c));
            path.add(result.getTrustAnchor().getTrustedCert());
            return path;
        } catch (CertPathBuilderException e) {
            throw broken(leaf, what, e);
        } catch (GeneralSecurityException e) {
            throw new PkiException("The " + what + " cannot be checked: " + e.getMessage(), e);
        }
    }

    private PkiException broken(X509Certificate leaf, String what, CertPathBuilderException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathValidatorException invalid
                    && invalid.getReason() instanceof BasicReason reason) {
                switch (reason) {
                    case ALGORITHM_CONSTRAINED -> {
                        return new PkiException("The " + what + " uses an algorithm that is not secure any more: "
                                + invalid.getMessage(), e);
                    }
                    case EXPIRED, NOT_YET_VALID -> {
                        return new PkiException("A certificate behind the " + what
                                + " has expired or is not valid yet: " + invalid.getMessage(), e);
                    }
                    default -> { }
                }
            }
        }
        return new PkiException("The " + what + " is signed by "
                + DistinguishedName.of(leaf.getIssuerX500Principal()) + ", which no certificate in "
                + trusted.files().authorities() + " vouches for", e);
    }

    private void refuseRevoked(X509Certificate certificate, X509Certificate issuer, String what) throws PkiException {
        for (X509CRL list : trusted.revocations()) {
            if (!list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())) {
                continue;
            }
            try {
                list.verify(issuer.getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new PkiException("The revocation list " + trusted.files().revocations()
                        + " does not bear the signature of "
                        + DistinguishedName.of(list.getIssuerX500Principal()), e);
            }
            if (list.isRevoked(certificate)) {
                throw new PkiException("The " + what + " was revoked on " + CertificateCheck.day(
                        list.getRevokedCertificate(certificate).getRevocationDate().toInstant()) + " by "
                        + DistinguishedName.of(list.getIssuerX500Principal()), BasicReason.REVOKED);
            }
        }
    }
}
