package dev.godwit.driver.qemu.capabilities;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What one QEMU binary on this host can do.
 *
 * @param emulator the path of the binary
 * @param arch the architecture of its guests, {@code x86_64}
 * @param version 1000000 × major + 1000 × minor + micro
 * @param machines the machines it emulates
 * @param devices the names {@code -device} accepts
 * @param tcgCpus the CPU models under emulation
 * @param kvmCpus the CPU models under KVM, empty where KVM does not work
 * @param kvm whether KVM works here
 */
public record QemuCapabilities(
        String emulator,
        String arch,
        int version,
        List<MachineType> machines,
        Set<String> devices,
        List<CpuModel> tcgCpus,
        List<CpuModel> kvmCpus,
        boolean kvm) {

    /** Takes copies of the collections. */
    public QemuCapabilities {
        Objects.requireNonNull(emulator, "emulator");
        Objects.requireNonNull(arch, "arch");
        machines = List.copyOf(machines);
        devices = Set.copyOf(devices);
        tcgCpus = List.copyOf(tcgCpus);
        kvmCpus = List.copyOf(kvmCpus);
    }

    /**
     * Whether the binary is of a release or a later one.
     *
     * @param major of the release asked for
     * @param minor of the release asked for
     * @return whether it is
     */
    public boolean atLeast(int major, int minor) {
        return version >= major * 1_000_000 + minor * 1_000;
    }

    /**
     * A machine by its versioned name or by its alias.
     *
     * @param nameOrAlias {@code pc-q35-10.0} or {@code q35}
     * @return the machine, or nothing if the binary does not know it
     */
    public Optional<MachineType> machine(String nameOrAlias) {
        return machines.stream()
                .filter(machine -> machine.name().equals(nameOrAlias))
                .findFirst()
                .or(() -> machines.stream()
                        .filter(machine -> machine.alias().filter(nameOrAlias::equals).isPresent())
                        .findFirst());
    }

    /**
     * The machine a guest gets that names none.
     *
     * @return QEMU's own default, or nothing if the binary has none
     */
    public Optional<MachineType> preferredMachine() {
        return machines.stream().filter(MachineType::preferred).findFirst();
    }

    /**
     * Whether {@code -device} knows a device.
     *
     * @param driver its name, {@code qemu-xhci}
     * @return whether it does
     */
    public boolean hasDevice(String driver) {
        return devices.contains(driver);
    }

    /**
     * The CPU models for one kind of guest.
     *
     * @param domainType {@code kvm} or {@code qemu}
     * @return the models
     */
    public List<CpuModel> cpus(String domainType) {
        return domainType.equals("kvm") ? kvmCpus : tcgCpus;
    }
}
