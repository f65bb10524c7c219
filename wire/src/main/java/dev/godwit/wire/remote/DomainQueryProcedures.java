package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.DOMAIN_READ;
import static dev.godwit.wire.remote.Permission.DOMAIN_WRITE;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Chars;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;
import java.util.Optional;

/**
 * What there is to know about one guest. Nothing here changes it.
 */
public final class DomainQueryProcedures {

    /**
     * The guest's definition. {@code flags}: {@link DomainXmlFlags}; a read-only connection may not ask for
     * {@code SECURE} or {@code MIGRATABLE}, which the daemon has to check.
     */
    public static final Procedure<DomainFlagsArgs, GetXmlDescRet> GET_XML_DESC =
            call(14, DomainFlagsArgs.class, GetXmlDescRet.class).api("virDomainGetXMLDesc").allow(DOMAIN_READ)
                    .readOnlyAllowed();

    /** State, memory in KiB (largest, and the balloon's now), number of CPUs, CPU time in nanoseconds. */
    public static final Procedure<DomainArgs, GetInfoRet> GET_INFO =
            call(16, DomainArgs.class, GetInfoRet.class).api("virDomainGetInfo").allow(DOMAIN_READ)
                    .readOnlyAllowed();

    /** State and the reason for it, see {@link DomainState}. */
    public static final Procedure<DomainFlagsArgs, GetStateRet> GET_STATE =
            call(212, DomainFlagsArgs.class, GetStateRet.class).api("virDomainGetState").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /**
     * Whether the way to the guest's monitor is free, {@code state}: 0 yes, 1 a job runs, 2 it is occupied, 3
     * error; {@code stateTime} in milliseconds.
     */
    public static final Procedure<DomainFlagsArgs, GetControlInfoRet> GET_CONTROL_INFO =
            call(229, DomainFlagsArgs.class, GetControlInfoRet.class).api("virDomainGetControlInfo")
                    .allow(DOMAIN_READ).readOnlyAllowed().priority();

    /** How the guest sees the machine: "hvm". */
    public static final Procedure<DomainArgs, GetOsTypeRet> GET_OS_TYPE =
            call(19, DomainArgs.class, GetOsTypeRet.class).api("virDomainGetOSType").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /** The largest memory, in KiB. */
    public static final Procedure<DomainArgs, GetMaxMemoryRet> GET_MAX_MEMORY =
            call(17, DomainArgs.class, GetMaxMemoryRet.class).api("virDomainGetMaxMemory").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /** The largest number of virtual CPUs. */
    public static final Procedure<DomainArgs, GetMaxVcpusRet> GET_MAX_VCPUS =
            call(18, DomainArgs.class, GetMaxVcpusRet.class).api("virDomainGetMaxVcpus").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /**
     * Each CPU's state and times in nanoseconds, and where it may run: {@code maplen} bytes a CPU, a bit for
     * each CPU of the host.
     */
    public static final Procedure<GetVcpusArgs, GetVcpusRet> GET_VCPUS =
            call(20, GetVcpusArgs.class, GetVcpusRet.class).api("virDomainGetVcpus").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /** The number of virtual CPUs. {@code flags}: {@link AffectFlags}, {@link VcpuFlags}. */
    public static final Procedure<DomainFlagsArgs, GetVcpusFlagsRet> GET_VCPUS_FLAGS =
            call(200, DomainFlagsArgs.class, GetVcpusFlagsRet.class).api("virDomainGetVcpusFlags")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** Where each CPU may run, {@code maplen} bytes a CPU. */
    public static final Procedure<VcpuPinInfoArgs, VcpuPinInfoRet> GET_VCPU_PIN_INFO =
            call(230, VcpuPinInfoArgs.class, VcpuPinInfoRet.class).api("virDomainGetVcpuPinInfo")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** Whether the guest starts with the host. */
    public static final Procedure<DomainArgs, GetAutostartRet> GET_AUTOSTART =
            call(15, DomainArgs.class, GetAutostartRet.class).api("virDomainGetAutostart").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /** Whether the guest starts with the host, the next time only. Since libvirt 11.2. */
    public static final Procedure<DomainArgs, GetAutostartOnceRet> GET_AUTOSTART_ONCE =
            call(449, DomainArgs.class, GetAutostartOnceRet.class).api("virDomainGetAutostartOnce")
                    .allow(DOMAIN_READ).readOnlyAllowed().priority();

