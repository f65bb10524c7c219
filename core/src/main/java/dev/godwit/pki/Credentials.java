package dev.godwit.pki;

import java.nio.file.Files;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * What one side has read from its files.
 *
 * @param files       where it comes from
 * @param authorities whose signatures it trusts
 * @param revocations what they have revoked
 * @param own         who it is; a client may be nobody
 */
public record Credentials(
        PkiFiles files, List<X509Certificate> authorities, List<X509CRL> revocations, Optional<Own> own) {

    /**
     * A certificate with its key.
     *
     * @param chain the certificate, and those between it and an authority
     * @param key   its private key
     */
    public record Own(List<X509Certificate> chain, PrivateKey key) {

        /** Does not show the key. */
        @Override
        public String toString() {
            return DistinguishedName.of(chain.getFirst().getSubjectX500Principal());
        }
    }

    /**
     * Reads the files of one side.
     *
     * @param role   whose. A server has a certificate and a key; a client that has not is nobody
     * @param files  where
     * @param sanity whether to refuse what every peer would refuse: see {@link CertificateCheck}
     * @param clock  wall-clock time
     * @return what was read
     * @throws PkiException naming the file and what is wrong with it
     */
    public static Credentials read(Role role, PkiFiles files, boolean sanity, InstantSource clock)
            throws PkiException {
        List<X509Certificate> authorities = Pem.certificates(files.authorities());
        List<X509CRL> revocations = Files.exists(files.revocations())
                ? Pem.revocations(files.revocations()) : List.of();
        boolean nobody = role == Role.CLIENT && !(Files.exists(files.certificate()) && Files.exists(files.key()));
        Optional<Own> own = nobody ? Optional.empty()
                : Optional.of(new Own(Pem.certificates(files.certificate()), Pem.privateKey(files.key())));
        Credentials credentials = new Credentials(files, authorities, revocations, own);
        if (own.isPresent()) {
            KeyMatch.check(own.get(), files);
        }
        if (sanity) {
            credentials.check(role, clock);
        }
        return credentials;
    }

    private void check(Role role, InstantSource clock) throws PkiException {
        CertificateCheck check = new CertificateCheck(clock);
        if (own.isPresent()) {
            check.leaf(own.get().chain().getFirst(), role, files.certificate().toString());
        }
        for (X509Certificate authority : authorities) {
            check.authority(authority, files.authorities().toString());
        }
        if (own.isPresent()) {
            new ChainCheck(this, clock).ours(own.get().chain());
        }
    }
}
