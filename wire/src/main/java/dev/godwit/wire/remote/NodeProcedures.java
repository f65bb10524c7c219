package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.CONNECT_READ;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Chars;
import dev.godwit.wire.xdr.Exactly;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;

/**
 * What the daemon says about the host it runs on: CPUs, memory, security model.
 */
public final class NodeProcedures {

    /** CPU model, memory in KiB and topology of the host. The model is an array of char: 128 bytes on the wire. */
    public static final Procedure<Nothing, GetInfoRet> GET_INFO =
            call(6, Nothing.class, GetInfoRet.class).api("virNodeGetInfo").allow(CONNECT_READ)
                    .readOnlyAllowed().priority();

    /**
     * CPU times in nanoseconds; {@code cpuNum} -1 for all CPUs. With {@code nparams} 0 only the number of
     * values.
     */
    public static final Procedure<GetCpuStatsArgs, GetCpuStatsRet> GET_CPU_STATS =
            call(227, GetCpuStatsArgs.class, GetCpuStatsRet.class).api("virNodeGetCPUStats")
                    .allow(CONNECT_READ).readOnlyAllowed().priority();

    /** Memory in KiB; {@code cellNum} -1 for all cells. With {@code nparams} 0 only the number of values. */
    public static final Procedure<GetMemoryStatsArgs, GetMemoryStatsRet> GET_MEMORY_STATS =
            call(228, GetMemoryStatsArgs.class, GetMemoryStatsRet.class).api("virNodeGetMemoryStats")
                    .allow(CONNECT_READ).readOnlyAllowed().priority();

    /** Free memory in bytes. */
    public static final Procedure<Nothing, GetFreeMemoryRet> GET_FREE_MEMORY =
            call(102, Nothing.class, GetFreeMemoryRet.class).api("virNodeGetFreeMemory").allow(CONNECT_READ)
                    .readOnlyAllowed().priority();

    /** Free memory of NUMA cells in bytes. */
    public static final Procedure<GetCellsFreeMemoryArgs, GetCellsFreeMemoryRet> GET_CELLS_FREE_MEMORY =
            call(101, GetCellsFreeMemoryArgs.class, GetCellsFreeMemoryRet.class)
                    .api("virNodeGetCellsFreeMemory").allow(CONNECT_READ).readOnlyAllowed().priority();

    /** Which CPUs are online, a bit each, and how many CPUs there are. */
    public static final Procedure<GetCpuMapArgs, GetCpuMapRet> GET_CPU_MAP =
            call(293, GetCpuMapArgs.class, GetCpuMapRet.class).api("virNodeGetCPUMap").allow(CONNECT_READ)
                    .readOnlyAllowed();

    /** The name and domain of interpretation of the security driver, each ending in a NUL; empty without one. */
    public static final Procedure<Nothing, GetSecurityModelRet> GET_SECURITY_MODEL =
            call(122, Nothing.class, GetSecurityModelRet.class).api("virNodeGetSecurityModel")
                    .allow(CONNECT_READ).readOnlyAllowed().priority();

    // @formatter:off
    public record GetInfoRet(@Chars @Exactly(32) Opaque model, @Unsigned long memory, int cpus, int mhz, int nodes,
                             int sockets, int cores, int threads) {}
    public record GetCpuStatsArgs(int cpuNum, int nparams, @Unsigned int flags) {}
    public record GetCpuStatsRet(@AtMost(16) List<NodeStat> params, int nparams) {}
    public record GetMemoryStatsArgs(int nparams, int cellNum, @Unsigned int flags) {}
    public record GetMemoryStatsRet(@AtMost(16) List<NodeStat> params, int nparams) {}
    public record GetFreeMemoryRet(@Unsigned long freeMem) {}
    public record GetCellsFreeMemoryArgs(int startCell, int maxcells) {}
    public record GetCellsFreeMemoryRet(@AtMost(1024) List<@Unsigned Long> cells) {}
    public record GetCpuMapArgs(int needMap, int needOnline, @Unsigned int flags) {}
    public record GetCpuMapRet(@AtMost(2048) Opaque cpumap, @Unsigned int online, int ret) {}
    public record GetSecurityModelRet(@Chars @AtMost(257) Opaque model, @Chars @AtMost(257) Opaque doi) {}
    // @formatter:on

    private NodeProcedures() {}
}
