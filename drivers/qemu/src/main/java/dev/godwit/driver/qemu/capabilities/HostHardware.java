package dev.godwit.driver.qemu.capabilities;

import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The hardware of a host, as far as its clients ask.
 *
 * @param arch of its CPUs, {@code x86_64}
 * @param vendor of its CPUs as libvirt calls it, {@code Intel} or {@code AMD}, or what the CPU says; possibly empty
 * @param family of its CPUs
 * @param model of its CPUs
 * @param stepping of its CPUs
 * @param microcode version of its CPUs, 0 if unknown
 * @param physicalAddressBits of its CPUs, 0 if unknown
 * @param mhz their frequency now
 * @param cpus those that are online
 * @param nodes its NUMA nodes, at least one
 * @param memoryKib all of its memory
 */
public record HostHardware(
        String arch,
        String vendor,
        int family,
        int model,
        int stepping,
        long microcode,
        int physicalAddressBits,
        int mhz,
        List<Cpu> cpus,
        List<Node> nodes,
        long memoryKib) {

    /**
     * A logical CPU.
     *
     * @param id its number
     * @param socket the package it is in
     * @param die the die in the package
     * @param core the core in the package
     * @param siblings the logical CPUs of its core, {@code 0,4} or {@code 0-1}
     */
    public record Cpu(int id, int socket, int die, int core, String siblings) {}

    /**
     * A NUMA node.
     *
     * @param id its number
     * @param memoryKib its memory
     * @param cpus the numbers of its CPUs
     */
    public record Node(int id, long memoryKib, List<Integer> cpus) {

        /** Takes a copy of the list. */
        public Node {
            cpus = List.copyOf(cpus);
        }
    }

    /** Takes copies of the lists. */
    public HostHardware {
        cpus = List.copyOf(cpus);
        nodes = List.copyOf(nodes);
    }

    /**
     * Packages a node.
     *
     * @return the most that one node has, at least 1
     */
    public int socketsPerNode() {
        return nodes.stream()
                .mapToInt(node -> (int) cpus.stream()
                        .filter(cpu -> node.cpus().contains(cpu.id()))
                        .map(Cpu::socket)
                        .distinct()
                        .count())
                .max()
                .orElse(1);
    }

    /**
     * Cores a package.
     *
     * @return the most that one package has, at least 1
     */
    public int coresPerSocket() {
        return most(Cpu::socket, cpu -> cpu.die() << 16 | cpu.core());
    }

    /**
     * Threads a core.
     *
     * @return the most that one core has, at least 1
     */
    public int threadsPerCore() {
        return most(cpu -> (cpu.socket() << 8 | cpu.die()) << 16 | cpu.core(), Cpu::id);
    }

    private int most(ToIntFunction<Cpu> group, ToIntFunction<Cpu> member) {
        return cpus.stream()
                .mapToInt(group)
                .distinct()
                .map(key -> (int) cpus.stream()
                        .filter(cpu -> group.applyAsInt(cpu) == key)
                        .mapToInt(member)
                        .distinct()
                        .count())
                .max()
                .orElse(1);
    }
}
