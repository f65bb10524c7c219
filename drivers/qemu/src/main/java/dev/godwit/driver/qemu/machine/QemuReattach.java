package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.DomainState;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.qemu.process.PortAllocator;
import dev.godwit.driver.qemu.process.ProcFs;
import dev.godwit.driver.qemu.process.ProcessIdentity;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.driver.qemu.process.QemuLog;
import dev.godwit.driver.qemu.process.QemuProcess;
import dev.godwit.driver.qemu.qmp.QmpConnection;
import dev.godwit.driver.qemu.qmp.RunStateCommands.QueryStatus;
import dev.godwit.driver.qemu.qmp.RunStateCommands.RunState;
import dev.godwit.guest.Definition;
import dev.godwit.guest.GuestStatus;
import dev.godwit.guest.Hypervisor.Reattached;
import dev.godwit.guest.Launch;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the QEMU of a guest again after the daemon's restart. A process is the one only if its number, the moment of its start and the
 * host's boot are those that were noted, and its command line names the guest; a monitor that does not answer is no reason to
 * end what may be the only copy of a guest.
 */
final class QemuReattach {

    private static final System.Logger LOG = System.getLogger(QemuReattach.class.getName());

    /** A QEMU that is well answers within milliseconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HostSetting host;
    private final QemuLauncher launcher;
    private final PortAllocator ports;
    private final TapDevices taps;
    private final QemuHypervisor hypervisor;
    private final ProcFs procFs = new ProcFs();

    QemuReattach(
            HostSetting host,
            QemuLauncher launcher,
            PortAllocator ports,
            TapDevices taps,
            QemuHypervisor hypervisor) {
        this.host = host;
        this.launcher = launcher;
        this.ports = ports;
        this.taps = taps;
        this.hypervisor = hypervisor;
    }

    Reattached find(Launch launch, GuestStatus status) {
        QemuPlace place = QemuPlace.of(status.driver())
                .orElseGet(() -> QemuPlace.of(host.runDir(), launch.name(), launch.id()));
        Optional<QemuProcess> process = process(launch, status, place);
        if (process.isEmpty()) {
            return gone(status, place, new ArrayList<>(taps.of(launch.definition())));
        }
        QemuMachineEvents events = new QemuMachineEvents(
                launch.name(), launch.events(), process.get(), LiveDefinition.of(launch.definition()));
        List<AutoCloseable> kept = keepPorts(launch.definition());
        kept.addAll(taps.of(launch.definition()));
        return ask(new Found(launch, status, place, process.get(), events, kept));
    }

    /** A process that is the guest's, and all that goes with it. */
    private record Found(Launch launch, GuestStatus status, QemuPlace place, QemuProcess process, QemuMachineEvents events,
            List<AutoCloseable> kept) {}

    private Reattached ask(Found found) {
        Launch launch = found.launch();
        GuestStatus status = found.status();
        if (!found.process().isAlive()) {
            return gone(status, found.place(), found.kept());
        }
        Optional<QmpConnection> monitor = connect(launch, found.place(), found.process(), found.events());
        QemuMachine machine = new QemuMachine(launch.name(), found.place(), found.process(), monitor, found.events(),
                Definition.memoryKiB(launch.definition()), found.kept());
        status.driver().stream().filter(element -> !QemuPlace.isPlace(element)).forEach(machine::note);
        if (monitor.isEmpty()) {
            return new Reattached.Silent(machine, () -> ask(found));
        }
        try {
            RunState now = machine.ask(new QueryStatus()).state();
            Element live = QemuStart.withTerminals(machine, launch.definition());
            return new Reattached.Alive(machine, live, state(now, status.state()));
        } catch (VirtException e) {
            LOG.log(Level.WARNING, "Guest " + launch.name() + " greeted and then did not answer", e);
            monitor.get().close(); // QEMU has one for one client
            return new Reattached.Silent(machine, () -> ask(found));
        }
    }

    private static Reattached gone(GuestStatus status, QemuPlace place, List<AutoCloseable> kept) {
        place.remove();
        kept.forEach(QemuStart::giveBack);
        return new Reattached.Gone(status.state().state() == DomainState.SHUTDOWN
                ? StateReason.SHUTOFF_SHUTDOWN
                : StateReason.SHUTOFF_CRASHED);
    }

    private Optional<QemuProcess> process(Launch launch, GuestStatus status, QemuPlace place) {
        QemuLog log = hypervisor.log(launch.name());
        String uuid = launch.uuid().toString();
        Optional<ProcessIdentity> noted = QemuPlace.process(status.driver());
        if (noted.isPresent()) {
            return launcher.adopt(noted.get(), uuid, log);
        }
        // The daemon died between making the process and noting it: the monitor's path is this run's alone.
        return procFs.findByArgument(place.monitor().toString()).stream()
                .flatMap(identity -> launcher.adopt(identity, uuid, log).stream())
                .findFirst();
    }

    private Optional<QmpConnection> connect(
            Launch launch, QemuPlace place, QemuProcess process, QemuMachineEvents events) {
        try {
            return Optional.of(QemuStart.connect(
                    launch.name(), place, process, events, PATIENCE, host.clock()));
        } catch (VirtException e) {
            LOG.log(Level.ERROR, "The monitor of guest " + launch.name() + " does not answer", e);
            return Optional.empty();
        }
    }

    /** The ports that the guest's displays have must not be given to another one. */
    private List<AutoCloseable> keepPorts(Element live) {
        List<AutoCloseable> kept = new ArrayList<>();
        for (Element graphics : live.child("devices").map(devices -> devices.elements("graphics")).orElse(List.of())) {
            if (graphics.attrIs("autoport", "yes")) {
                try {
                    kept.add(ports.reserve(Integer.parseInt(graphics.attr("port", "-1"))));
                } catch (VirtException | NumberFormatException e) {
                    LOG.log(Level.WARNING, "The port of a display could not be kept: {0}", e.getMessage());
                }
            }
        }
        return kept;
    }

    /** What QEMU says, with the reason that was noted where the state is the noted one. */
    static StateReason state(RunState now, StateReason noted) {
        return switch (now) {
            case RUNNING, DEBUG -> switch (noted.state()) {
                case RUNNING -> noted;
                case PAUSED -> noted == StateReason.PAUSED_STARTING_UP
                        ? StateReason.RUNNING_BOOTED
                        : StateReason.RUNNING_UNPAUSED;
                default -> StateReason.RUNNING_UNKNOWN;
            };
            case IO_ERROR -> StateReason.PAUSED_IOERROR;
            case WATCHDOG -> StateReason.PAUSED_WATCHDOG;
            case POSTMIGRATE, FINISH_MIGRATE -> StateReason.PAUSED_MIGRATION;
            case SHUTDOWN -> StateReason.SHUTDOWN_UNKNOWN;
            case GUEST_PANICKED -> StateReason.CRASHED_PANICKED;
            case SUSPENDED -> StateReason.PMSUSPENDED_UNKNOWN;
            case PRELAUNCH, INMIGRATE, PAUSED, RESTORE_VM, SAVE_VM, COLO, INTERNAL_ERROR, UNKNOWN ->
                    noted.state() == DomainState.PAUSED ? noted : StateReason.PAUSED_UNKNOWN;
        };
    }
}
