package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.Feature;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kerby.kerberos.kerb.server.SimpleKdcServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** GSSAPI on both ends over plain TCP, with a real key distribution centre. */
@Timeout(120)
class KerberosTest {

    private static final String CONF = "java.security.krb5.conf";

    @TempDir
    static Path folder;

    private static SimpleKdcServer kdc;
    private static Path keytab;

    @BeforeAll
    static void issueTickets() throws Exception {
        kdc = new SimpleKdcServer();
        kdc.setKdcHost("127.0.0.1");
        kdc.setKdcRealm("EXAMPLE.COM");
        kdc.setAllowUdp(false);
        try (ServerSocket free = new ServerSocket(0)) {
            kdc.setKdcTcpPort(free.getLocalPort());
        }
        kdc.setWorkDir(folder.toFile());
        kdc.init();
        kdc.start();
        System.setProperty(CONF, folder.resolve("krb5.conf").toString());
        kdc.createPrincipal("ann@EXAMPLE.COM", "pencil");
        kdc.createPrincipal("libvirt/localhost@EXAMPLE.COM", "service");
        keytab = folder.resolve("krb5.tab");
        kdc.exportPrincipal("libvirt/localhost@EXAMPLE.COM", keytab.toFile());
        kdc.getKrbClient().storeTicket(kdc.getKrbClient().requestTgt("ann@EXAMPLE.COM", "pencil"),
                cache().toFile());
    }

    /** Where Java looks when {@code KRB5CCNAME} is not set. */
    private static Path cache() {
        String uid;
        try {
            uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return Path.of(System.getenv().getOrDefault("KRB5CCNAME", "/tmp/krb5cc_" + uid).replaceFirst("^FILE:", ""));
    }

    @AfterAll
    static void stop() throws Exception {
        System.clearProperty(CONF);
        Files.deleteIfExists(cache());
        kdc.stop();
    }

    private static Connection open(TestDaemon daemon, AtomicInteger clear) {
        return Connection.open(() -> new Eavesdropper(SocketChannel.open(daemon.tcp()), clear),
                ConnectUri.parse("test+tcp://localhost:" + ((InetSocketAddress) daemon.tcp()).getPort() + "/default"),
                ConnectOptions.DEFAULT);
    }

    /** Counts the messages in clear that carry a marker. */
    private record Eavesdropper(SocketChannel channel, AtomicInteger heard) implements ByteChannel {

        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            String text = java.nio.charset.StandardCharsets.ISO_8859_1.decode(source.duplicate()).toString();
            if (text.contains("test:///default")) {
                heard.incrementAndGet();
            }
            return channel.write(source);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static TestDaemon daemon(String... settings) throws Exception {
        Path home = Files.createTempDirectory(folder, "d");
        return TestDaemon.start(home, new FakeHypervisor("test"), String.join("\n", settings));
    }

    private static final String SASL = "sasl_keytab = \"%s\"";

    @Test
    void ticketsLetUsInAndEverythingAfterwardsIsEncrypted() throws Exception {
        assertThat(InetAddress.getByName("localhost").isLoopbackAddress()).isTrue();
        AtomicInteger clear = new AtomicInteger();
        try (TestDaemon daemon = daemon("auth_tcp = \"sasl\"", SASL.formatted(keytab))) {
            try (Connection connection = open(daemon, clear)) {
                for (int i = 0; i < 100; i++) {
                    assertThat(connection.supports(Feature.PROGRAM_KEEPALIVE)).isTrue();
                }
            }
        }
        assertThat(clear).hasValue(0);
        // The same without authentication, to see that the ear is open.
        try (TestDaemon daemon = daemon("auth_tcp = \"none\""); Connection _ = open(daemon, clear)) {
            assertThat(clear.get()).isPositive();
        }
    }

    @Test
    void aPrincipalThatIsNotOnTheListIsNotLetIn() throws Exception {
        try (TestDaemon daemon = daemon("auth_tcp = \"sasl\"", SASL.formatted(keytab),
                "sasl_allowed_username_list = [\"bob@EXAMPLE.COM\"]")) {
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> open(daemon, new AtomicInteger()))
                    .withMessageContaining("localhost does not let us in with GSSAPI");
            TestDaemon.until("no connection is left", () -> daemon.daemon.connectionCount() == 0);
        }
        try (TestDaemon daemon = daemon("auth_tcp = \"sasl\"", SASL.formatted(keytab),
                "sasl_allowed_username_list = [\"*@EXAMPLE.COM\"]")) {
            open(daemon, new AtomicInteger()).close();
        }
    }
}
