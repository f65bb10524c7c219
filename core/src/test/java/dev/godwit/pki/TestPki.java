package dev.godwit.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;

/** Authorities and certificates with the flaws that a test wants. Keys are made once: what they are does not matter. */
final class TestPki {

    static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    static final InstantSource CLOCK = InstantSource.fixed(NOW);
    static final KeyPair KEY = pair("RSA", 2048);
    static final KeyPair OTHER_KEY = pair("RSA", 2048);
    static final X500Principal CA = new X500Principal("CN=Test CA, O=Example");

    private TestPki() {}

    static KeyPair pair(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static CertificateBuilder certificate(String subject, long serial, Instant from, Instant to) {
        return new CertificateBuilder(new X500Principal(subject), KEY.getPublic(), BigInteger.valueOf(serial), from, to);
    }

    static CertificateBuilder valid(String subject, long serial) {
        return certificate(subject, serial, NOW.minusSeconds(3600), NOW.plusSeconds(86_400 * 100));
    }

    static X509Certificate signed(CertificateBuilder builder) {
        return builder.sign(CA, OTHER_KEY.getPublic(), OTHER_KEY.getPrivate());
    }

    static X509Certificate authority() {
        return new CertificateBuilder(CA, OTHER_KEY.getPublic(), BigInteger.ONE, NOW.minusSeconds(3600),
                NOW.plusSeconds(86_400 * 1000)).authority().sign(CA, OTHER_KEY.getPublic(), OTHER_KEY.getPrivate());
    }

    static X509CRL revoked(long serial) {
        return CertificateBuilder.revocations(CA, OTHER_KEY.getPublic(), OTHER_KEY.getPrivate(), BigInteger.TEN, NOW,
                NOW.plusSeconds(86_400), Map.of(BigInteger.valueOf(serial), NOW.minusSeconds(60)));
    }

    static Credentials trusting(List<X509Certificate> authorities, List<X509CRL> lists) {
        return new Credentials(PkiFiles.folder(Role.CLIENT, Path.of("/pki")), authorities, lists, Optional.empty());
    }

    static void write(Path file, X509Certificate certificate) throws Exception {
        Files.writeString(file, Pem.text("CERTIFICATE", certificate.getEncoded()));
    }

    static void write(Path file, PrivateKey key) throws IOException {
        Files.writeString(file, Pem.text("PRIVATE KEY", key.getEncoded()));
    }

    static boolean has(String program) {
        return Files.isExecutable(Path.of("/usr/bin", program));
    }

    /** What a program prints; it must succeed. */
    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + said);
        }
        return said;
    }
}
