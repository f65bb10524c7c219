package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.BareReceiver;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.qemu.machine.QemuHypervisor;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.machine.QemuPlace;
import dev.godwit.driver.qemu.machine.QemuSetting;
import dev.godwit.driver.qemu.process.PortAllocator;
import dev.godwit.driver.qemu.process.ProcFs;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateIncoming;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetParameters;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrateCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationStatus;
import dev.godwit.driver.qemu.qmp.QmpEvent;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.driver.qemu.qmp.QmpListener;
import dev.godwit.driver.qemu.qmp.RunStateCommands.QueryStatus;
import dev.godwit.driver.qemu.qmp.RunStateCommands.RunState;
import dev.godwit.guest.Definition;
import dev.godwit.guest.Launch;
import dev.godwit.guest.MachineEvents;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A QEMU that waits for one guest, made from the guest's definition as the daemon would make it, and left to itself. It was not
 * started with {@code -S}, so it lets the guest run when all has come, whoever is there; and it ends when the guest turns itself
 * off, or when what comes is not the guest.
 */
public final class QemuBareReceiver implements BareReceiver {

    /** There is one guest in the folder of its name. */
    private static final int RUN = 1;

    private final String guest;
    private final String uri;
    private final QemuMachine machine;
    private final Path folder;
    private final CompletableFuture<MigrationStatus> end = new CompletableFuture<>();
    private final AtomicBoolean ours = new AtomicBoolean(true);

    private QemuBareReceiver(String guest, String uri, QemuMachine machine, Path folder) {
        this.guest = guest;
        this.uri = uri;
        this.machine = machine;
        this.folder = folder;
    }

    /**
     * Starts one.
     *
     * @param setting  who the host is
     * @param launcher starts QEMU
     * @param order    what it is to be
     * @return it, waiting
     * @throws VirtException if it cannot be started; nothing of it is left
     */
    public static QemuBareReceiver start(HostSetting setting, QemuLauncher launcher, Order order) {
        PortAllocator ports = new PortAllocator();
        Element definition = Definition.parse(order.xml());
        String name = Definition.name(definition);
        DomainRef ref = new DomainRef(name, Definition.uuid(definition).orElseThrow(() -> new VirtException(
                ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, "guest '" + name + "' has no uuid")), RUN);
        HostSetting own = in(setting, setting.runDir().resolve("receive"));
        new ProcFs().findByArgument(QemuPlace.of(own.runDir(), name, RUN).monitor().toString()).stream().findFirst()
                .ifPresent(other -> {
                    throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU, "guest '" + name
                            + "' is awaited or runs here already, as process " + other.pid() + "; end that one first");
                });
        QemuHypervisor hypervisor = new QemuHypervisor(own, QemuSetting.of(own.options()), launcher, ports);
        MigrationRequest request = MigrationRequest
                .of(ref, order.tls() ? Set.of(MigrationFlag.TLS) : Set.of())
                .withUri(order.uri());
        QemuMigrationTls tls = new QemuMigrationTls(QemuTlsSetting.of(own.options()));
        tls.requireWanted(request);
        QemuMigrationListener.Place place = new QemuMigrationListener(own, ports).at(QemuMigrationUri.parse(order.uri()));
        Element complete = hypervisor.complete(definition, false);
        QemuMachine machine = (QemuMachine) hypervisor.startAlone(new Launch(name, ref.uuid(), RUN,
                complete.withAttr("id", RUN), true, List.of(), Deaf.EAR)).machine();
        QemuBareReceiver receiver =
                new QemuBareReceiver(name, place.answered().orElse(order.uri()), machine, own.runDir());
        boolean waits = false;
        try {
            receiver.listen(request, tls, place.incoming());
            waits = true;
            return receiver;
        } finally {
            if (!waits) {
                receiver.close();
            }
        }
    }

    /** The same host with another folder for what runs, so that a daemon of this host is not in the way. */
    private static HostSetting in(HostSetting setting, Path runDir) {
        try {
            for (Path folder : List.of(runDir, setting.logDir())) {
                Files.createDirectories(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    "cannot create directory '" + runDir + "': " + e.getMessage());
        }
        MigrationSettings migration = setting.migration();
        return new HostSetting(setting.host(), setting.privileged(), setting.configDir(), setting.stateDir(), runDir,
                setting.logDir(), migration, setting.options(), setting.clock(), setting.random(),
                setting.waiting(), setting.journal(), setting.peers());
    }

    private void listen(MigrationRequest request, QemuMigrationTls tls, String incoming) {
        machine.listen(new Ear());
        machine.ask(new MigrateSetParameters(tls.enable(machine, request, Host.DESTINATION, "")));
        machine.ask(new MigrateSetCapabilities(QemuMigrationCapabilities.off(
                QemuMigrationCapabilities.of(machine.ask(new QueryMigrateCapabilities())))));
        machine.ask(new MigrateIncoming(incoming, Optional.empty()));
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public String guest() {
        return guest;
    }

    @Override
    public String description() {
        return "process " + machine.process().pid() + ", QMP at " + machine.place().monitor() + ", log "
                + machine.log().file();
    }

    @Override
    public boolean await() {
        try {
            if (end.get() != MigrationStatus.COMPLETED) {
                close();
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "job 'migration in' failed: "
                        + machine.log().tail().orElse("what came is not the guest"));
            }
            ours.set(false); // From now on it is a guest that may be the only one.
            machine.awaitEvents();
            return machine.ask(new QueryStatus()).state() == RunState.RUNNING;
        } catch (ExecutionException e) {
            throw gone(new VirtException(
                    ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, e.getCause().getMessage(), e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU, "waiting was interrupted");
        }
    }

    private VirtException gone(VirtException why) {
        close();
        return why;
    }

    @Override
    public void leave() {
        ours.set(false);
        machine.detach();
    }

    @Override
    public void close() {
        if (ours.getAndSet(false) && !end.getNow(MigrationStatus.NONE).equals(MigrationStatus.COMPLETED)) {
            machine.kill(false);
            machine.over(StateReason.SHUTOFF_DESTROYED);
            try {
                Files.deleteIfExists(folder.resolve("channel"));
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                // Another receiver is still in there.
                System.getLogger(QemuBareReceiver.class.getName())
                        .log(System.Logger.Level.DEBUG, "The folder " + folder + " stays", e);
            }
        } else {
            machine.detach();
        }
    }

    private final class Ear implements QmpListener {
        @Override
        public void event(QmpEvent event, Instant at) {
            if (event instanceof QmpEvent.Migration(MigrationStatus status) && status.isFinal()) {
                end.complete(status);
            }
        }

        @Override
        public void disconnected(QmpException.Disconnected why) {
            end.completeExceptionally(why);
        }
    }

    /** Hears what a machine reports, and does nothing: there is nobody who keeps a list of guests here. */
    private enum Deaf implements MachineEvents {
        EAR;

        @Override
        public void starting(List<Element> status) {}

        @Override
        public void stopped() {}

        @Override
        public void stopped(StateReason reason, Lifecycle change) {}

        @Override
        public void resumed() {}

        @Override
        public void became(StateReason state, Lifecycle change) {}

        @Override
        public void rebooted() {}

        @Override
        public void shutDown(Optional<Boolean> byGuest) {}

        @Override
        public void panicked() {}

        @Override
        public void definition(UnaryOperator<Element> change) {}

        @Override
        public void report(Function<DomainRef, DomainEvent> event) {}

        @Override
        public void statusChanged() {}

        @Override
        public void ended() {}
    }
}
