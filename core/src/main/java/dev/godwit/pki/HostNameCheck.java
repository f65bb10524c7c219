package dev.godwit.pki;

import java.net.IDN;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether a certificate is for a host, as GnuTLS and with it libvirt sees it (RFC 6125): by an address or a DNS name in
 * its alternative names, by its common name only where it has no DNS names. {@code *.example.com} stands for one label.
 */
public final class HostNameCheck {

    private static final int DNS = 2;
    private static final int IP = 7;
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private HostNameCheck() {}

    /**
     * Checks a server's certificate.
     *
     * @param certificate the server's
     * @param host        the name or address it was called by, an IPv6 address without brackets
     * @throws PkiException saying what was wanted and what is there
     */
    public static void check(X509Certificate certificate, String host) throws PkiException {
        List<String> dns = new ArrayList<>();
        List<byte[]> addresses = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (List<?> name : alternatives(certificate)) {
            if (name.get(0).equals(DNS)) {
                dns.add((String) name.get(1));
                all.add((String) name.get(1));
            } else if (name.get(0).equals(IP)) {
                all.add((String) name.get(1));
                address((String) name.get(1)).ifPresent(addresses::add);
            }
        }
        Optional<byte[]> wanted = address(host);
        if (wanted.isPresent() && addresses.stream().anyMatch(a -> Arrays.equals(a, wanted.get()))) {
            return;
        }
        List<String> names = new ArrayList<>(dns);
        if (dns.isEmpty()) {
            List<String> common = DistinguishedName.commonNames(certificate.getSubjectX500Principal());
            if (common.size() == 1) { // RFC 6125, section 1.8: with several it is not clear which one is meant
                names.addAll(common);
            }
            all.addAll(common);
        }
        String name = ascii(host);
        if (names.stream().noneMatch(candidate -> matches(ascii(candidate), name, wanted.isPresent()))) {
            throw new PkiException("The server's certificate is not for " + host + " but for "
                    + (all.isEmpty() ? "nobody: it has no names" : DistinguishedName.list(all))
                    + "; call the host by one of its names, or give it a certificate with this one");
        }
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) throws PkiException {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            throw new PkiException("The alternative names of the server's certificate cannot be understood", e);
        }
    }

    private static boolean matches(String candidate, String host, boolean literal) {
        if (candidate.equals(host)) {
            return true;
        }
        int dot = host.indexOf('.');
        String parent = candidate.length() > 2 ? candidate.substring(2) : "";
        // A wildcard for a top-level domain stands for nobody in particular.
        return !literal && candidate.startsWith("*.") && parent.indexOf('.') > 0 && dot > 0
                && host.substring(dot + 1).equals(parent);
    }

    static String ascii(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        try {
            return IDN.toASCII(bare).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException _) {
            return bare.toLowerCase(Locale.ROOT);
        }
    }

    /** The bytes of an address; empty for a name. Asks no name server. */
    static Optional<byte[]> address(String text) {
        if (!IPV4.matcher(text).matches() && text.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            int zone = text.indexOf('%');
            return Optional.of(InetAddress.ofLiteral(zone < 0 ? text : text.substring(0, zone)).getAddress());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
