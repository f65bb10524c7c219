package dev.godwit.client;

import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.NodeProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.Procedure;
import java.util.List;
import java.util.Optional;

/** The host at the far end of a connection: what it is and what it can run. */
public final class RemoteHost {

    private final Connection connection;

    RemoteHost(Connection connection) {
        this.connection = connection;
    }

    /** The hypervisor's name: {@code QEMU} (procedure 3). */
    public String type() {
        return ask(ConnectProcedures.GET_TYPE).type();
    }

    /** The hypervisor's version, 1000000 × major + 1000 × minor + micro (procedure 4). */
    public long version() {
        return ask(ConnectProcedures.GET_VERSION).hvVer();
    }

    /** The daemon's version, counted the same way (procedure 157). */
    public long daemonVersion() {
        return ask(ConnectProcedures.GET_LIB_VERSION).libVer();
    }

    /** The host's own name (procedure 59). */
    public String hostname() {
        return ask(ConnectProcedures.GET_HOSTNAME).hostname();
    }

    /** SMBIOS data as XML (procedure 203). */
    public String sysinfo() {
        return connection.call(ConnectProcedures.GET_SYSINFO, new ConnectProcedures.GetSysinfoArgs(0)).sysinfo();
    }

    /** Capabilities XML (procedure 7). */
    public String capabilities() {
        return ask(ConnectProcedures.GET_CAPABILITIES).capabilities();
    }

    /**
     * What guests of one kind may have, as XML (procedure 342).
     *
     * @param emulator path of the emulator, the default one when absent
     * @param arch     architecture, the host's when absent
     * @param machine  machine type, the default one when absent
     * @param type     {@code kvm} or {@code qemu}, the better one when absent
     * @param flags    1 leaves out features that are deprecated
     */
    public String domainCapabilities(Optional<String> emulator, Optional<String> arch, Optional<String> machine,
            Optional<String> type, int flags) {
        return connection.call(ConnectProcedures.GET_DOMAIN_CAPABILITIES,
                new ConnectProcedures.GetDomainCapabilitiesArgs(emulator, arch, machine, type, flags)).capabilities();
    }

    /** The most virtual CPUs a guest may have (procedure 5). */
    public int maxVirtualCpus(Optional<String> type) {
        return connection.call(ConnectProcedures.GET_MAX_VCPUS, new ConnectProcedures.GetMaxVcpusArgs(type))
                .maxVcpus();
    }

    /** The hardware (procedure 6). */
    public Node node() {
        NodeProcedures.GetInfoRet ret = ask(NodeProcedures.GET_INFO);
        return new Node(ret.model().text(), ret.memory(), ret.cpus(), ret.mhz(), ret.nodes(), ret.sockets(),
                ret.cores(), ret.threads());
    }

    /** Free memory in bytes (procedure 102). */
    public long freeMemoryBytes() {
        return ask(NodeProcedures.GET_FREE_MEMORY).freeMem();
    }

    /** Which host CPUs are online (procedure 293), one entry a CPU. */
    public List<Boolean> onlineCpus() {
        NodeProcedures.GetCpuMapRet ret =
                connection.call(NodeProcedures.GET_CPU_MAP, new NodeProcedures.GetCpuMapArgs(1, 1, 0));
        return Domain.bits(ret.cpumap(), 0, ret.ret());
    }

    /** The security driver (procedure 122); empty where there is none. */
    public Optional<SecurityModel> securityModel() {
        return Refusals.unlessUnsupported(() -> {
            NodeProcedures.GetSecurityModelRet ret = ask(NodeProcedures.GET_SECURITY_MODEL);
            return new SecurityModel(ret.model().text(), ret.doi().text());
        }).filter(model -> !model.name().isEmpty());
    }

    private <R> R ask(Procedure<Nothing, R> procedure) {
        return connection.call(procedure, new Nothing());
    }

    /**
     * The hardware of a host.
     *
     * @param model     architecture of its CPUs
     * @param memoryKiB its memory
     * @param cpus      its logical CPUs
     * @param mhz       their frequency
     * @param nodes     NUMA nodes
     * @param sockets   sockets a node
     * @param cores     cores a socket
     * @param threads   threads a core
     */
    public record Node(
            String model, long memoryKiB, int cpus, int mhz, int nodes, int sockets, int cores, int threads) {}

    /**
     * A security driver.
     *
     * @param name its name
     * @param doi  its domain of interpretation
     */
    public record SecurityModel(String name, String doi) {}
}
