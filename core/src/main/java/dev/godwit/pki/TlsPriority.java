package dev.godwit.pki;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLParameters;

/**
 * What {@code tls_priority} allows: GnuTLS's priority strings, as far as they are about protocol versions, ciphers, key
 * exchanges, message authentication and groups.
 *
 * <p>A string only ever narrows down what the JDK does by default: what that thinks insecure stays off, and a word for
 * something that the JDK has not is accepted and has no effect. If nothing is left, or a word is unknown, that is an
 * error.
 */
public final class TlsPriority {

    private static final Map<String, String> PROTOCOLS = Map.of("VERS-TLS1.2", "TLSv1.2", "VERS-TLS1.3", "TLSv1.3");
    private static final Set<String> OTHER_PROTOCOLS = Set.of("VERS-SSL3.0", "VERS-TLS1.0", "VERS-TLS1.1",
            "VERS-DTLS0.9", "VERS-DTLS1.0", "VERS-DTLS1.2");
    /** GnuTLS's names and the part of the JDK's that means the same. */
    private static final Map<String, String> CIPHERS = Map.of("AES-128-GCM", "AES_128_GCM", "AES-256-GCM", "AES_256_GCM",
            "CHACHA20-POLY1305", "CHACHA20_POLY1305", "AES-128-CBC", "AES_128_CBC", "AES-256-CBC", "AES_256_CBC");
    private static final Set<String> OTHER_CIPHERS = Set.of("3DES-CBC", "ARCFOUR-128", "ARCFOUR-40", "DES-CBC", "NULL",
            "AES-192-CBC", "AES-128-CCM", "AES-256-CCM", "AES-128-CCM-8", "AES-256-CCM-8", "CAMELLIA-128-CBC",
            "CAMELLIA-192-CBC", "CAMELLIA-256-CBC", "CAMELLIA-128-GCM", "CAMELLIA-256-GCM");
    private static final Set<String> LONG_CIPHERS = Set.of("AES-256-GCM", "CHACHA20-POLY1305", "AES-256-CBC");
    private static final Map<String, String> EXCHANGES = Map.of("ECDHE-RSA", "TLS_ECDHE_RSA_WITH_", "ECDHE-ECDSA",
            "TLS_ECDHE_ECDSA_WITH_", "DHE-RSA", "TLS_DHE_RSA_WITH_", "RSA", "TLS_RSA_WITH_");
    private static final Set<String> OTHER_EXCHANGES = Set.of("DHE-DSS", "ANON-DH", "ANON-ECDH", "PSK", "DHE-PSK",
            "ECDHE-PSK", "RSA-PSK", "SRP", "SRP-RSA", "SRP-DSS");
    private static final Set<String> DIGESTS = Set.of("AEAD", "SHA1", "SHA256", "SHA384");
    private static final Set<String> OTHER_DIGESTS = Set.of("MD5", "SHA512", "UMAC-96", "UMAC-128");
    private static final Map<String, String> GROUPS = Map.of("X25519", "x25519", "X448", "x448", "SECP256R1",
            "secp256r1", "SECP384R1", "secp384r1", "SECP521R1", "secp521r1", "FFDHE2048", "ffdhe2048", "FFDHE3072",
            "ffdhe3072", "FFDHE4096", "ffdhe4096", "FFDHE6144", "ffdhe6144", "FFDHE8192", "ffdhe8192");
    /** Kinds of certificate and compression, of which there is one each. */
    private static final Set<String> WITHOUT_CHOICE = Set.of("COMP-NULL", "COMP-ALL", "CTYPE-X509", "CTYPE-X.509",
            "CTYPE-ALL", "CTYPE-OPENPGP", "CTYPE-CLI-X509", "CTYPE-SRV-X509");
    private static final Set<String> WITHOUT_EFFECT = Set.of("%COMPAT", "%SAFE_RENEGOTIATION", "%LATEST_RECORD_VERSION");

    /** Everything the JDK does by default, but for keys of DSA. */
    public static final TlsPriority NORMAL = new TlsPriority("NORMAL");

    private final String text;
    private final Set<String> protocols = new LinkedHashSet<>();
    private final Set<String> ciphers = new LinkedHashSet<>();
    private final Set<String> exchanges = new LinkedHashSet<>();
    private final Set<String> digests = new LinkedHashSet<>();
    private final Set<String> groups = new LinkedHashSet<>();
    private boolean serverChooses;

    private TlsPriority(String text) {
        this.text = text;
        protocols.addAll(PROTOCOLS.keySet());
        ciphers.addAll(CIPHERS.keySet());
        exchanges.addAll(EXCHANGES.keySet());
        digests.addAll(DIGESTS);
        groups.addAll(GROUPS.keySet());
    }

    /**
     * Reads a priority string such as {@code NORMAL:-VERS-ALL:+VERS-TLS1.3}.
     *
     * @param text as in GnuTLS
     * @return what it allows
     * @throws PkiException naming the first word that is not understood
     */
    public static TlsPriority parse(String text) throws PkiException {
        TlsPriority priority = new TlsPriority(text);
        List<String> words = new ArrayList<>(Arrays.asList(text.split(":", -1)));
        priority.begin(words.removeFirst());
        for (String word : words) {
            priority.take(word);
        }
        priority.check();
        return priority;
    }

