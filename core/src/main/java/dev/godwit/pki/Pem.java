package dev.godwit.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * Reads and writes files of the form {@code -----BEGIN …-----} (RFC 7468).
 *
 * <p>Keys may be in PKCS#8 (RFC 5958), RSA keys also in PKCS#1 (RFC 8017), keys on elliptic curves also in SEC1 (RFC
 * 5915). A key with a passphrase is refused: a daemon has nobody to ask.
 */
public final class Pem {

    /** What libvirt reads at most of such a file, too. */
    private static final int MOST_BYTES = 1 << 20;
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String EC = "1.2.840.10045.2.1";
    /** The names of KeyFactory for what a PKCS#8 key says it is. */
    private static final java.util.Map<String, String> ALGORITHMS = java.util.Map.of(
            RSA, "RSA", EC, "EC", "1.2.840.113549.1.1.10", "RSASSA-PSS",
            "1.3.101.112", "EdDSA", "1.3.101.113", "EdDSA");
    private static final Set<String> CERTIFICATES = Set.of("CERTIFICATE", "X509 CERTIFICATE");

    private record Block(String type, String headers, byte[] bytes) {}

    private Pem() {}

    /**
     * The certificates in a file.
     *
     * @param file with at least one
     * @return in their order
     * @throws PkiException naming the file
     */
    public static List<X509Certificate> certificates(Path file) throws PkiException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (CERTIFICATES.contains(block.type)) {
                try {
                    certificates.add((X509Certificate) factory().generateCertificate(
                            new ByteArrayInputStream(block.bytes)));
                } catch (CertificateException e) {
                    throw new PkiException("The certificate in " + file + " cannot be understood: " + e.getMessage(), e);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new PkiException("There is no certificate in " + file);
        }
        return certificates;
    }

    /**
     * The revocation lists in a file.
     *
     * @param file with at least one
     * @return in their order
     * @throws PkiException naming the file
     */
    public static List<X509CRL> revocations(Path file) throws PkiException {
        List<X509CRL> lists = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.type.equals("X509 CRL")) {
                try {
                    CRL list = factory().generateCRL(new ByteArrayInputStream(block.bytes));
                    lists.add((X509CRL) list);
                } catch (CRLException | CertificateException e) {
                    throw new PkiException("The revocation list in " + file + " cannot be understood: "
                            + e.getMessage(), e);
                }
            }
        }
        if (lists.isEmpty()) {
            throw new PkiException("There is no certificate revocation list in " + file);
        }
        return lists;
    }

    /**
     * The private key in a file.
     *
     * @param file with one
     * @return the key
     * @throws PkiException naming the file
     */
    public static PrivateKey privateKey(Path file) throws PkiException {
        for (Block block : blocks(file)) {
            switch (block.type) {
                case "PRIVATE KEY" -> {
                    return key(file, block.bytes);
                }
                case "RSA PRIVATE KEY" -> {
                    refuseEncrypted(file, block.headers.contains("ENCRYPTED"));
                    return key(file, pkcs8(Der.sequence(Der.oid(RSA), Der.value(Der.NULL)), block.bytes));
                }
                case "EC PRIVATE KEY" -> {
                    refuseEncrypted(file, block.headers.contains("ENCRYPTED"));
                    return key(file, pkcs8(Der.sequence(Der.oid(EC), curve(file, block.bytes)), block.bytes));
                }
                case "ENCRYPTED PRIVATE KEY" -> refuseEncrypted(file, true);
                default -> { }
            }
        }
        throw new PkiException("There is no private key in " + file);
    }

    private static void refuseEncrypted(Path file, boolean encrypted) throws PkiException {
        if (encrypted) {
            throw new PkiException("The private key in " + file + " is encrypted, and there is nobody to ask for its"
                    + " passphrase; store it without one (openssl pkey -in OLD -out NEW) and let only its owner read it");
        }
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.sequence(Der.integer(0), algorithm, Der.octets(key));
    }

    /** The curve's name, which is in the key's field 0. */
    private static byte[] curve(Path file, byte[] sec1) throws PkiException {
        try {
            for (Der.Item field : Der.read(sec1).items()) {
                if (field.tag() == Der.CONTEXT) {
                    return field.content();
                }
            }
        } catch (IllegalArgumentException e) {
            throw unreadable(file, e);
        }
        throw new PkiException("The key in " + file + " does not name its curve");
    }

    private static PrivateKey key(Path file, byte[] pkcs8) throws PkiException {
        try {
            String oid = Der.dotted(Der.read(pkcs8).items().get(1).items().getFirst().content());
            String algorithm = ALGORITHMS.get(oid);
            if (algorithm == null) {
                throw new PkiException("The private key in " + file + " is of a kind that is not known here (" + oid
                        + "); use an RSA key of 3072 bits");
            }
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw unreadable(file, e);
        }
    }

    private static PkiException unreadable(Path file, Exception e) {
        return new PkiException("The private key in " + file + " cannot be understood: " + e.getMessage(), e);
    }

    private static List<Block> blocks(Path file) throws PkiException {
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new PkiException(file + " is larger than 1 MiB, so it is no file of certificates or keys");
            }
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (PkiException e) {
            throw e;
        } catch (IOException e) {
            throw new PkiException("Cannot read " + file + ": " + switch (e) {
                case NoSuchFileException _ -> "there is no such file";
                case AccessDeniedException _ -> "permission denied for user " + System.getProperty("user.name");
                default -> e.getMessage();
            }, e);
        }
        List<Block> blocks = new ArrayList<>();
        String type = null;
        StringBuilder headers = new StringBuilder();
        StringBuilder base64 = new StringBuilder();
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.startsWith("-----BEGIN ") && line.endsWith("-----")) {
                type = line.substring("-----BEGIN ".length(), line.length() - "-----".length());
                headers.setLength(0);
                base64.setLength(0);
            } else if (type != null && line.equals("-----END " + type + "-----")) {
                blocks.add(new Block(type, headers.toString(), decode(file, base64.toString(),
                        headers.indexOf("ENCRYPTED") >= 0)));
                type = null;
            } else if (type != null) {
                (line.indexOf(':') >= 0 ? headers : base64).append(line);
            }
        }
        if (type != null) {
            throw new PkiException(file + " is cut off: it has no line '-----END " + type + "-----'");
        }
        return blocks;
    }

    private static byte[] decode(Path file, String base64, boolean encrypted) throws PkiException {
        try {
            return encrypted ? new byte[0] : Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new PkiException(file + " is damaged: it is not in base64", e);
        }
    }

    private static CertificateFactory factory() throws CertificateException {
        return CertificateFactory.getInstance("X.509");
    }

    /** Bytes in this form. */
    static String text(String type, byte[] bytes) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END " + type + "-----\n";
    }
}