    /** Whether the guest runs. */
    public static final Procedure<DomainArgs, IsActiveRet> IS_ACTIVE =
            call(150, DomainArgs.class, IsActiveRet.class).api("virDomainIsActive").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /** Whether the guest has a configuration that outlives it. */
    public static final Procedure<DomainArgs, IsPersistentRet> IS_PERSISTENT =
            call(151, DomainArgs.class, IsPersistentRet.class).api("virDomainIsPersistent").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /** Whether the running guest differs from its configuration. */
    public static final Procedure<DomainArgs, IsUpdatedRet> IS_UPDATED =
            call(202, DomainArgs.class, IsUpdatedRet.class).api("virDomainIsUpdated").allow(DOMAIN_READ)
                    .readOnlyAllowed().priority();

    /** Whether there is a saved memory image. */
    public static final Procedure<DomainFlagsArgs, HasManagedSaveImageRet> HAS_MANAGED_SAVE_IMAGE =
            call(183, DomainFlagsArgs.class, HasManagedSaveImageRet.class).api("virDomainHasManagedSaveImage")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** The number of snapshots. */
    public static final Procedure<DomainFlagsArgs, SnapshotNumRet> SNAPSHOT_NUM =
            call(187, DomainFlagsArgs.class, SnapshotNumRet.class).api("virDomainSnapshotNum")
                    .allow(DOMAIN_READ).readOnlyAllowed().priority();

    /** The snapshots. */
    public static final Procedure<ListAllSnapshotsArgs, ListAllSnapshotsRet> LIST_ALL_SNAPSHOTS =
            call(274, ListAllSnapshotsArgs.class, ListAllSnapshotsRet.class).api("virDomainListAllSnapshots")
                    .allow(DOMAIN_READ).readOnlyAllowed().priority();

    /** The checkpoints. */
    public static final Procedure<ListAllCheckpointsArgs, ListAllCheckpointsRet> LIST_ALL_CHECKPOINTS =
            call(413, ListAllCheckpointsArgs.class, ListAllCheckpointsRet.class)
                    .api("virDomainListAllCheckpoints").allow(DOMAIN_READ).readOnlyAllowed().priority();

    /** The label of the guest's process, ending in a NUL. */
    public static final Procedure<DomainArgs, GetSecurityLabelRet> GET_SECURITY_LABEL =
            call(121, DomainArgs.class, GetSecurityLabelRet.class).api("virDomainGetSecurityLabel")
                    .allow(DOMAIN_READ).readOnlyAllowed().priority();

    /** Warnings for people about this guest: deprecated features, taint. */
    public static final Procedure<DomainFlagsArgs, GetMessagesRet> GET_MESSAGES =
            call(426, DomainFlagsArgs.class, GetMessagesRet.class).api("virDomainGetMessages")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** The description (type 0), the title (1) or an element in a namespace of its own (2). */
    public static final Procedure<GetMetadataArgs, GetMetadataRet> GET_METADATA =
            call(265, GetMetadataArgs.class, GetMetadataRet.class).api("virDomainGetMetadata")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** A disk's sizes in bytes: as allocated, as the guest sees it, as it is on the host. */
    public static final Procedure<GetBlockInfoArgs, GetBlockInfoRet> GET_BLOCK_INFO =
            call(194, GetBlockInfoArgs.class, GetBlockInfoRet.class).api("virDomainGetBlockInfo")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** A disk's requests and bytes. */
    public static final Procedure<BlockStatsArgs, BlockStatsRet> BLOCK_STATS =
            call(64, BlockStatsArgs.class, BlockStatsRet.class).api("virDomainBlockStats").allow(DOMAIN_READ)
                    .readOnlyAllowed();

    /** A disk's counters by name. With {@code nparams} 0 only their number. */
    public static final Procedure<BlockStatsFlagsArgs, BlockStatsFlagsRet> BLOCK_STATS_FLAGS =
            call(243, BlockStatsFlagsArgs.class, BlockStatsFlagsRet.class).api("virDomainBlockStatsFlags")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** A network interface's bytes and packets, as the host counts them. */
    public static final Procedure<InterfaceStatsArgs, InterfaceStatsRet> INTERFACE_STATS =
            call(65, InterfaceStatsArgs.class, InterfaceStatsRet.class).api("virDomainInterfaceStats")
                    .allow(DOMAIN_READ).readOnlyAllowed().priority();

    /**
     * The guest's addresses; {@code source} 0 DHCP leases, 1 the guest's agent (which a read-only connection
     * may not ask), 2 the host's ARP table.
     */
    public static final Procedure<InterfaceAddressesArgs, InterfaceAddressesRet> INTERFACE_ADDRESSES =
            call(353, InterfaceAddressesArgs.class, InterfaceAddressesRet.class)
                    .api("virDomainInterfaceAddresses").allow(DOMAIN_READ).readOnlyAllowed();