    private void begin(String word) throws PkiException {
        switch (word) {
            case "NORMAL", "PERFORMANCE", "LEGACY", "SECURE128" -> { }
            case "SECURE192", "SECURE256" -> ciphers.retainAll(LONG_CIPHERS);
            case "PFS" -> exchanges.remove("RSA");
            case "NONE" -> List.of(protocols, ciphers, exchanges, digests, groups).forEach(Set::clear);
            default -> {
                if (!word.startsWith("@")) { // the system's own policy, which for us is the JDK's
                    throw wrong(word, "a priority begins with NORMAL, PERFORMANCE, SECURE128, SECURE192, SECURE256, PFS,"
                            + " NONE or @SYSTEM");
                }
            }
        }
    }

    private void take(String word) throws PkiException {
        if (word.equals("%SERVER_PRECEDENCE")) {
            serverChooses = true;
        } else if (!WITHOUT_EFFECT.contains(word)) {
            char sign = word.isEmpty() ? ' ' : word.charAt(0);
            if (sign != '+' && sign != '-' && sign != '!') {
                throw wrong(word, "after the first word there may be +WORD, -WORD and !WORD, %SERVER_PRECEDENCE, %COMPAT"
                        + " and %SAFE_RENEGOTIATION");
            }
            change(word.substring(1), sign == '+', word);
        }
    }

    private void change(String what, boolean add, String word) throws PkiException {
        switch (what) {
            case "VERS-ALL", "VERS-TLS-ALL" -> all(protocols, PROTOCOLS.keySet(), add);
            case "CIPHER-ALL" -> all(ciphers, CIPHERS.keySet(), add);
            case "KX-ALL" -> all(exchanges, EXCHANGES.keySet(), add);
            case "MAC-ALL" -> all(digests, DIGESTS, add);
            case "GROUP-ALL", "CURVE-ALL" -> all(groups, GROUPS.keySet(), add);
            default -> {
                Optional<String> group = what.startsWith("GROUP-") || what.startsWith("CURVE-")
                        ? Optional.of(what.substring("GROUP-".length())).filter(GROUPS::containsKey) : Optional.empty();
                if (PROTOCOLS.containsKey(what)) {
                    one(protocols, what, add);
                } else if (CIPHERS.containsKey(what)) {
                    one(ciphers, what, add);
                } else if (EXCHANGES.containsKey(what)) {
                    one(exchanges, what, add);
                } else if (DIGESTS.contains(what)) {
                    one(digests, what, add);
                } else if (group.isPresent()) {
                    one(groups, group.get(), add);
                } else if (!OTHER_PROTOCOLS.contains(what) && !OTHER_CIPHERS.contains(what)
                        && !OTHER_EXCHANGES.contains(what) && !OTHER_DIGESTS.contains(what)
                        && !WITHOUT_CHOICE.contains(what)) {
                    throw wrong(word, "understood are versions (VERS-TLS1.3), ciphers (AES-256-GCM), key exchanges"
                            + " (ECDHE-RSA), MACs (AEAD) and groups (GROUP-X25519)");
                }
            }
        }
    }

    private static void all(Set<String> set, Set<String> every, boolean add) {
        set.clear();
        if (add) {
            set.addAll(every);
        }
    }

    private static void one(Set<String> set, String word, boolean add) {
        if (add) {
            set.add(word);
        } else {
            set.remove(word);
        }
    }

    private void check() throws PkiException {
        if (protocols.isEmpty()) {
            throw new PkiException("tls_priority '" + text + "' allows no version of TLS; here there are 1.2 and 1.3");
        }
        if (ciphers.isEmpty() || digests.isEmpty()) {
            throw new PkiException("tls_priority '" + text + "' allows no cipher; here there are AES-128-GCM,"
                    + " AES-256-GCM and CHACHA20-POLY1305 with AEAD, AES-128-CBC and AES-256-CBC");
        }
    }

    private PkiException wrong(String word, String allowed) {
        return new PkiException("tls_priority '" + text + "': the word '" + word + "' is not understood; " + allowed);
    }

    /**
     * Narrows parameters down.
     *
     * @param parameters the JDK's defaults
     * @throws PkiException if nothing is left
     */
    void applyTo(SSLParameters parameters) throws PkiException {
        parameters.setProtocols(protocols.stream().map(PROTOCOLS::get).sorted().toArray(String[]::new));
        List<String> suites = Arrays.stream(parameters.getCipherSuites()).filter(this::allows).toList();
        if (suites.isEmpty()) {
            throw new PkiException("tls_priority '" + text + "' allows no cipher suite that this Java has");
        }
        parameters.setCipherSuites(suites.toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(serverChooses || parameters.getUseCipherSuitesOrder());
        if (groups.size() < GROUPS.size()) {
            String[] defaults = parameters.getNamedGroups();
            List<String> names = groups.stream().map(GROUPS::get).toList();
            parameters.setNamedGroups(defaults == null ? names.toArray(String[]::new)
                    : Arrays.stream(defaults).filter(names::contains).toArray(String[]::new));
        }
    }

    private boolean allows(String suite) {
        int with = suite.indexOf("_WITH_");
        boolean exchange = with < 0 ? protocols.contains("VERS-TLS1.3")
                : protocols.contains("VERS-TLS1.2") && exchanges.stream().map(EXCHANGES::get).anyMatch(suite::startsWith);
        Optional<String> cipher = ciphers.stream().filter(c -> suite.contains(CIPHERS.get(c))).findFirst();
        if (suite.equals("TLS_EMPTY_RENEGOTIATION_INFO_SCSV")) {
            return protocols.contains("VERS-TLS1.2");
        }
        String digest = suite.contains("_CBC_")
                ? switch (suite.substring(suite.lastIndexOf('_') + 1)) {
                    case "SHA" -> "SHA1";
                    case String other -> other;
                } : "AEAD";
        return exchange && cipher.isPresent() && digests.contains(digest);
    }

    @Override
    public String toString() {
        return text;
    }
}
