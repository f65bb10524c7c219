package dev.godwit.daemon;

import dev.godwit.config.ConfigException;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.EventKind;
import dev.godwit.client.migration.Migration;
import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.daemon.config.Instance;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.PerformControl;
import dev.godwit.migration.MigrationOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The run from which the JVM's start-up cache is made: a daemon in a temporary folder, with one client that asks what
 * most clients ask. What is loaded and linked here needs neither at the next start.
 *
 * <p>Then a guest is moved to and fro between two daemons, until the JVM knows the way well: the cache keeps what it found out
 * (JEP 515), so that a daemon compiles early what it will need while a guest stands still. Otherwise that would be interpreted for
 * dozens of migrations, because each goes that way only once.
 */
final class Training {

    /** How often the guest is moved; the JVM looks at a method again after 200 calls of it. */
    private static final int MOVES = 60;

    private Training() {}

    /**
     * Runs it.
     *
     * @param drivers the hypervisors there are
     * @throws IOException if the temporary folder cannot be used
     */
    static void run(List<HypervisorDriver> drivers) throws IOException {
        Path folder = Files.createTempDirectory("godwitd-training");
        try {
            try {
                serve(folder.resolve("all"), "", drivers);
            } catch (VirtException e) { // no QEMU on the machine that builds, for one
                serve(folder.resolve("test"), "drivers = [\"test\"]", drivers);
            }
            move(folder, drivers.stream().filter(driver -> driver.scheme().equals("test")).findFirst().orElseThrow());
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Two hosts of their own names, although both daemons are on one machine. */
    private static void move(Path folder, HypervisorDriver test) throws IOException, ConfigException {
        try (Daemon _ = start(folder.resolve("a"), "drivers = [\"test\"]", List.of(called("a.example.net", test)));
                Daemon _ = start(folder.resolve("b"), "drivers = [\"test\"]", List.of(called("b.example.net", test)));
                Connection a = open(folder.resolve("a"));
                Connection b = open(folder.resolve("b"))) {
            Domain guest = a.domains().create("""
                    <domain type='test'>
                      <name>trainee</name>
                      <memory unit='MiB'>64</memory>
                      <vcpu>1</vcpu>
                      <os><type arch='x86_64'>hvm</type></os>
                      <devices>
                        <disk type='file' device='disk'><source file='/trainee.img'/><target dev='vda' bus='virtio'/></disk>
                        <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
                        <serial type='pty'><target port='0'/></serial>
                        <console type='pty'><target type='serial' port='0'/></console>
                        <graphics type='vnc' port='-1' autoport='yes'/>
                      </devices>
                    </domain>
                    """, Set.of());
            for (int moves = 0; moves < MOVES; moves++) {
                Connection there = moves % 2 == 0 ? b : a;
                if (!(Migration.of(guest, there).live().run(PerformControl.NONE) instanceof MigrationOutcome.Completed)) {
                    throw new IllegalStateException("the guest could not be moved for the start-up cache");
                }
                guest = there.domains().byName("trainee");
            }
        }
    }

    private static HypervisorDriver called(String name, HypervisorDriver driver) {
        return new HypervisorDriver() {
            @Override
            public String scheme() {
                return driver.scheme();
            }

            @Override
            public HostSession open(HostSetting setting) {
                return driver.open(setting.called(name));
            }
        };
    }

    private static Daemon start(Path folder, String settings, List<HypervisorDriver> drivers) throws IOException, ConfigException {
        Instance instance = new Instance(true, folder.resolve("godwitd.conf"), folder.resolve("config"),
                folder.resolve("state"), folder.resolve("run"), folder.resolve("log"));
        DaemonConfig config = DaemonConfig.parse(instance, "training", settings
                + "\nlisten_tcp = 1\nauth_tcp = \"none\"\nlisten_addr = \"127.0.0.1\"\ntcp_port = \"0\"\n");
        return Daemon.start(config, drivers, InstantSource.system(), Version.number());
    }

    private static Connection open(Path folder) {
        return Connection.open("test+unix:///default?socket=" + folder.resolve("run/libvirt-sock"));
    }

    private static void serve(Path folder, String settings, List<HypervisorDriver> drivers)
            throws IOException, ConfigException {
        try (Daemon _ = start(folder, settings, drivers); Connection client = open(folder)) {
            client.host().capabilities();
            try (var _ = client.events().subscribe(Set.of(EventKind.values()), Optional.empty())) {
                for (Domain guest : client.domains().list(Set.of())) {
                    guest.info();
                    guest.state();
                    guest.xml(Set.of());
                    guest.jobs().stats();
                    guest.suspend();
                    guest.resume();
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
