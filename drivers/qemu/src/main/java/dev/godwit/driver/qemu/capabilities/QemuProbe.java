package dev.godwit.driver.qemu.capabilities;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.driver.qemu.qmp.QmpCommand;
import dev.godwit.driver.qemu.qmp.QmpVersion;
import dev.godwit.driver.qemu.qmp.QueryCommands.CpuDefinition;
import dev.godwit.driver.qemu.qmp.QueryCommands.MachineInfo;
import dev.godwit.driver.qemu.qmp.QueryCommands.QueryCpuDefinitions;
import dev.godwit.driver.qemu.qmp.QueryCommands.QueryKvm;
import dev.godwit.driver.qemu.qmp.QueryCommands.QueryMachines;
import dev.godwit.driver.qemu.qmp.QueryCommands.QueryVersion;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks a QEMU binary what it can do.
 *
 * <p>The binary is started without a machine, once for each accelerator, because the CPU models that can be used
 * depend on it. A start with KVM that fails, or that comes up without it, means that KVM does not work here.
 */
public final class QemuProbe {

    private final String emulator;
    private final QmpExchange emulation;
    private final Optional<QmpExchange> kvm;

    private QemuProbe(String emulator, QmpExchange emulation, Optional<QmpExchange> kvm) {
        this.emulator = emulator;
        this.emulation = emulation;
        this.kvm = kvm;
    }

    /**
     * The command that starts a QEMU for questions.
     *
     * @param emulator the path of the binary
     * @param accelerator {@code tcg} or {@code kvm}
     * @param monitor the path of the Unix socket it is to listen on
     * @return the command line
     */
    public static List<String> command(String emulator, String accelerator, String monitor) {
        return List.of(
                emulator,
                "-S",
                "-no-user-config",
                "-nodefaults",
                "-nographic",
                "-machine",
                "none,accel=" + accelerator,
                "-chardev",
                "socket,id=charmonitor,path=" + monitor.replace(",", ",,") + ",server=on,wait=off",
                "-mon",
                "chardev=charmonitor,id=monitor,mode=control");
    }

    /**
     * Asks.
     *
     * @param emulator the path of the binary
     * @param emulation a conversation with it, started with {@code tcg}
     * @param kvm a conversation with it, started with {@code kvm}, if that start succeeded
     * @return what it can do
     */
    public static QemuCapabilities probe(String emulator, QmpExchange emulation, Optional<QmpExchange> kvm) {
        return new QemuProbe(emulator, emulation, kvm).run();
    }

    private QemuCapabilities run() {
        boolean kvmWorks = kvm.isPresent() && ask(kvm.get(), new QueryKvm()).enabled();
        QmpVersion version = ask(emulation, new QueryVersion());
        String arch = emulation.execute("query-target", Json.EMPTY).asObject().text("arch");
        return new QemuCapabilities(
                emulator,
                arch,
                (int) version.number(),
                ask(emulation, new QueryMachines()).stream().map(machine -> machineType(machine, arch)).toList(),
                deviceTypes(),
                cpuModels(emulation),
                kvmWorks ? cpuModels(kvm.get()) : List.of(),
                kvmWorks);
    }

    private static <R> R ask(QmpExchange exchange, QmpCommand<R> command) {
        return command.reply(exchange.execute(command.name(), command.arguments()));
    }

    private static MachineType machineType(MachineInfo machine, String arch) {
        String suffix = "-" + arch + "-cpu";
        return new MachineType(
                machine.name(),
                machine.alias(),
                machine.isDefault(),
                machine.maxCpus(),
                machine.defaultCpuType()
                        .map(type -> type.endsWith(suffix) ? type.substring(0, type.length() - suffix.length()) : type),
                machine.deprecated());
    }

    private Set<String> deviceTypes() {
        return emulation.execute("qom-list-types", Json.EMPTY.with("implements", "device"))
                .asList(type -> type.asObject().text("name"))
                .stream()
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<CpuModel> cpuModels(QmpExchange exchange) {
        return ask(exchange, new QueryCpuDefinitions()).stream().map(QemuProbe::cpuModel).toList();
    }

    private static CpuModel cpuModel(CpuDefinition model) {
        return new CpuModel(model.name(), model.unavailableFeatures().orElse(List.of()), model.deprecated());
    }
}
