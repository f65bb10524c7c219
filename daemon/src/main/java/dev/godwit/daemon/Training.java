package dev.godwit.daemon;

import dev.godwit.config.ConfigException;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.EventKind;
import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.daemon.config.Instance;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HypervisorDriver;
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
 */
final class Training {

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

    private static void serve(Path folder, String settings, List<HypervisorDriver> drivers)
            throws IOException, ConfigException {
        Instance instance = new Instance(true, folder.resolve("godwitd.conf"), folder.resolve("config"),
                folder.resolve("state"), folder.resolve("run"), folder.resolve("log"));
        DaemonConfig config = DaemonConfig.parse(instance, "training", settings
                + "\nlisten_tcp = 1\nauth_tcp = \"none\"\nlisten_addr = \"127.0.0.1\"\ntcp_port = \"0\"\n");
        try (Daemon _ = Daemon.start(config, drivers, InstantSource.system(), Version.number());
                Connection client = Connection.open(
                        "test+unix:///default?socket=" + folder.resolve("run/libvirt-sock"))) {
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
