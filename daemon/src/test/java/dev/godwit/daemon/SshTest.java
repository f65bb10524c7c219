package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.simulated.SimulatedDriver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over a real ssh, to a real sshd on this machine with keys of its own. Needs the two programs and netcat. */
@Timeout(120)
class SshTest {

    private static final Path SSHD = Path.of("/usr/sbin/sshd");

    @TempDir
    static Path folder;

    private static Process sshd;
    private static int port;
    private static TestDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Files.isExecutable(SSHD) && Files.isExecutable(Path.of("/usr/bin/ssh-keygen")),
                "openssh-server is not installed");
        assumeTrue(Files.exists(Path.of("/bin/nc")) || Files.exists(Path.of("/usr/bin/nc")), "there is no nc");
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "sshd wants root");
        key("host");
        key("user");
        Files.setPosixFilePermissions(Files.copy(folder.resolve("user.pub"), folder.resolve("authorized")),
                PosixFilePermissions.fromString("rw-------"));
        Files.createDirectories(Path.of("/run/sshd")); // where sshd locks itself in before a login
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(folder.resolve("known"), "[127.0.0.1]:" + port + " "
                + Files.readString(folder.resolve("host.pub")));
        Path config = Files.writeString(folder.resolve("sshd.conf"), """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %2$s/host
                AuthorizedKeysFile %2$s/authorized
                PidFile none
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin yes
                """.formatted(port, folder));
        sshd = new ProcessBuilder(SSHD.toString(), "-D", "-e", "-f", config.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("sshd.log").toFile()).start();
        TestDaemon.until("sshd listens", SshTest::listens);
        daemon = TestDaemon.start(folder, new SimulatedDriver());
    }

    private static void key(String name) throws Exception {
        assertThat(new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                folder.resolve(name).toString()).inheritIO().start().waitFor()).isZero();
    }

    private static boolean listens() {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (daemon != null) {
            daemon.close();
        }
        if (sshd != null) {
            sshd.destroy();
            assertThat(sshd.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Connection open(String user, String known, Path socket) {
        return Connection.open(ConnectUri.parse("test+ssh://" + user + "@127.0.0.1:" + port + "/default?no_tty=1&keyfile="
                + folder.resolve("user") + "&known_hosts=" + folder.resolve(known) + "&socket=" + socket),
                ConnectOptions.DEFAULT);
    }

    private static Path socket() {
        return ((UnixDomainSocketAddress) daemon.unix()).getPath();
    }

    /** The programs that this process has started and that are still there, but for sshd. */
    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).filter(pid -> pid != sshd.pid())
                .collect(Collectors.toSet());
    }

    @Test
    void aKnownHostIsReachedAndNothingIsLeftAfterwards() {
        try (Connection connection = open("root", "known", socket())) {
            assertThat(connection.domains().list(Set.of())).extracting(guest -> guest.name()).contains("test");
        }
        TestDaemon.until("ssh has ended", () -> children().isEmpty());
        TestDaemon.until("the daemon's connection has ended", () -> daemon.daemon.connectionCount() == 0);
    }

    @Test
    void whatSshSaysIsInTheError() {
        refused("root", "unknown", socket(), "Host key verification failed.");
        refused("nobody-of-that-name", "known", socket(), "Permission denied (publickey).");
        refused("root", "known", folder.resolve("no-socket"), "no-socket");
        TestDaemon.until("ssh has ended", () -> children().isEmpty());
        assertThat(daemon.daemon.connectionCount()).isZero();
    }

    private static void refused(String user, String known, Path socket, String words) {
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> open(user, known, socket))
                .withMessageStartingWith("unable to connect to server at '127.0.0.1' by ssh as user '" + user + "'")
                .withMessageContaining(words)
                .satisfies(e -> assertThat(e.host()).contains("127.0.0.1"));
    }
}
