package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.driver.qemu.command.CommandLine;
import dev.godwit.driver.qemu.command.NetworkPlumbing;
import dev.godwit.driver.qemu.command.StartOptions;
import dev.godwit.driver.qemu.definition.LiveChoices;
import dev.godwit.driver.qemu.definition.LiveForm;
import dev.godwit.driver.qemu.process.MonitorSocket;
import dev.godwit.driver.qemu.process.PortAllocator;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.driver.qemu.process.QemuLog;
import dev.godwit.driver.qemu.process.QemuProcess;
import dev.godwit.driver.qemu.qmp.GuestCommands.Balloon;
import dev.godwit.driver.qemu.qmp.GuestCommands.SetPassword;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.driver.qemu.qmp.QmpCommand;
import dev.godwit.driver.qemu.qmp.QmpConnection;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.driver.qemu.qmp.QueryCommands.ChardevInfo;
import dev.godwit.driver.qemu.qmp.QueryCommands.QueryChardev;
import dev.godwit.guest.Definition;
import dev.godwit.guest.Hypervisor.Launched;
import dev.godwit.guest.Launch;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts QEMU for a guest: picks what this host has to pick, makes the command line, starts the process, takes up the monitor and
 * looks where the terminals are. Of a start that fails nothing is left.
 */
final class QemuStart {

    private static final System.Logger LOG = System.getLogger(QemuStart.class.getName());

    /** QEMU greets within milliseconds, unless it first has to lay out very much memory. */
    private static final Duration GREETING = Duration.ofMinutes(2);

    private static final Duration COMMAND = Duration.ofMinutes(5);

    private static final String CHARDEV = "char";

    private final HostSetting host;
    private final QemuSetting setting;
    private final QemuLauncher launcher;
    private final PortAllocator ports;
    private final TapDevices taps;
    private final QemuHypervisor hypervisor;

    QemuStart(
            HostSetting host,
            QemuSetting setting,
            QemuLauncher launcher,
            PortAllocator ports,
            TapDevices taps,
            QemuHypervisor hypervisor) {
        this.host = host;
        this.setting = setting;
        this.launcher = launcher;
        this.ports = ports;
        this.taps = taps;
        this.hypervisor = hypervisor;
    }

    Launched start(Launch launch) {
        return start(launch, true);
    }

    /** Makes a machine, which a daemon stays with or not. */
    Launched start(Launch launch, boolean managed) {
        List<AutoCloseable> kept = new ArrayList<>();
        QemuPlace place = QemuPlace.of(host.runDir(), launch.name(), launch.id());
        Optional<QemuProcess> process = Optional.empty();
        boolean up = false;
        try {
            Optional<Element> cpuOfPeer =
                    launch.hints().stream().filter(hint -> hint.name().equals(QemuMachine.ORIGINAL_CPU)).findFirst();
            Element picked = live(launch, place, kept);
            QemuCapabilities capabilities = hypervisor.capabilitiesFor(picked);
            // What the guest has really seen so far comes with it; a host model means something else on every host.
            Element live = cpuOfPeer.map(picked::withReplaced)
                    .orElseGet(() -> hypervisor.withHostModel(picked, capabilities));
            List<String> command = command(live, capabilities, options(launch, place, managed));
            make(place);
            taps.make(live, kept);
            launch.events().definition(_ -> live);
            launch.events().starting(place.status(Optional.empty()));
            QemuLog log = hypervisor.log(launch.name());
            QemuProcess started = launcher.start(command, log, launch.incoming()
                    ? "starting up for an incoming migration"
                    : "starting up");
            process = Optional.of(started);
            launch.events().starting(place.status(Optional.of(started.identity())));
            QemuMachine machine = takeUp(launch, place, started, live, kept);
            launch.definition().child(QemuMachine.ORIGINAL_CPU)
                    .filter(asked -> !live.child(QemuMachine.ORIGINAL_CPU).equals(Optional.of(asked)))
                    .ifPresent(machine::note);
            Element complete = furnish(machine, live, launch.incoming());
            up = true;
            return new Launched(machine, complete);
        } finally {
            if (!up) {
                process.ifPresent(one -> one.terminate(Duration.ZERO));
                place.remove();
                kept.forEach(QemuStart::giveBack);
            }
        }
    }

