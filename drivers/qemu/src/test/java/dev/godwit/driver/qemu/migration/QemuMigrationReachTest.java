package dev.godwit.driver.qemu.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.migration.QemuMigrationReach.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class QemuMigrationReachTest {

    private static final BooleanSupplier WANTED = () -> false;
    private static final String REMEDIES = "Guest 'web1' stays where it is. What helps: correct the name of the destination,"
            + " or set migration_host there to one that resolves here; or give the address of another of its interfaces as"
            + " migration URI (tcp://ADDRESS); or a port that the firewall lets through (%sPORT)";

    private static InetAddress ip(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static void reach(Resolver resolver, String uri, BooleanSupplier givenUp) {
        new QemuMigrationReach("kvm1", Duration.ofMillis(300), resolver)
                .open(QemuMigrationUri.parse(uri), "web1", givenUp).close();
    }

    private static void refused(Resolver resolver, String uri, String cause) {
        String prefix = uri.substring(0, uri.lastIndexOf(':') + 1);
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> reach(resolver, uri, WANTED))
                .withMessage(cause + ". " + REMEDIES.formatted(prefix))
                .satisfies(e -> assertThat(e.codeNumber()).isEqualTo(38))
                .satisfies(e -> assertThat(e.domainNumber()).isEqualTo(7));
    }

    @Test
    void aNameThatDoesNotResolve() {
        refused(name -> {
            throw new UnknownHostException(name);
        }, "tcp:kvm9:49152", "unable to resolve address 'kvm9' service '49152' on kvm1");
    }

    @Test
    void aNameThatLeadsBackToTheSource() {
        refused(_ -> List.of(ip("127.0.1.1"), ip("::1")), "tcp:kvm2:49152",
                "unable to connect to server at 'kvm2:49152': on kvm1 the name kvm2 resolves to localhost, so the guest"
                        + " would be sent to kvm1 itself");
    }

    @Test
    void aPortOnWhichNobodyWaits() throws IOException {
        int port = freePort();
        refused(_ -> List.of(ip("127.0.0.1")), "tcp://127.0.0.1:" + port,
                "unable to connect to server at '127.0.0.1:" + port + "': Connection refused");
    }

    @Test
    void aFirewallThatDrops() throws IOException {
        try (Silent silent = new Silent()) {
            refused(_ -> List.of(ip("127.0.0.1")), "tcp:127.0.0.1:" + silent.port(),
                    "unable to connect to server at '127.0.0.1:" + silent.port() + "': no answer within 0.3 s, as when a"
                            + " firewall drops what comes to that port");
        }
    }

    @Test
    void aCancelEndsTheWaiting() throws IOException {
        try (Silent silent = new Silent()) {
            var asked = new AtomicInteger();
            QemuMigrationReach patient =
                    new QemuMigrationReach("kvm1", Duration.ofHours(1), _ -> List.of(ip("127.0.0.1")));
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> patient.open(QemuMigrationUri.parse("tcp:127.0.0.1:" + silent.port()), "web1",
                            () -> asked.incrementAndGet() > 2))
                    .withMessage("operation aborted: job 'migration out' canceled by client");
        }
    }

    @Test
    void anAddressThatDoesNotAnswerLeavesTimeForTheNext() throws IOException {
        try (Silent silent = new Silent();
                ServerSocket receiver = new ServerSocket()) {
            // The same port on another loopback address.
            receiver.bind(new InetSocketAddress("127.0.0.2", silent.port()));
            reach(_ -> List.of(ip("127.0.0.1"), ip("127.0.0.2")), "tcp:127.1:" + silent.port(), WANTED);
            receiver.accept().close();
        }
    }

    @Test
    void ipv6Literals() throws IOException {
        try (ServerSocket receiver = new ServerSocket(0, 1, ip("::1"))) {
            reach(name -> List.of(ip(name)), "tcp:[::1]:" + receiver.getLocalPort(), WANTED);
            receiver.accept().close();
        }
    }

    @Test
    void aUnixSocketThatIsNotThere(@TempDir java.nio.file.Path folder) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> reach(_ -> List.of(), "unix://" + folder + "/nobody", WANTED))
                .withMessageStartingWith("Failed to connect socket to '" + folder
                        + "/nobody' on kvm1: No such file or directory. Guest 'web1' stays where it is.");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, ip("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** A port at which the kernel drops whoever comes, because too many wait to be accepted already. */
    private static final class Silent implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 1, ip("127.0.0.1"));
        private final List<Socket> waiting = new ArrayList<>();

        Silent() throws IOException {
            while (true) {
                Socket one = new Socket();
                try {
                    one.connect(socket.getLocalSocketAddress(), 200);
                } catch (IOException full) {
                    one.close();
                    return;
                }
                waiting.add(one);
            }
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket one : waiting) {
                one.close();
            }
            socket.close();
        }
    }
}
