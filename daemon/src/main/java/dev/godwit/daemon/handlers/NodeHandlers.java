package dev.godwit.daemon.handlers;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostInformation;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.NodeProcedures;
import dev.godwit.wire.xdr.Opaque;

/** The host: its hardware and what it can run. */
final class NodeHandlers {

    private static final int MODEL_BYTES = 32;

    void addTo(Handlers handlers) {
        handlers.on(ConnectProcedures.GET_CAPABILITIES, (session, _) ->
                new ConnectProcedures.GetCapabilitiesRet(host(session).capabilities()));
        handlers.on(ConnectProcedures.GET_DOMAIN_CAPABILITIES, (session, args) -> {
            session.checkFlags(ConnectProcedures.GET_DOMAIN_CAPABILITIES, args.flags(), 0);
            return new ConnectProcedures.GetDomainCapabilitiesRet(host(session).domainCapabilities(
                    args.emulatorbin(), args.arch(), args.machine(), args.virttype()));
        });
        handlers.on(ConnectProcedures.GET_SYSINFO, (session, args) -> {
            session.checkFlags(ConnectProcedures.GET_SYSINFO, args.flags(), 0);
            return new ConnectProcedures.GetSysinfoRet(host(session).sysinfo().orElseThrow(() ->
                    new VirtException(ErrorCode.CONFIG_UNSUPPORTED, session.hypervisor().errors(),
                            "Host SMBIOS information is not available")));
        });
        handlers.on(ConnectProcedures.GET_MAX_VCPUS, (session, args) ->
                new ConnectProcedures.GetMaxVcpusRet(host(session).maxVirtualCpus(args.type())));
        handlers.on(NodeProcedures.GET_INFO, (session, _) -> {
            HostInformation.NodeInfo node = host(session).node();
            return new NodeProcedures.GetInfoRet(Opaque.ofTextPadded(node.model(), MODEL_BYTES), node.memoryKiB(),
                    node.cpus(), node.mhz(), node.nodes(), node.sockets(), node.cores(), node.threads());
        });
        handlers.on(NodeProcedures.GET_FREE_MEMORY, (session, _) ->
                new NodeProcedures.GetFreeMemoryRet(host(session).freeMemoryBytes()));
        handlers.on(NodeProcedures.GET_CPU_MAP, (session, args) -> {
            session.checkFlags(NodeProcedures.GET_CPU_MAP, args.flags(), 0);
            byte[] online = host(session).onlineCpus();
            int count = 0;
            for (byte b : online) {
                count += Integer.bitCount(b & 0xff);
            }
            return new NodeProcedures.GetCpuMapRet(
                    args.needMap() != 0 ? Opaque.of(online) : Opaque.empty(),
                    args.needOnline() != 0 ? count : 0, host(session).node().cpus());
        });
    }

    private static HostInformation host(Session session) {
        return session.facet(HostInformation.class);
    }
}
