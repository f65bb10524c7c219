package dev.godwit.pki;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What people want to know of a certificate.
 *
 * @param subject whose it is, in the form of {@code tls_allowed_dn_list}
 * @param issuer  who has signed it
 * @param names   the host names and addresses in it
 * @param use     what it is for
 * @param from    the first moment of its validity
 * @param to      the last
 * @param serial  its number, in hexadecimal digits
 */
public record CertificateSummary(
        String subject, String issuer, List<String> names, String use, String from, String to, String serial) {

    /** What a certificate says. */
    public static CertificateSummary of(X509Certificate certificate) {
        return new CertificateSummary(DistinguishedName.of(certificate.getSubjectX500Principal()),
                DistinguishedName.of(certificate.getIssuerX500Principal()), names(certificate), use(certificate),
                CertificateCheck.day(certificate.getNotBefore().toInstant()),
                CertificateCheck.day(certificate.getNotAfter().toInstant()), certificate.getSerialNumber().toString(16));
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.stream().filter(name -> name.get(1) instanceof String)
                        .forEach(name -> names.add((String) name.get(1)));
            }
        } catch (CertificateParsingException _) {
            names.add("cannot be understood");
        }
        return names;
    }

    private static String use(X509Certificate certificate) {
        if (certificate.getBasicConstraints() >= 0) {
            return "signing certificates";
        }
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes == null ? "anything" : Arrays.stream(Role.values())
                    .filter(role -> purposes.contains(role.purpose())).map(Role::word)
                    .collect(Collectors.joining(", "));
        } catch (CertificateParsingException _) {
            return "cannot be understood";
        }
    }
}
