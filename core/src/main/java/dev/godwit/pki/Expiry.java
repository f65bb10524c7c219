package dev.godwit.pki;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Certificates that are about to expire. */
public final class Expiry {

    /** How long before its end a certificate is warned about. */
    public static final Duration NOTICE = Duration.ofDays(30);

    private Expiry() {}

    /**
     * What somebody should look after.
     *
     * @param credentials what was read
     * @param clock       wall-clock time
     * @return one sentence for each certificate or list that has expired or will within {@link #NOTICE}
     */
    public static List<String> warnings(Credentials credentials, InstantSource clock) {
        List<String> warnings = new ArrayList<>();
        Instant now = clock.instant();
        credentials.own().ifPresent(own -> own.chain().forEach(certificate ->
                certificate(certificate, credentials.files().certificate().toString(), now).ifPresent(warnings::add)));
        credentials.authorities().forEach(certificate ->
                certificate(certificate, credentials.files().authorities().toString(), now).ifPresent(warnings::add));
        for (X509CRL list : credentials.revocations()) {
            if (list.getNextUpdate() != null && now.isAfter(list.getNextUpdate().toInstant())) {
                warnings.add("The revocation list " + credentials.files().revocations() + " should have been replaced by "
                        + CertificateCheck.day(list.getNextUpdate().toInstant())
                        + "; certificates revoked since are still accepted");
            }
        }
        return warnings;
    }

    /**
     * What is to be said about one certificate.
     *
     * @param certificate which
     * @param where       its file
     * @param now         the time
     * @return empty while there is time enough
     */
    public static Optional<String> certificate(X509Certificate certificate, String where, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        if (now.plus(NOTICE).isBefore(end)) {
            return Optional.empty();
        }
        String what = "The certificate " + where + " (" + DistinguishedName.of(certificate.getSubjectX500Principal())
                + ")";
        return Optional.of(now.isAfter(end) ? what + " has expired on " + CertificateCheck.day(end)
                : what + " expires in " + Duration.between(now, end).toDays() + " days, on " + CertificateCheck.day(end)
                        + ": renew it");
    }
}
