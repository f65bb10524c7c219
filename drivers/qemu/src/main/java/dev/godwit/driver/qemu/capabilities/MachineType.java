package dev.godwit.driver.qemu.capabilities;

import java.util.Objects;
import java.util.Optional;

/**
 * A machine that a QEMU binary can emulate ({@code query-machines}).
 *
 * @param name the versioned name, {@code pc-q35-10.0}
 * @param alias the name that stands for the newest version, {@code q35}
 * @param preferred whether QEMU takes this machine when none is named
 * @param maxCpus the most virtual CPUs it can have
 * @param defaultCpu the CPU model it has when none is named, {@code qemu64}
 * @param deprecated whether QEMU announces that it will go
 */
public record MachineType(
        String name,
        Optional<String> alias,
        boolean preferred,
        int maxCpus,
        Optional<String> defaultCpu,
        boolean deprecated) {

    /** Refuses missing parts. */
    public MachineType {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(alias, "alias");
        Objects.requireNonNull(defaultCpu, "defaultCpu");
    }
}
