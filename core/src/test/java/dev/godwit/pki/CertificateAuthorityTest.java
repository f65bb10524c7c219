package dev.godwit.pki;

import static dev.godwit.pki.TestPki.CLOCK;
import static dev.godwit.pki.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {

    @TempDir
    private Path folder;

    private CertificateAuthority init() throws PkiException {
        return CertificateAuthority.init(folder, "Example CA", CLOCK, new SecureRandom());
    }

    @Test
    void makesAWorkingSet() throws Exception {
        CertificateAuthority authority = init();
        Path host = folder.resolve("hosts/kvm7");
        authority.host("kvm7.example.org", List.of("kvm7", "192.0.2.7", "2001:db8::7"), Duration.ofDays(90), host);
        Path client = folder.resolve("clients/admin");
        authority.client("CN=admin,O=Example", Duration.ofDays(90), client);

        Credentials server = Credentials.read(Role.SERVER, PkiFiles.system(Role.SERVER, host), true, CLOCK);
        HostNameCheck.check(server.own().orElseThrow().chain().getFirst(), "192.0.2.7");
        Credentials caller = Credentials.read(Role.CLIENT, PkiFiles.folder(Role.CLIENT, client), true, CLOCK);
        assertThat(caller.own().orElseThrow()).hasToString("O=Example,CN=admin");
        Credentials.read(Role.CLIENT, PkiFiles.system(Role.CLIENT, host), true, CLOCK);
        assertThat(Expiry.warnings(server, CLOCK)).isEmpty();
        assertThat(Expiry.warnings(server, InstantSource.fixed(NOW.plus(Duration.ofDays(70))))).singleElement()
                .isEqualTo("The certificate " + host.resolve("libvirt/servercert.pem")
                        + " (CN=kvm7.example.org) expires in 20 days, on 2026-08-30 12:00 UTC: renew it");
    }

    @Test
    void keepsKeysToTheirOwner() throws Exception {
        CertificateAuthority authority = init();
        List<Path> files = authority.host("kvm7", List.of(), Duration.ofDays(1), folder.resolve("out"));

        assertThat(files).filteredOn(f -> f.toString().contains("key")).hasSize(4)
                .allSatisfy(f -> assertThat(Files.getPosixFilePermissions(f)).isEqualTo(PosixFilePermissions.fromString("rw-------")));
        assertThat(Files.getPosixFilePermissions(folder.resolve("CA/private/cakey.pem")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(folder.resolve("CA/private")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void overwritesNothing() throws Exception {
        CertificateAuthority authority = init();
        assertThatThrownBy(this::init).hasMessage(folder.resolve("CA/cacert.pem")
                + " is there already and is not overwritten; move it away first, or name another folder");
        Path out = folder.resolve("out");
        authority.client("admin", Duration.ofDays(1), out);
        byte[] before = Files.readAllBytes(out.resolve("clientkey.pem"));
        assertThatThrownBy(() -> authority.client("admin", Duration.ofDays(1), out)).hasMessageContaining("not overwritten");
        assertThat(out.resolve("clientkey.pem")).hasBinaryContent(before);
        Files.delete(out.resolve("clientcert.pem"));
        Files.delete(out.resolve("clientkey.pem"));
        CertificateAuthority other = CertificateAuthority.init(folder.resolve("other"), "Other", CLOCK, new SecureRandom());
        assertThatThrownBy(() -> other.client("admin", Duration.ofDays(1), out))
                .hasMessageContaining("another certificate authority");
    }

    @Test
    void nothingOutlivesTheAuthority() throws Exception {
        init().client("admin", Duration.ofDays(36_500), folder.resolve("out"));
        assertThat(Pem.certificates(folder.resolve("out/clientcert.pem")).getFirst().getNotAfter().toInstant())
                .isEqualTo(NOW.plus(CertificateAuthority.AUTHORITY_VALIDITY));
    }

    @Test
    void revokes() throws Exception {
        CertificateAuthority authority = init();
        Path out = folder.resolve("out");
        authority.client("one", Duration.ofDays(1), out);
        authority.client("two", Duration.ofDays(1), folder.resolve("two"));
        var one = Pem.certificates(out.resolve("clientcert.pem"));
        var two = Pem.certificates(folder.resolve("two/clientcert.pem"));
        authority.revoke(one.getFirst());
        Path list = CertificateAuthority.open(folder, CLOCK, new SecureRandom()).revoke(two.getFirst());

        assertThat(Pem.revocations(list)).singleElement().satisfies(l -> {
            assertThat(l.isRevoked(one.getFirst())).isTrue();
            assertThat(l.isRevoked(two.getFirst())).isTrue();
            l.verify(authority.certificate().getPublicKey());
        });
        assertThatThrownBy(() -> authority.revoke(TestPki.authority())).hasMessageContaining("is signed by");
    }

    @Test
    void openSslAndGnutlsAcceptAllOfIt() throws Exception {
        assumeTrue(TestPki.has("openssl") && TestPki.has("certtool"), "openssl or gnutls-bin is not installed");
        InstantSource now = InstantSource.system();
        CertificateAuthority authority = CertificateAuthority.init(folder, "Example CA", now, new SecureRandom());
        Path host = folder.resolve("host");
        authority.host("kvm7.example.org", List.of("192.0.2.7"), Duration.ofDays(90), host);
        authority.client("gone", Duration.ofDays(90), folder.resolve("gone"));
        Path list = authority.revoke(Pem.certificates(folder.resolve("gone/clientcert.pem")).getFirst());
        String ca = folder.resolve("CA/cacert.pem").toString();

        for (String role : new String[] {"server", "client"}) {
            String certificate = host.resolve("libvirt/" + role + "cert.pem").toString();
            assertThat(TestPki.run("openssl", "verify", "-x509_strict", "-purpose", "ssl" + role, "-CAfile", ca, certificate))
                    .contains("OK");
            assertThat(TestPki.run("certtool", "--verify", "--load-ca-certificate", ca, "--infile", certificate))
                    .contains("Verified. The certificate is trusted");
            assertThat(TestPki.run("certtool", "--key-info", "--infile",
                    host.resolve("libvirt/private/" + role + "key.pem").toString())).contains("RSA");
        }
        assertThat(TestPki.run("openssl", "crl", "-in", list.toString(), "-CAfile", ca, "-noout", "-text"))
                .contains("verify OK");
        assertThat(TestPki.run("certtool", "--verify-crl", "--load-ca-certificate", ca, "--infile", list.toString()))
                .contains("Verified");
    }
}
