package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.XmlFlag;
import dev.godwit.driver.qemu.capabilities.HostModel;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.driver.qemu.capabilities.QemuCapabilitiesCache;
import dev.godwit.driver.qemu.command.CommandLine;
import dev.godwit.driver.qemu.definition.DefinitionCompleter;
import dev.godwit.driver.qemu.definition.InactiveForm;
import dev.godwit.driver.qemu.definition.MigratableForm;
import dev.godwit.driver.qemu.definition.Secrets;
import dev.godwit.driver.qemu.process.PortAllocator;
import dev.godwit.driver.qemu.process.ProcFs;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.driver.qemu.process.QemuLog;
import dev.godwit.guest.FileNames;
import dev.godwit.guest.GuestStatus;
import dev.godwit.guest.Hypervisor;
import dev.godwit.guest.Launch;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** QEMU on this host: what it makes of definitions, and the machines it makes. */
public final class QemuHypervisor implements Hypervisor {

    private final HostSetting host;
    private final QemuSetting setting;
    private final QemuQuestions questions;
    private final QemuCapabilitiesCache capabilities;
    private final DefinitionCompleter completer;
    private final QemuStart starts;
    private final QemuReattach reattaches;

    /**
     * QEMU on a host.
     *
     * @param host     who the host is and where its state lives
     * @param setting  the driver's own configuration
     * @param launcher starts processes and finds them again
     * @param ports    gives out ports for displays and migrations
     */
    public QemuHypervisor(HostSetting host, QemuSetting setting, QemuLauncher launcher, PortAllocator ports) {
        this.host = host;
        this.setting = setting;
        this.questions = new QemuQuestions(launcher, host.runDir(), host.clock());
        this.capabilities = questions.cache();
        this.completer = new DefinitionCompleter(host.random());
        TapDevices taps = TapDevices.ofHost();
        this.starts = new QemuStart(host, setting, launcher, ports, taps, this);
        this.reattaches = new QemuReattach(host, launcher, ports, taps, this);
    }

    @Override
    public ErrorDomain errorDomain() {
        return ErrorDomain.QEMU;
    }

    /** What the emulator of guests that name none can do; asked now or before. */
    public QemuCapabilities capabilities() {
        return capabilities.of(setting.emulator());
    }

    /** What an emulator can do. */
    public QemuCapabilities capabilities(String emulator) {
        return capabilities.of(emulator);
    }

    QemuCapabilities capabilitiesFor(Element definition) {
        return capabilities.of(definition.childText("devices", "emulator")
                .map(String::strip).filter(path -> !path.isEmpty()).orElse(setting.emulator()));
    }

    /** A live definition with its host model spelt out, where it has one. */
    Element withHostModel(Element live, QemuCapabilities known) {
        if (live.child("cpu").filter(cpu -> cpu.attrIs("mode", "host-model")).isEmpty()) {
            return live;
        }
        String type = live.attr("type", "qemu");
        Element model = questions.hostModel(known, type).orElseThrow(() -> new VirtException(
                ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU, "CPU mode 'host-model' for " + type
                        + " domains is not supported on host " + host.host().name()
                        + ": no CPU model that " + known.emulator() + " has a name for can be used here"));
        return HostModel.apply(live, model);
    }

    QemuLog log(String guest) {
        return new QemuLog(logFile(guest), host.clock());
    }

    private Path logFile(String guest) {
        return host.logDir().resolve(FileNames.of(guest) + ".log");
    }

    @Override
    public Element complete(Element definition, boolean validate) {
        QemuCapabilities known = capabilitiesFor(definition);
        if (definition.attrIs("type", "kvm") && !known.kvm()) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU, "Emulator '" + known.emulator()
                    + "' does not support virt type 'kvm': KVM does not work on host " + host.host().name()
                    + "; load the module kvm_intel or kvm_amd and let the daemon open /dev/kvm, or use type='qemu'");
        }
        refuseCoreDumps(definition);
        Element complete = completer.complete(definition, known);
        CommandLine.requireUnderstood(complete);
        return complete;
    }

    private static void refuseCoreDumps(Element definition) {
        String action = definition.childText("on_crash").map(String::strip).orElse("");
        if (action.startsWith("coredump-")) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU,
                    "the action '" + action + "' for 'on_crash' is not supported yet");
        }
    }

    @Override
    public Launched start(Launch launch) {
        return starts.start(launch);
    }

    /**
     * Makes a machine that waits for a guest and lets it run by itself when all has come.
     *
     * @param launch what to make
     */
    public Launched startAlone(Launch launch) {
        return starts.start(launch, false);
    }

    @Override
    public Reattached reattach(Launch launch, GuestStatus status) {
        return reattaches.find(launch, status);
    }

    @Override
    public void removeOrphans(Set<Integer> known) {
        QemuOrphans.remove(host.runDir(), known, new ProcFs());
    }

    @Override
    public Element form(
            Element definition, boolean live, Set<XmlFlag> flags, Optional<Element> configuration) {
        Element form = definition;
        if (flags.contains(XmlFlag.MIGRATABLE)) {
            // Of the CPU, the definition already shows what was asked for.
            Optional<Element> startedFrom = definition.child("cpu")
                    .map(cpu -> configuration.map(known -> known.withReplaced(cpu)))
                    .orElse(configuration);
            form = MigratableForm.of(definition, startedFrom);
        } else if (live && flags.contains(XmlFlag.INACTIVE)) {
            form = InactiveForm.ofTransient(definition);
        }
        return flags.contains(XmlFlag.SECURE) ? form : Secrets.removeFrom(form);
    }

    @Override
    public void removeLogs(String guest) {
        try {
            Files.deleteIfExists(logFile(guest));
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    "Cannot remove the log " + logFile(guest) + ": " + e.getMessage());
        }
    }
}
