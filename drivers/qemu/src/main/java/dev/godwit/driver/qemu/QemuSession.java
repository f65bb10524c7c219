package dev.godwit.driver.qemu;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Consoles;
import dev.godwit.driver.DomainEvents;
import dev.godwit.driver.Facet;
import dev.godwit.driver.Guests;
import dev.godwit.driver.HostInformation;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.Jobs;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.MonitorAccess;
import dev.godwit.driver.UnmanagedMigration;
import dev.godwit.driver.qemu.machine.QemuHypervisor;
import dev.godwit.driver.qemu.machine.QemuSetting;
import dev.godwit.driver.qemu.migration.QemuMigrationChecks;
import dev.godwit.driver.qemu.migration.QemuMigrationDestination;
import dev.godwit.driver.qemu.migration.QemuMigrationSource;
import dev.godwit.driver.qemu.migration.QemuMigrationTuning;
import dev.godwit.driver.qemu.migration.QemuSender;
import dev.godwit.driver.qemu.migration.QemuUnmanagedMigration;
import dev.godwit.driver.qemu.process.PortAllocator;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.guest.AbandonedMigration;
import dev.godwit.guest.GuestJobs;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.GuestResolution;
import dev.godwit.guest.GuestStore;
import dev.godwit.guest.LocalFiles;
import dev.godwit.guest.MigrationCustody;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** QEMU on this host, for one instance of the daemon. */
public final class QemuSession implements HostSession {

    private static final System.Logger LOG = System.getLogger(QemuSession.class.getName());

    /** How long QEMU may take to say what it can do. */
    private static final Duration QUESTIONS = Duration.ofSeconds(10);

    private final GuestManager manager;
    private final Thread questions;
    private final QemuMigrationSource source;
    private final QemuUnmanagedMigration unmanaged;
    private final Map<Class<? extends Facet>, Facet> facets = new LinkedHashMap<>();

    /**
     * Finds the guests of this host.
     *
     * @param host     who the host is and where its state lives
     * @param launcher starts QEMU and finds it again
     * @throws VirtException if the folders cannot be used
     */
    public QemuSession(HostSetting host, QemuLauncher launcher) {
        for (Path folder : new Path[] {host.configDir(), host.stateDir(), host.runDir(), host.logDir()}) {
            make(folder);
        }
        PortAllocator ports = new PortAllocator();
        QemuHypervisor hypervisor =
                new QemuHypervisor(host, QemuSetting.of(host.options()), launcher, ports);
        manager = new GuestManager(
                hypervisor,
                new GuestStore(new LocalFiles(), host.configDir(), host.runDir()),
                host.clock(),
                host.random(),
                GuestManager.PATIENCE,
                MigrationCustody.of(host));
        facets.put(Guests.class, manager);
        facets.put(DomainEvents.class, manager);
        facets.put(HostInformation.class,
                new QemuHostInformation(host.host(), hypervisor, QemuSession::readSystemFile));
        facets.put(Consoles.class, new QemuConsoles(manager.registry()));
        facets.put(MonitorAccess.class, new QemuMonitorAccess(manager.registry()));
        QemuMigrationChecks checks = QemuMigrationChecks.ofHost(host.options());
        unmanaged = new QemuUnmanagedMigration(host, manager, checks);
        AbandonedMigration abandoned =
                new AbandonedMigration(manager, new QemuSender(), (_, job) -> unmanaged.takeUp(job));
        source = new QemuMigrationSource(host, manager, hypervisor, checks, abandoned);
        facets.put(MigrationSource.class, source);
        facets.put(UnmanagedMigration.class, unmanaged);
        QemuMigrationDestination destination = new QemuMigrationDestination(host, manager, hypervisor, ports);
        facets.put(MigrationDestination.class, destination);
        facets.put(MigrationResolution.class, new GuestResolution(manager, destination.incoming()));
        facets.put(Jobs.class,
                new GuestJobs(manager.registry(), new QemuMigrationTuning(), hypervisor.errorDomain()));
        manager.recover(abandoned);
        // Asking QEMU what it can do takes two starts of it; the first guest need not wait for them.
        questions = Thread.ofVirtual().name("qemu capabilities").start(() -> {
            try {
                hypervisor.capabilities();
            } catch (VirtException e) {
                LOG.log(Level.WARNING, "No guest can be started on this host: {0}", e.getMessage());
            }
        });
    }

    /** Files of /proc and /sys are as good as missing when they may not be read. */
    private static Optional<String> readSystemFile(String path) {
        try {
            return Optional.of(Files.readString(Path.of(path), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    "cannot create directory '" + folder + "': " + e.getMessage());
        }
    }

    @Override
    public <F extends Facet> Optional<F> facet(Class<F> type) {
        return Optional.ofNullable(type.cast(facets.get(type)));
    }

    @Override
    public void autostart() {
        manager.autostart();
    }

    @Override
    public void close() {
        source.close();
        unmanaged.close();
        manager.detach();
        try {
            // A QEMU that was started for questions would be left behind.
            questions.join(QUESTIONS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
