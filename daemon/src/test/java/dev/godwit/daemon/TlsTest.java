package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.client.AdminConnection;
import dev.godwit.client.Connection;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import dev.godwit.pki.CertificateAuthority;
import dev.godwit.pki.Pem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon and clients that come by TLS: what each side says when the other is not to be trusted, and what is left. */
@Timeout(60)
class TlsTest {

    private static final InstantSource NOW = InstantSource.system();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration YEAR = Duration.ofDays(365);

    @TempDir
    private static Path pki;
    private static CertificateAuthority authority;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeCertificates() throws Exception {
        authority = CertificateAuthority.init(pki, "Test CA", NOW, RANDOM);
        authority.host("kvm7.example.org", List.of("localhost", "127.0.0.1"), YEAR, pki);
        authority.client("CN=admin,O=Example", YEAR, pki.resolve("admin"));
    }

    private TestDaemon daemon(String... settings) throws Exception {
        return daemon(pki, settings);
    }

    private TestDaemon daemon(Path host, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("listen_tls = 1", "tls_port = \"0\"",
                "ca_file = \"" + host.resolve("CA/cacert.pem") + "\"",
                "crl_file = \"" + host.resolve("CA/cacrl.pem") + "\"",
                "cert_file = \"" + host.resolve("libvirt/servercert.pem") + "\"",
                "key_file = \"" + host.resolve("libvirt/private/serverkey.pem") + "\""));
        all.addAll(List.of(settings));
        return TestDaemon.start(folder, new FakeHypervisor("fake"), all.toArray(String[]::new));
    }

    private static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    private static SocketAddress tls(TestDaemon daemon) {
        return daemon.daemon.addresses().get(3);
    }

    private static String uri(TestDaemon daemon, Path certificates, String more) {
        return "fake+tls://localhost:" + port(tls(daemon)) + "/system?pkipath=" + certificates + more;
    }

    private static Connection admin(TestDaemon daemon) {
        return Connection.open(uri(daemon, pki.resolve("admin"), ""));
    }

    private static void refused(ErrorCode code, String uri, String... why) {
        assertThatThrownBy(() -> Connection.open(uri)).isInstanceOf(VirtException.class)
                .satisfies(e -> assertThat(((VirtException) e).is(code)).as(e.toString()).isTrue())
                .hasMessageContainingAll(why);
    }

    private static void nobodyIsLeft(TestDaemon daemon) {
        TestDaemon.until("all connections are gone", () -> daemon.daemon.connectionCount() == 0);
    }

    private static String openingOf(TestDaemon daemon) {
        try (Connection connection = admin(daemon)) {
            return connection.host().hostname();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NORMAL", "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"})
    void aClientWithACertificateIsServed(String priority) throws Exception {
        try (TestDaemon daemon = daemon()) {
            try (Connection connection = Connection.open(
                    uri(daemon, pki.resolve("admin"), "&tls_priority=" + priority))) {
                assertThat(connection.host().hostname()).isNotEmpty();
                assertThat(daemon.daemon.connectionCount()).isEqualTo(1);
            }
            nobodyIsLeft(daemon);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NORMAL", "NORMAL:-VERS-ALL:%2bVERS-TLS1.2", "NORMAL:-VERS-ALL:%2bVERS-TLS1.3"})
    void stockVirshIsServed(String priority) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/virsh")), "virsh is not installed");
        try (TestDaemon daemon = daemon()) {
            Process virsh = new ProcessBuilder("virsh", "-c",
                    uri(daemon, pki.resolve("admin"), "&tls_priority=" + priority), "hostname")
                    .redirectErrorStream(true).start();
            String said = new String(virsh.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(virsh.waitFor()).as(said).isZero();
            assertThat(said.strip()).isEqualTo(openingOf(daemon));
            nobodyIsLeft(daemon);
        }
    }

    @Test
    void oneWithoutIsNot() throws Exception {
        Path none = Files.createDirectory(folder.resolve("none"));
        Files.copy(pki.resolve("CA/cacert.pem"), none.resolve("cacert.pem"));
        try (TestDaemon daemon = daemon()) {
            refused(ErrorCode.AUTH_FAILED, uri(daemon, none, ""),
                    "server verification (of our certificate or IP address) failed", "we have no certificate",
                    none.resolve("clientcert.pem").toString());
            nobodyIsLeft(daemon);
        }
        try (TestDaemon daemon = daemon("tls_no_verify_certificate = 1");
                Connection connection = Connection.open(uri(daemon, none, ""))) {
            assertThat(connection.host().hostname()).isNotEmpty();
        }
    }

    @Test
    void aRevokedCertificateIsRefusedAsSoonAsTheListIsRead() throws Exception {
        Path host = folder.resolve("host");
        CertificateAuthority own = CertificateAuthority.init(host, "Own CA", NOW, RANDOM);
        own.host("localhost", List.of(), YEAR, host);
        own.client("gone", YEAR, folder.resolve("gone"));
        try (TestDaemon daemon = daemon(host)) {
            String uri = uri(daemon, folder.resolve("gone"), "");
            try (Connection before = Connection.open(uri)) {
                own.revoke(Pem.certificates(folder.resolve("gone/clientcert.pem")).getFirst());
                daemon.daemon.reload();

                refused(ErrorCode.AUTH_FAILED, uri, "does not accept our certificate", "CN=gone");
                assertThat(before.host().hostname()).isNotEmpty(); // what has begun goes on
            }
            nobodyIsLeft(daemon);
        }
    }

    @Test
    void anAllowedListLetsInWhomItLists() throws Exception {
        try (TestDaemon daemon = daemon("tls_allowed_dn_list = [\"C=DE,*\", \"O=Example,CN=adm?n\"]")) {
            assertThat(openingOf(daemon)).isNotEmpty();
        }
        for (String list : new String[] {"[\"CN=admin,O=Example\", \"O=Example\"]", "[]"}) {
            try (TestDaemon daemon = daemon("tls_allowed_dn_list = " + list)) {
                refused(ErrorCode.AUTH_FAILED, uri(daemon, pki.resolve("admin"), ""), "does not accept our certificate",
                        "O=Example,CN=admin");
                nobodyIsLeft(daemon);
            }
        }
    }

    @Test
    void expiredCertificatesAreRefusedOnBothSides() throws Exception {
        Instant then = Instant.now().minus(Duration.ofDays(100));
        Path host = folder.resolve("host");
        CertificateAuthority old = CertificateAuthority.init(host, "Old CA", InstantSource.fixed(then), RANDOM);
        old.host("localhost", List.of(), Duration.ofDays(90), host);
        old.client("late", Duration.ofDays(90), folder.resolve("late"));
        assertThatThrownBy(() -> daemon(host)).isInstanceOf(IOException.class)
                .hasMessageContaining("server certificate " + host.resolve("libvirt/servercert.pem") + " has expired on");
        try (TestDaemon daemon = daemon(host, "tls_no_sanity_certificate = 1")) {
            refused(ErrorCode.SYSTEM_ERROR, uri(daemon, folder.resolve("late"), ""), "client certificate "
                    + folder.resolve("late/clientcert.pem") + " has expired on");
            refused(ErrorCode.AUTH_FAILED, uri(daemon, folder.resolve("late"), "&no_sanity=1"),
                    "Failed to verify peer's certificate", "server certificate of localhost", "has expired on");
            refused(ErrorCode.AUTH_FAILED, uri(daemon, folder.resolve("late"), "&no_sanity=1&no_verify=1"),
                    "does not accept our certificate", "CN=late");
            nobodyIsLeft(daemon);
        }
    }

    @Test
    void aNameThatIsNotInTheCertificateIsRefused() throws Exception {
        Path host = folder.resolve("host");
        authority.host("kvm9.example.org", List.of("192.0.2.9"), YEAR, host);
        try (TestDaemon daemon = daemon(host)) {
            refused(ErrorCode.AUTH_FAILED, uri(daemon, pki.resolve("admin"), ""),
                    "is not for localhost but for kvm9.example.org, 192.0.2.9");
            try (Connection anyway = Connection.open(uri(daemon, pki.resolve("admin"), "&no_verify=1"))) {
                assertThat(anyway.host().hostname()).isNotEmpty();
            }
            nobodyIsLeft(daemon);
        }
    }

    @Test
    void anUnknownAuthorityIsRefusedOnBothSides() throws Exception {
        Path other = folder.resolve("other");
        CertificateAuthority.init(other, "Other CA", NOW, RANDOM).client("stranger", YEAR, other.resolve("stranger"));
        try (TestDaemon daemon = daemon()) {
            refused(ErrorCode.AUTH_FAILED, uri(daemon, other.resolve("stranger"), ""),
                    "Failed to verify peer's certificate", "signed by CN=Test CA",
                    other.resolve("stranger/cacert.pem").toString());
            refused(ErrorCode.AUTH_FAILED, uri(daemon, other.resolve("stranger"), "&no_verify=1"),
                    "does not accept our certificate", "CN=stranger");
            nobodyIsLeft(daemon);
        }
    }

    @Test
    void aPlainClientOnTheTlsPortLearnsIt() throws Exception {
        try (TestDaemon daemon = daemon()) {
            assertThatThrownBy(() -> Connection.open("fake+tcp://localhost:" + port(tls(daemon)) + "/system"))
                    .isInstanceOf(VirtException.class).hasMessageContaining("fake+tls");
            nobodyIsLeft(daemon);
        }
    }

    @Test
    void aTlsClientOnThePlainPortLearnsIt() throws Exception {
        try (TestDaemon daemon = daemon()) {
            assertThatThrownBy(() -> Connection.open("fake+tls://localhost:" + port(daemon.tcp()) + "/system?pkipath="
                    + pki.resolve("admin"))).isInstanceOf(VirtException.class).hasMessageContaining("+tcp");
            nobodyIsLeft(daemon);
        }
    }

    @Test
    void whoStallsInTheHandshakeKeepsNobodyOut() throws Exception {
        try (TestDaemon daemon = daemon("max_anonymous_clients = 3")) {
            List<SocketChannel> stalling = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                SocketChannel one = SocketChannel.open(tls(daemon));
                one.write(ByteBuffer.wrap(new byte[] {22, 3, 1, 2, 0}));
                stalling.add(one);
                if (i % 3 == 0) {
                    assertThat(openingOf(daemon)).isNotEmpty();
                }
            }
            for (SocketChannel one : stalling) { // hung up on by one that comes later, or when their time is over
                assertThat(one.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                one.close();
            }
        }
    }

    @Test
    void renewedCertificatesServeWhoComesNext() throws Exception {
        Path host = folder.resolve("host");
        authority.host("localhost", List.of("first"), YEAR, host);
        try (TestDaemon daemon = daemon(host)) {
            String server = uri(daemon, pki.resolve("admin"), "");
            try (Connection before = Connection.open(server)) {
                Path renewed = folder.resolve("renewed");
                authority.host("kvm9.example.org", List.of(), YEAR, renewed);
                for (String file : new String[] {"libvirt/servercert.pem", "libvirt/private/serverkey.pem"}) {
                    Files.copy(renewed.resolve(file), host.resolve(file),
                            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
                Path socket = folder.resolve("run/libvirt-admin-sock");
                assertThat(Files.getPosixFilePermissions(socket)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
                try (AdminConnection admin = AdminConnection.open(socket)) {
                    admin.reloadTls();
                    refused(ErrorCode.AUTH_FAILED, server, "is not for localhost but for kvm9.example.org");

                    Files.writeString(host.resolve("libvirt/servercert.pem"), "half written");
                    assertThatThrownBy(admin::reloadTls).isInstanceOf(VirtException.class)
                            .hasMessage("There is no certificate in " + host.resolve("libvirt/servercert.pem"));
                }
                refused(ErrorCode.AUTH_FAILED, server, "but for kvm9.example.org"); // as before
                assertThat(before.host().hostname()).isNotEmpty();
            }
        }
    }

    @Test
    void withoutTlsThereIsNothingToReadAnew() throws Exception {
        try (TestDaemon daemon = TestDaemon.start(folder, new FakeHypervisor("fake"));
                AdminConnection admin = AdminConnection.open(folder.resolve("run/libvirt-admin-sock"))) {
            assertThat(daemon.daemon.connectionCount()).isZero(); // it counts who works with guests
            assertThatThrownBy(admin::reloadTls).isInstanceOf(VirtException.class)
                    .hasMessage("internal error: no tls service found, unable to update tls files");
        }
    }

    @Test
    void badFilesAreOneClearErrorAtTheStart() {
        Path missing = folder.resolve("nowhere");
        assertThatThrownBy(() -> daemon(missing)).isInstanceOf(IOException.class)
                .hasMessage("Cannot read " + missing.resolve("CA/cacert.pem") + ": there is no such file");
        assertThatThrownBy(() -> daemon("tls_priority = \"NORMAL:+VERS-TLS9\"")).isInstanceOf(IOException.class)
                .hasMessageContaining("'+VERS-TLS9' is not understood");
        assertThatThrownBy(() -> daemon("tls_provider = \"Nobody\"")).isInstanceOf(IOException.class)
                .hasMessageContaining("There is no security provider 'Nobody'");
    }

    @Test
    void theLogSaysWhyAClientWasNotLetIn() throws Exception {
        try (LogCapture log = LogCapture.of("dev.godwit.daemon"); TestDaemon daemon = daemon("tls_allowed_dn_list = []")) {
            assertThatThrownBy(() -> admin(daemon)).isInstanceOf(VirtException.class);
            try (SocketChannel plain = SocketChannel.open(tls(daemon))) {
                plain.write(ByteBuffer.allocate(28));
                assertThat(plain.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            TestDaemon.until("both are in the log", () -> log.has("\"O=Example,CN=admin\", is not in tls_allowed_dn_list")
                    && log.has("it does not speak TLS, which this port is for"));
        }
    }
}