    /** The live definition with what this host picks. */
    private Element live(Launch launch, QemuPlace place, List<AutoCloseable> kept) {
        return LiveForm.of(ImageChains.probe(launch.definition()), new LiveChoices(
                launch.id(),
                place.channels().toString(),
                setting.vncListen(),
                () -> {
                    PortAllocator.Lease lease = ports.acquire(setting.displays(), address(setting.vncListen()));
                    kept.add(lease);
                    return lease.port();
                },
                () -> {
                    String name = taps.pickName();
                    kept.add(() -> taps.giveBack(name));
                    return name;
                }));
    }

    private StartOptions options(Launch launch, QemuPlace place, boolean managed) {
        return new StartOptions(
                place.monitor().toString(),
                launch.incoming(),
                Optional.empty(),
                Files.isWritable(Path.of("/dev/vhost-net")),
                host.clock().instant(),
                managed);
    }

    private static List<String> command(Element live, QemuCapabilities capabilities, StartOptions options) {
        List<String> command = CommandLine.build(live, capabilities, options);
        Map<String, String> environment = CommandLine.environment(live);
        if (environment.isEmpty()) {
            return command;
        }
        // env becomes QEMU, so the process stays the same.
        List<String> words = new ArrayList<>(List.of("/usr/bin/env"));
        environment.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(command);
        return words;
    }

    private QemuMachine takeUp(
            Launch launch, QemuPlace place, QemuProcess process, Element live, List<AutoCloseable> kept) {
        QemuMachineEvents events =
                new QemuMachineEvents(launch.name(), launch.events(), process, LiveDefinition.of(live));
        QmpConnection monitor = connect(launch.name(), place, process, events, GREETING, host.clock());
        return new QemuMachine(launch.name(), place, process, Optional.of(monitor), events,
                Definition.memoryKiB(live), kept);
    }

    static QmpConnection connect(
            String guest,
            QemuPlace place,
            QemuProcess process,
            QemuMachineEvents events,
            Duration patience,
            InstantSource clock) {
        try {
            return QmpConnection.open(
                    MonitorSocket.connect(place.monitor(), process, patience),
                    new QmpConnection.Options(guest, clock, patience, COMMAND, process.log()::tail),
                    events);
        } catch (QmpException.Disconnected e) {
            throw process.isAlive() ? e.toVirtException() : MonitorSocket.exited(process);
        } catch (QmpException e) {
            throw e.toVirtException();
        }
    }

    /** What can be done only now that QEMU answers. */
    private static Element furnish(QemuMachine machine, Element live, boolean incoming) {
        Element furnished = withTerminals(machine, live);
        Element devices = live.child("devices").orElse(Element.of("devices"));
        for (Element graphics : devices.elements("graphics")) {
            graphics.attr("passwd").ifPresent(password ->
                    machine.ask(new SetPassword(graphics.attr("type", "vnc"), password)));
        }
        for (String alias : NetworkPlumbing.linksDown(live)) {
            machine.ask(new QmpCommand.Raw("set_link", Json.EMPTY.with("name", alias).with("up", false)));
        }
        boolean balloon = devices.child("memballoon").filter(one -> !one.attrIs("model", "none")).isPresent();
        long now = Definition.memoryKiB(live);
        // The size of an arriving balloon comes with the guest.
        if (balloon && !incoming && now < Definition.maxMemoryKiB(live)) {
            machine.ask(new Balloon(now * 1024));
        }
        return furnished;
    }

    /** The paths of the terminals that QEMU opened. */
    static Element withTerminals(QemuMachine machine, Element live) {
        boolean asks = live.child("devices").stream()
                .flatMap(devices -> devices.elements().stream())
                .anyMatch(device -> device.attrIs("type", "pty") || device.name().equals("channel"));
        if (!asks) {
            return live;
        }
        Map<String, String> terminals = new HashMap<>();
        Map<String, Boolean> channels = new HashMap<>();
        for (ChardevInfo chardev : machine.ask(new QueryChardev())) {
            if (chardev.label().startsWith(CHARDEV)) {
                String alias = chardev.label().substring(CHARDEV.length());
                chardev.ptyPath().ifPresent(path -> terminals.put(alias, path));
                channels.put(alias, chardev.frontendOpen());
            }
        }
        return LiveForm.withChannelStates(LiveForm.withPtys(live, terminals), channels);
    }

    private static void make(QemuPlace place) {
        try {
            place.make();
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    "cannot create directory '" + place.folder() + "': " + e.getMessage());
        }
    }

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU,
                    "vnc_listen = " + text + " is not an address of this host");
        }
    }

    /** What cannot be given back is no reason to keep the rest. */
    static void giveBack(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            LOG.log(Level.WARNING, "What was kept for a guest could not be given back", e);
        }
    }
}