    /** Memory by tag, in KiB where it is memory. */
    public static final Procedure<MemoryStatsArgs, MemoryStatsRet> MEMORY_STATS =
            call(159, MemoryStatsArgs.class, MemoryStatsRet.class).api("virDomainMemoryStats")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** The guest's clock, by its agent: seconds since 1970 and nanoseconds. */
    public static final Procedure<DomainFlagsArgs, GetTimeRet> GET_TIME =
            call(337, DomainFlagsArgs.class, GetTimeRet.class).api("virDomainGetTime").allow(DOMAIN_WRITE);

    /** The guest's own name, by its agent or its leases. */
    public static final Procedure<DomainFlagsArgs, GetHostnameRet> GET_HOSTNAME =
            call(277, DomainFlagsArgs.class, GetHostnameRet.class).api("virDomainGetHostname")
                    .allow(DOMAIN_WRITE);

    // @formatter:off
    public record GetXmlDescRet(String xml) {}
    public record GetInfoRet(@Unsigned int state, @Unsigned long maxMem, @Unsigned long memory,
                             @Unsigned int nrVirtCpu, @Unsigned long cpuTime) {}
    public record GetStateRet(int state, int reason) {}
    public record GetControlInfoRet(@Unsigned int state, @Unsigned int details, @Unsigned long stateTime) {}
    public record GetOsTypeRet(String type) {}
    public record GetMaxMemoryRet(@Unsigned long memory) {}
    public record GetMaxVcpusRet(int num) {}
    public record GetVcpusArgs(NonnullDomain dom, int maxinfo, int maplen) {}
    public record GetVcpusRet(@AtMost(Limits.LIST) List<VcpuInfo> info, @AtMost(Limits.CPU_MAPS) Opaque cpumaps) {}
    public record GetVcpusFlagsRet(int num) {}
    public record VcpuPinInfoArgs(NonnullDomain dom, int ncpumaps, int maplen, @Unsigned int flags) {}
    public record VcpuPinInfoRet(@AtMost(Limits.CPU_MAPS) Opaque cpumaps, int num) {}
    public record GetAutostartRet(int autostart) {}
    public record GetAutostartOnceRet(int autostart) {}
    public record IsActiveRet(int active) {}
    public record IsPersistentRet(int persistent) {}
    public record IsUpdatedRet(int updated) {}
    public record HasManagedSaveImageRet(int result) {}
    public record SnapshotNumRet(int num) {}
    public record ListAllSnapshotsArgs(NonnullDomain dom, int needResults, @Unsigned int flags) {}
    public record ListAllSnapshotsRet(@AtMost(Limits.LIST) List<NonnullDomainSnapshot> snapshots, int ret) {}
    public record ListAllCheckpointsArgs(NonnullDomain dom, int needResults, @Unsigned int flags) {}
    public record ListAllCheckpointsRet(@AtMost(Limits.LIST) List<NonnullDomainCheckpoint> checkpoints, int ret) {}
    public record GetSecurityLabelRet(@Chars @AtMost(4097) Opaque label, int enforcing) {}
    public record GetMessagesRet(@AtMost(2048) List<String> msgs) {}
    public record GetMetadataArgs(NonnullDomain dom, int type, Optional<String> uri, @Unsigned int flags) {}
    public record GetMetadataRet(String metadata) {}
    public record GetBlockInfoArgs(NonnullDomain dom, String path, @Unsigned int flags) {}
    public record GetBlockInfoRet(@Unsigned long allocation, @Unsigned long capacity, @Unsigned long physical) {}
    public record BlockStatsArgs(NonnullDomain dom, String path) {}
    public record BlockStatsRet(long rdReq, long rdBytes, long wrReq, long wrBytes, long errs) {}
    public record BlockStatsFlagsArgs(NonnullDomain dom, String path, int nparams, @Unsigned int flags) {}
    public record BlockStatsFlagsRet(@AtMost(16) List<TypedParam> params, int nparams) {}
    public record InterfaceStatsArgs(NonnullDomain dom, String device) {}
    public record InterfaceStatsRet(long rxBytes, long rxPackets, long rxErrs, long rxDrop, long txBytes,
                                    long txPackets, long txErrs, long txDrop) {}
    public record InterfaceAddressesArgs(NonnullDomain dom, @Unsigned int source, @Unsigned int flags) {}
    public record InterfaceAddressesRet(@AtMost(2048) List<DomainInterface> ifaces) {}
    public record MemoryStatsArgs(NonnullDomain dom, @Unsigned int maxStats, @Unsigned int flags) {}
    public record MemoryStatsRet(@AtMost(1024) List<MemoryStat> stats) {}
    public record GetTimeRet(long seconds, @Unsigned int nseconds) {}
    public record GetHostnameRet(String hostname) {}
    // @formatter:on

    private DomainQueryProcedures() {}
}
