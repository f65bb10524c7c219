package dev.godwit.pki;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Makes a certificate (RFC 5280). What is not asked for is left out.
 *
 * <p>The JDK can read certificates but not make them by any interface of its own, and starting its keytool for each
 * costs a second.
 */
public final class CertificateBuilder {

    private static final String SUBJECT_KEY = "2.5.29.14";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String CRL_NUMBER = "2.5.29.20";
    private static final String AUTHORITY_KEY = "2.5.29.35";
    private static final String KEY_PURPOSE = "2.5.29.37";
    private static final Map<String, String> SIGNATURES = Map.of(
            "SHA256withRSA", "1.2.840.113549.1.1.11", "SHA256withECDSA", "1.2.840.10045.4.3.2");
    private static final byte[] DIGITAL_SIGNATURE_AND_KEY_ENCIPHERMENT = {5, (byte) 0xa0};
    private static final byte[] CERTIFICATE_AND_CRL_SIGN = {1, 0x06};
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final X500Principal subject;
    private final PublicKey key;
    private final BigInteger serial;
    private final Instant from;
    private final Instant to;
    private final Set<Role> roles = EnumSet.noneOf(Role.class);
    private final List<String> names = new ArrayList<>();
    private boolean authority;

    /**
     * A certificate without extensions.
     *
     * @param subject whose, as in {@code new X500Principal("CN=kvm7, O=Example")}
     * @param key     its public key
     * @param serial  positive, and no other of its issuer's
     * @param from    the first moment of its validity
     * @param to      the last
     */
    public CertificateBuilder(X500Principal subject, PublicKey key, BigInteger serial, Instant from, Instant to) {
        this.subject = subject;
        this.key = key;
        this.serial = serial;
        this.from = from;
        this.to = to;
    }

    /** May sign other certificates, and nothing else. */
    public CertificateBuilder authority() {
        authority = true;
        return this;
    }

    /**
     * May be used at some ends of a conversation.
     *
     * @param allowed which
     */
    public CertificateBuilder roles(Collection<Role> allowed) {
        roles.addAll(allowed);
        return this;
    }

    /**
     * Is for some hosts.
     *
     * @param hosts names and addresses
     */
    public CertificateBuilder names(Collection<String> hosts) {
        names.addAll(hosts);
        return this;
    }

    /**
     * Signs it.
     *
     * @param issuer    who signs
     * @param issuerKey the issuer's public key
     * @param signer    the issuer's private key, RSA or on an elliptic curve
     * @return the certificate
     */
    public X509Certificate sign(X500Principal issuer, PublicKey issuerKey, PrivateKey signer) {
        byte[] content = Der.sequence(
                Der.value(Der.CONTEXT, Der.integer(2)), // version 3
                Der.integer(serial),
                algorithm(signer),
                issuer.getEncoded(),
                Der.sequence(Der.time(from), Der.time(to)),
                subject.getEncoded(),
                key.getEncoded(),
                Der.value(Der.CONTEXT + 3, Der.sequence(extensions(issuerKey))));
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(signed(content, signer)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A certificate could not be made", e);
        }
    }

    private List<byte[]> extensions(PublicKey issuerKey) {
        List<byte[]> extensions = new ArrayList<>();
        extensions.add(extension(BASIC_CONSTRAINTS, true,
                authority ? Der.sequence(Der.bool(true)) : Der.sequence()));
        extensions.add(extension(KEY_USAGE, true, Der.value(Der.BIT_STRING,
                authority ? CERTIFICATE_AND_CRL_SIGN : DIGITAL_SIGNATURE_AND_KEY_ENCIPHERMENT)));
        if (!roles.isEmpty()) {
            extensions.add(extension(KEY_PURPOSE, false,
                    Der.sequence(roles.stream().map(role -> Der.oid(role.purpose())).toList())));
        }
        if (!names.isEmpty()) {
            extensions.add(extension(ALTERNATIVE_NAMES, false,
                    Der.sequence(names.stream().map(CertificateBuilder::name).toList())));
        }
        extensions.add(extension(SUBJECT_KEY, false, Der.octets(keyId(key))));
        extensions.add(authorityKey(issuerKey));
        return extensions;
    }

    private static byte[] name(String host) {
        Optional<byte[]> address = HostNameCheck.address(host);
        return address.isPresent() ? Der.value(Der.CONTEXT_PRIMITIVE + IP_ADDRESS, address.get())
                : Der.value(Der.CONTEXT_PRIMITIVE + DNS_NAME, HostNameCheck.ascii(host).getBytes(
                        java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    private static byte[] authorityKey(PublicKey issuerKey) {
        return extension(AUTHORITY_KEY, false, Der.sequence(Der.value(Der.CONTEXT_PRIMITIVE, keyId(issuerKey))));
    }

    /** The SHA-1 of the key's bits (RFC 5280, section 4.2.1.2), which is a name and protects nothing. */
    private static byte[] keyId(PublicKey key) {
        byte[] bits = Der.read(key.getEncoded()).items().get(1).content();
        try {
            return MessageDigest.getInstance("SHA-1").digest(Arrays.copyOfRange(bits, 1, bits.length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] algorithm(PrivateKey signer) {
        String name = KeyMatch.algorithm(signer);
        byte[] oid = Der.oid(SIGNATURES.get(name));
        return name.endsWith("RSA") ? Der.sequence(oid, Der.value(Der.NULL)) : Der.sequence(oid);
    }

    private static byte[] signed(byte[] content, PrivateKey signer) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(KeyMatch.algorithm(signer));
        signature.initSign(signer);
        signature.update(content);
        return Der.sequence(content, algorithm(signer), Der.bits(signature.sign()));
    }

    /**
     * Makes a revocation list (RFC 5280, section 5).
     *
     * @param issuer    who revokes
     * @param issuerKey the issuer's public key
     * @param signer    the issuer's private key
     * @param number    greater than that of the list before
     * @param now       when it is made
     * @param next      when there will be another
     * @param revoked   serial numbers of certificates, and when they were revoked
     * @return the list
     */
    public static X509CRL revocations(X500Principal issuer, PublicKey issuerKey, PrivateKey signer, BigInteger number,
            Instant now, Instant next, Map<BigInteger, Instant> revoked) {
        List<byte[]> content = new ArrayList<>(List.of(Der.integer(1), algorithm(signer), issuer.getEncoded(),
                Der.time(now), Der.time(next)));
        if (!revoked.isEmpty()) {
            content.add(Der.sequence(revoked.entrySet().stream()
                    .map(entry -> Der.sequence(Der.integer(entry.getKey()), Der.time(entry.getValue()))).toList()));
        }
        content.add(Der.value(Der.CONTEXT, Der.sequence(authorityKey(issuerKey),
                extension(CRL_NUMBER, false, Der.integer(number)))));
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509")
                    .generateCRL(new ByteArrayInputStream(signed(Der.sequence(content), signer)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A revocation list could not be made", e);
        }
    }
}
