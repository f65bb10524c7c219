package dev.godwit.pki;

import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is wrong with a certificate by itself. The rules are libvirt's: what an extension forbids is an error where the
 * extension is critical, and a warning otherwise.
 *
 * @param clock wall-clock time
 */
public record CertificateCheck(InstantSource clock) {

    private static final System.Logger LOG = System.getLogger(CertificateCheck.class.getName());
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String KEY_PURPOSE = "2.5.29.37";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final int KEY_CERT_SIGN = 5;
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * Checks a certificate that is to be used at one end.
     *
     * @param certificate which
     * @param role        which end
     * @param where       where it comes from, for messages: {@code /etc/pki/libvirt/servercert.pem}
     * @throws PkiException saying the first thing that is wrong
     */
    public void leaf(X509Certificate certificate, Role role, String where) throws PkiException {
        times(certificate, role.word() + " certificate " + where);
        if (certificate.getBasicConstraints() >= 0) {
            throw new PkiException("The certificate " + where + " is a certificate authority's, but a " + role.word()
                    + "'s is needed");
        }
        usage(certificate, DIGITAL_SIGNATURE, "digital signatures", where);
        usage(certificate, KEY_ENCIPHERMENT, "the encipherment of keys", where);
        purpose(certificate, role, where);
    }

    /**
     * Checks a certificate that is to sign others.
     *
     * @param certificate which
     * @param where       where it comes from, for messages
     * @throws PkiException saying the first thing that is wrong
     */
    public void authority(X509Certificate certificate, String where) throws PkiException {
        times(certificate, "CA certificate " + where);
        if (certificate.getBasicConstraints() < 0) {
            throw new PkiException("The certificate " + where + " is no certificate authority's");
        }
        usage(certificate, KEY_CERT_SIGN, "signing certificates", where);
    }

    /**
     * Checks that now is between the first and the last moment of a certificate.
     *
     * @param certificate which
     * @param what        as in "client certificate of 192.0.2.7"
     * @throws PkiException naming the moment
     */
    void times(X509Certificate certificate, String what) throws PkiException {
        Instant now = clock.instant();
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw new PkiException("The " + what + " has expired on " + day(certificate.getNotAfter().toInstant()),
                    BasicReason.EXPIRED);
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new PkiException("The " + what + " is not valid before "
                    + day(certificate.getNotBefore().toInstant()) + "; now is " + day(now), BasicReason.NOT_YET_VALID);
        }
    }

    static String day(Instant moment) {
        return DAY.format(moment);
    }

    private static void usage(X509Certificate certificate, int bit, String what, String where) throws PkiException {
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[bit]) {
            complain(certificate, KEY_USAGE, "The key usage of the certificate " + where + " does not permit " + what);
        }
    }

    private static void purpose(X509Certificate certificate, Role role, String where) throws PkiException {
        List<String> purposes;
        try {
            purposes = certificate.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw new PkiException("The key purposes of the certificate " + where + " cannot be understood", e);
        }
        if (purposes != null && !purposes.contains(role.purpose()) && !purposes.contains(ANY_PURPOSE)) {
            complain(certificate, KEY_PURPOSE, "The key purpose of the certificate " + where
                    + " does not permit its use by a TLS " + role.word());
        }
    }

    private static void complain(X509Certificate certificate, String extension, String what) throws PkiException {
        Set<String> critical = certificate.getCriticalExtensionOIDs();
        if (critical != null && critical.contains(extension)) {
            throw new PkiException(what);
        }
        LOG.log(System.Logger.Level.WARNING, what);
    }
}
