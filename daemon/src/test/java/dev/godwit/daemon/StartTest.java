package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.daemon.config.Instance;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class StartTest {

    @TempDir
    Path folder;

    @Test
    void tellsTheDriverWhoTheHostIsAndWhereThingsGo() throws Exception {
        FakeHypervisor qemu = new FakeHypervisor("qemu");
        try (TestDaemon daemon = TestDaemon.start(folder, qemu,
                "host_uuid = \"61616161-1111-4111-8111-616161616162\"", "migration_host = \"kvm7\"",
                "migration_port_min = 50000", "migration_port_max = 50001", "migration_transient_drops_config = 1",
                "qemu_emulator = \"/opt/qemu\"")) {
            HostSetting setting = qemu.setting.get();

            assertThat(setting.host()).isEqualTo(daemon.daemon.identity());
            assertThat(setting.host().uuid()).isEqualTo(UUID.fromString("61616161-1111-4111-8111-616161616162"));
            assertThat(setting.privileged()).isTrue();
            assertThat(setting.configDir()).isEqualTo(folder.resolve("state/config/qemu")).isDirectory();
            assertThat(setting.stateDir()).isEqualTo(folder.resolve("state/qemu")).isDirectory();
            assertThat(setting.runDir()).isEqualTo(folder.resolve("run/qemu")).isDirectory();
            assertThat(setting.logDir()).isEqualTo(folder.resolve("state/log/qemu")).isDirectory();
            assertThat(setting.migration()).isEqualTo(
                    new MigrationSettings(Optional.of("kvm7"), Optional.empty(), 50000, 50001, true));
            assertThat(setting.options()).containsEntry("qemu_emulator", "/opt/qemu")
                    .containsEntry("vnc_listen", "127.0.0.1");
            assertThat(qemu.autostarted).isTrue();
        }
        assertThat(qemu.closed).isTrue();
    }

    @Test
    void theIdentityOutlivesTheDaemon() throws Exception {
        UUID first;
        try (TestDaemon daemon = TestDaemon.start(folder, new FakeHypervisor("qemu"))) {
            first = daemon.daemon.identity().uuid();
        }
        try (TestDaemon daemon = TestDaemon.start(folder, new FakeHypervisor("qemu"))) {
            assertThat(daemon.daemon.identity().uuid()).isEqualTo(first);
        }
    }

    @Test
    void foldersAndSocketsAreForTheRightPeopleOnly() throws Exception {
        try (TestDaemon _ = TestDaemon.start(folder, new FakeHypervisor("qemu"), "unix_sock_ro_perms = \"0766\"")) {
            assertThat(mode("state")).isEqualTo("rwx------");
            assertThat(mode("state/config")).isEqualTo("rwx------");
            assertThat(mode("run/libvirt-sock")).isEqualTo("rwx------");
            assertThat(mode("run/libvirt-sock-ro")).isEqualTo("rwxrw-rw-");
        }
        assertThat(folder.resolve("run/libvirt-sock")).doesNotExist();
        try (var left = Files.list(folder.resolve("run"))) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactly("qemu");
        }
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(path)));
    }

    @Test
    void aSessionHasNoReadOnlySocketAndServesNoSystem() throws Exception {
        FakeHypervisor qemu = new FakeHypervisor("qemu");
        DaemonConfig config = DaemonConfig.parse(
                new Instance(false, folder.resolve("f"), folder.resolve("c"), folder.resolve("s"), folder.resolve("r"),
                        folder.resolve("l")), "f", "");
        try (Daemon daemon = Daemon.start(config, List.of(qemu), InstantSource.system(), 1)) {
            assertThat(daemon.addresses()).hasSize(1);
            assertThat(qemu.setting.get().privileged()).isFalse();
            RawClient.open(daemon.addresses().getFirst(), "qemu:///session").close();
            assertThatThrownBy(() -> RawClient.open(daemon.addresses().getFirst(), "qemu:///system"))
                    .hasMessageContaining("unexpected qemu URI path '/system', try qemu:///session");
        }
    }

    @Test
    void aStateFolderHasOneDaemon() throws Exception {
        try (TestDaemon _ = TestDaemon.start(folder, new FakeHypervisor("qemu"))) {
            assertThatThrownBy(() -> TestDaemon.start(folder, new FakeHypervisor("qemu")))
                    .isInstanceOf(IOException.class).hasMessageContaining("in use by another godwitd");
            assertThat(folder.resolve("run/libvirt-sock")).exists();
        }
    }

    @Test
    void aSocketThatSomebodyAnswersIsLeftAlone() throws Exception {
        try (TestDaemon first = TestDaemon.start(folder, new FakeHypervisor("qemu"))) {
            assertThatThrownBy(() -> TestDaemon.start(folder.resolve("two"), new FakeHypervisor("qemu"),
                    "unix_sock_dir = \"" + folder.resolve("run") + "\""))
                    .isInstanceOf(IOException.class).hasMessageContaining("Another daemon listens on "
                            + folder.resolve("run/libvirt-sock"));
            RawClient.open(first.unix(), "qemu:///system").close();
        }
    }

    @Test
    void aSocketThatNobodyAnswersIsReplaced() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        try (var dead = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            dead.bind(java.net.UnixDomainSocketAddress.of(folder.resolve("run/libvirt-sock")));
        }
        assertThat(folder.resolve("run/libvirt-sock")).exists();
        try (TestDaemon daemon = TestDaemon.start(folder, new FakeHypervisor("qemu"))) {
            RawClient.open(daemon.unix(), "qemu:///system").close();
        }
    }

    @Test
    void whatIsNoSocketIsNotReplaced() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        Path file = Files.writeString(folder.resolve("run/libvirt-sock"), "precious");
        FakeHypervisor qemu = new FakeHypervisor("qemu");
        assertThatThrownBy(() -> TestDaemon.start(folder, qemu)).isInstanceOf(IOException.class)
                .hasMessageContaining("libvirt-sock is there and is no socket");
        assertThat(file).hasContent("precious");
        assertThat(qemu.closed).as("the hypervisor is let go again").isTrue();
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            String conf = "listen_tcp = 1\nauth_tcp = \"none\"\nlisten_addr = \"127.0.0.1\"\ntcp_port = \""
                    + taken.getLocalPort() + "\"\nstate_dir = \"" + folder + "/s\"\nrun_dir = \"" + folder + "/r\"\n";
            assertThatThrownBy(() -> Daemon.start(DaemonConfig.parse(Instance.SYSTEM, "f", conf),
                    List.of(new FakeHypervisor("qemu")), InstantSource.system(), 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Cannot listen on TCP 127.0.0.1 port " + taken.getLocalPort());
        }
        assertThat(folder.resolve("r/libvirt-sock")).doesNotExist();
    }

    @Test
    void aPathTooLongForASocketIsSaid() {
        Path deep = folder.resolve("x".repeat(100));
        assertThatThrownBy(() -> TestDaemon.start(deep, new FakeHypervisor("qemu")))
                .hasMessageContaining("longer than the 107 bytes").hasMessageContaining("unix_sock_dir");
    }

    @Test
    void aHypervisorThatCannotBeOpenedStopsTheStart() {
        HypervisorDriver broken = new HypervisorDriver() {
            @Override
            public String scheme() {
                return "qemu";
            }

            @Override
            public HostSession open(HostSetting setting) {
                throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "no QEMU here");
            }
        };
        FakeHypervisor first = new FakeHypervisor("test");
        assertThatThrownBy(() -> TestDaemon.start(folder, List.of(first, broken)))
                .isInstanceOf(VirtException.class).hasMessage("internal error: no QEMU here");
        assertThat(first.closed).as("the one that was open is let go again").isTrue();
    }

    @Test
    void aDriverThatIsNotThereIsNamed() throws Exception {
        DaemonConfig config = TestDaemon.config(folder, List.of(new FakeHypervisor("qemu"), new FakeHypervisor("vmx")));
        assertThatThrownBy(() -> Daemon.start(config, List.of(new FakeHypervisor("qemu")), InstantSource.system(), 1))
                .hasMessageContaining("There is no driver \"vmx\" here, which 'drivers' names; there are [qemu]");
    }
}
