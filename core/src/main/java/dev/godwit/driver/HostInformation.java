package dev.godwit.driver;

import java.util.Optional;

/** What a host is and what it can run. */
public interface HostInformation extends Facet {

    /** The hypervisor's name: {@code QEMU} (procedure 3). */
    String type();

    /** The hypervisor's version, 1000000 × major + 1000 × minor + micro (procedure 4). */
    long version();

    /** Capabilities XML (procedure 7). */
    String capabilities();

    /**
     * What guests of one kind may have, as XML (procedure 342).
     *
     * @param emulator path of the emulator, the default one when absent
     * @param arch     architecture, the host's when absent
     * @param machine  machine type, the default one when absent
     * @param type     {@code kvm} or {@code qemu}, the better one when absent
     */
    String domainCapabilities(
            Optional<String> emulator, Optional<String> arch, Optional<String> machine, Optional<String> type);

    /** The most virtual CPUs a guest may have (procedure 5). */
    int maxVirtualCpus(Optional<String> type);

    /** The hardware (procedure 6). */
    NodeInfo node();

    /** Free memory in bytes (procedure 102). */
    long freeMemoryBytes();

    /** SMBIOS data as XML, where the host shows them (procedure 203). */
    Optional<String> sysinfo();

    /** One bit a host CPU, the lowest bit of the first byte is CPU 0; set when it is online (procedure 293). */
    byte[] onlineCpus();

    /**
     * The hardware of a host.
     *
     * @param model     architecture of its CPUs, at most 31 bytes
     * @param memoryKiB its memory
     * @param cpus      its logical CPUs
     * @param mhz       their frequency
     * @param nodes     NUMA nodes
     * @param sockets   sockets a node
     * @param cores     cores a socket
     * @param threads   threads a core
     */
    record NodeInfo(
            String model, long memoryKiB, int cpus, int mhz, int nodes, int sockets, int cores, int threads) {}
}
