package dev.godwit.pki;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * Names in certificates as GnuTLS writes them, since {@code tls_allowed_dn_list} is matched against that: the escapes of
 * RFC 4514, in the order of the certificate and not in the reverse.
 */
public final class DistinguishedName {

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("2.5.4.3", "CN"), Map.entry("2.5.4.4", "surName"), Map.entry("2.5.4.5", "serialNumber"),
            Map.entry("2.5.4.6", "C"), Map.entry("2.5.4.7", "L"), Map.entry("2.5.4.8", "ST"),
            Map.entry("2.5.4.9", "street"), Map.entry("2.5.4.10", "O"), Map.entry("2.5.4.11", "OU"),
            Map.entry("2.5.4.12", "title"), Map.entry("2.5.4.13", "description"),
            Map.entry("2.5.4.15", "businessCategory"), Map.entry("2.5.4.16", "postalAddress"),
            Map.entry("2.5.4.17", "postalCode"), Map.entry("2.5.4.18", "postOfficeBox"),
            Map.entry("2.5.4.20", "telephoneNumber"), Map.entry("2.5.4.41", "name"), Map.entry("2.5.4.42", "givenName"),
            Map.entry("2.5.4.43", "initials"), Map.entry("2.5.4.44", "generationQualifier"),
            Map.entry("2.5.4.46", "dnQualifier"), Map.entry("2.5.4.51", "houseIdentifier"),
            Map.entry("2.5.4.54", "dmdName"), Map.entry("2.5.4.65", "pseudonym"), Map.entry("2.5.4.72", "role"),
            Map.entry("0.9.2342.19200300.100.1.1", "UID"), Map.entry("0.9.2342.19200300.100.1.25", "DC"),
            Map.entry("1.2.840.113549.1.9.1", "EMAIL"));

    private DistinguishedName() {}

    /**
     * A name as text, such as {@code C=DE,O=Example,CN=kvm7}.
     *
     * @param name a certificate's subject or issuer
     * @return the text
     */
    public static String of(X500Principal name) {
        return Der.read(name.getEncoded()).items().stream()
                .map(rdn -> rdn.items().stream().map(DistinguishedName::attribute).collect(Collectors.joining("+")))
                .collect(Collectors.joining(","));
    }

    /**
     * The common names, the most specific last.
     *
     * @param name a certificate's subject
     * @return none, one or more
     */
    public static List<String> commonNames(X500Principal name) {
        return Der.read(name.getEncoded()).items().stream()
                .flatMap(rdn -> rdn.items().stream())
                .map(Der.Item::items)
                .filter(pair -> Der.dotted(pair.get(0).content()).equals("2.5.4.3"))
                .filter(pair -> isText(pair.get(1).tag()))
                .map(pair -> text(pair.get(1)))
                .toList();
    }

    private static String attribute(Der.Item attribute) {
        List<Der.Item> pair = attribute.items();
        String oid = Der.dotted(pair.get(0).content());
        String word = WORDS.get(oid);
        Der.Item value = pair.get(1);
        if (word == null || !isText(value.tag())) {
            return (word == null ? oid : word) + "=#" + HexFormat.of().formatHex(value.whole());
        }
        return word + "=" + escaped(text(value));
    }

    private static boolean isText(int tag) {
        return switch (tag) {
            case Der.UTF8, Der.PRINTABLE, Der.TELETEX, Der.IA5, Der.UNIVERSAL, Der.BMP -> true;
            default -> false;
        };
    }

    private static String text(Der.Item value) {
        Charset charset = switch (value.tag()) {
            case Der.BMP -> StandardCharsets.UTF_16BE;
            case Der.UNIVERSAL -> StandardCharsets.UTF_32BE;
            case Der.TELETEX -> StandardCharsets.ISO_8859_1;
            default -> StandardCharsets.UTF_8;
        };
        return new String(value.content(), charset);
    }

    private static String escaped(String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean edge = i == 0 && (c == '#' || c == ' ') || i == value.length() - 1 && c == ' ';
            if (edge || ",+\"\\<>;".indexOf(c) >= 0) {
                text.append('\\');
            }
            text.append(c);
        }
        return text.toString();
    }

    /** Several names for a message. */
    static String list(List<String> names) {
        StringJoiner joiner = new StringJoiner(", ");
        names.forEach(joiner::add);
        return joiner.toString();
    }
}
