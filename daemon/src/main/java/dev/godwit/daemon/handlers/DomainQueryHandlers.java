package dev.godwit.daemon.handlers;

import static dev.godwit.daemon.rpc.WireForms.number;
import static dev.godwit.daemon.rpc.WireForms.ref;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Guests;
import dev.godwit.driver.ListFlag;
import dev.godwit.driver.XmlFlag;
import dev.godwit.wire.remote.AffectFlags;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.VcpuFlags;
import dev.godwit.wire.remote.VcpuInfo;
import dev.godwit.wire.xdr.Opaque;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What can be asked about guests. Nothing here changes one. */
final class DomainQueryHandlers {

    void addTo(Handlers handlers) {
        lists(handlers);
        state(handlers);
        definition(handlers);
        virtualCpus(handlers);
    }

    private static void lists(Handlers handlers) {
        handlers.on(ConnectProcedures.LIST_ALL_DOMAINS, (session, args) -> {
            List<NonnullDomain> found = guests(session)
                    .list(session.flags(ConnectProcedures.LIST_ALL_DOMAINS, ListFlag.class, args.flags())).stream()
                    .filter(session::maySee)
                    .map(WireForms::wire).toList();
            return new ConnectProcedures.ListAllDomainsRet(args.needResults() != 0 ? found : List.of(), found.size());
        });
        handlers.on(ConnectProcedures.NUM_OF_DOMAINS, (session, _) ->
                new ConnectProcedures.NumOfDomainsRet(active(session).size()));
        handlers.on(ConnectProcedures.LIST_DOMAINS, (session, args) -> new ConnectProcedures.ListDomainsRet(
                active(session).stream().map(DomainRef::id).limit(Math.max(0, args.maxids())).toList()));
        handlers.on(ConnectProcedures.NUM_OF_DEFINED_DOMAINS, (session, _) ->
                new ConnectProcedures.NumOfDefinedDomainsRet(inactive(session).size()));
        handlers.on(ConnectProcedures.LIST_DEFINED_DOMAINS, (session, args) ->
                new ConnectProcedures.ListDefinedDomainsRet(
                        inactive(session).stream().map(DomainRef::name).limit(Math.max(0, args.maxnames())).toList()));
    }

    private static void state(Handlers handlers) {
        handlers.on(DomainQueryProcedures.GET_STATE, (session, args) -> {
            session.checkFlags(DomainQueryProcedures.GET_STATE, args.flags(), 0);
            StateReason state = guests(session).state(ref(args.dom()));
            return new DomainQueryProcedures.GetStateRet(state.state().number(), state.number());
        });
        handlers.on(DomainQueryProcedures.GET_INFO, (session, args) -> {
            Guests.GuestInfo info = guests(session).info(ref(args.dom()));
            return new DomainQueryProcedures.GetInfoRet(info.state().state().number(), info.maxMemoryKiB(),
                    info.memoryKiB(), info.virtualCpus(), info.cpuTimeNanos());
        });
        handlers.on(DomainQueryProcedures.GET_CONTROL_INFO, (session, args) -> {
            session.checkFlags(DomainQueryProcedures.GET_CONTROL_INFO, args.flags(), 0);
            Guests.ControlInfo control = guests(session).control(ref(args.dom()));
            return new DomainQueryProcedures.GetControlInfoRet(
                    control.state(), control.details(), control.sinceMillis());
        });
        handlers.on(DomainQueryProcedures.IS_ACTIVE, (session, args) ->
                new DomainQueryProcedures.IsActiveRet(number(guests(session).isActive(ref(args.dom())))));
        handlers.on(DomainQueryProcedures.IS_PERSISTENT, (session, args) ->
                new DomainQueryProcedures.IsPersistentRet(number(guests(session).isPersistent(ref(args.dom())))));
        handlers.on(DomainQueryProcedures.IS_UPDATED, (session, args) ->
                new DomainQueryProcedures.IsUpdatedRet(number(guests(session).isUpdated(ref(args.dom())))));
        handlers.on(DomainQueryProcedures.GET_AUTOSTART, (session, args) ->
                new DomainQueryProcedures.GetAutostartRet(number(guests(session).autostart(ref(args.dom())))));
        handlers.on(DomainQueryProcedures.GET_MESSAGES, (session, args) -> {
            session.checkFlags(DomainQueryProcedures.GET_MESSAGES, args.flags(), 3);
            return new DomainQueryProcedures.GetMessagesRet(guests(session).messages(ref(args.dom())));
        });
    }

    private static void definition(Handlers handlers) {
        handlers.on(DomainQueryProcedures.GET_XML_DESC, (session, args) -> {
            Set<XmlFlag> flags = session.flags(DomainQueryProcedures.GET_XML_DESC, XmlFlag.class, args.flags());
            if (session.isReadOnly() && (flags.contains(XmlFlag.SECURE) || flags.contains(XmlFlag.MIGRATABLE))) {
                throw new VirtException(ErrorCode.OPERATION_DENIED, ErrorDomain.DOMAIN,
                        "virDomainGetXMLDesc with secure flag");
            }
            return new DomainQueryProcedures.GetXmlDescRet(guests(session).xml(ref(args.dom()), flags));
        });
        handlers.on(DomainQueryProcedures.GET_OS_TYPE, (session, args) ->
                new DomainQueryProcedures.GetOsTypeRet(guests(session).osType(ref(args.dom()))));
        handlers.on(DomainQueryProcedures.GET_MAX_MEMORY, (session, args) ->
                new DomainQueryProcedures.GetMaxMemoryRet(guests(session).info(ref(args.dom())).maxMemoryKiB()));
        handlers.on(DomainQueryProcedures.GET_METADATA, (session, args) -> {
            int flags = session.checkFlags(DomainQueryProcedures.GET_METADATA, args.flags(),
                    AffectFlags.LIVE | AffectFlags.CONFIG);
            DomainRef guest = ref(args.dom());
            return new DomainQueryProcedures.GetMetadataRet(guests(session).metadata(guest, args.type(), args.uri(),
                    !live(session, guest, flags)));
        });
    }

    private static void virtualCpus(Handlers handlers) {
        handlers.on(DomainQueryProcedures.GET_MAX_VCPUS, (session, args) -> {
            DomainRef guest = ref(args.dom());
            return new DomainQueryProcedures.GetMaxVcpusRet(
                    guests(session).virtualCpuCount(guest, guests(session).isActive(guest), true));
        });
        handlers.on(DomainQueryProcedures.GET_VCPUS_FLAGS, (session, args) -> {
            int flags = session.checkFlags(DomainQueryProcedures.GET_VCPUS_FLAGS, args.flags(),
                    AffectFlags.LIVE | AffectFlags.CONFIG | VcpuFlags.MAXIMUM);
            DomainRef guest = ref(args.dom());
            return new DomainQueryProcedures.GetVcpusFlagsRet(guests(session).virtualCpuCount(
                    guest, live(session, guest, flags), (flags & VcpuFlags.MAXIMUM) != 0));
        });
        handlers.on(DomainQueryProcedures.GET_VCPUS, (session, args) -> {
            Guests guests = guests(session);
            DomainRef guest = ref(args.dom());
            List<Guests.VirtualCpu> cpus = guests.virtualCpus(guest);
            if (cpus.isEmpty() && !guests.isActive(guest)) {
                throw new VirtException(ErrorCode.OPERATION_INVALID, session.hypervisor().errors(),
                        "cannot retrieve vcpu information for inactive domain");
            }
            List<VcpuInfo> infos = cpus.stream().limit(Math.max(0, args.maxinfo()))
                    .map(cpu -> new VcpuInfo(cpu.number(), cpu.state(), cpu.cpuTimeNanos(), cpu.hostCpu()))
                    .toList();
            // No guest is pinned to host CPUs yet, so each virtual CPU may run on every one that is online.
            byte[] map = session.facet(dev.godwit.driver.HostInformation.class).onlineCpus();
            return new DomainQueryProcedures.GetVcpusRet(infos, maps(map, infos.size(), args.maplen()));
        });
    }

    /** The same map for each of some CPUs, cut or filled with zeros to a length. */
    private static Opaque maps(byte[] map, int cpus, int length) {
        if (length <= 0 || length > dev.godwit.wire.remote.Limits.CPU_MAPS / Math.max(1, cpus)) {
            return Opaque.empty();
        }
        byte[] all = new byte[cpus * length];
        for (int cpu = 0; cpu < cpus; cpu++) {
            System.arraycopy(map, 0, all, cpu * length, Math.min(map.length, length));
        }
        return Opaque.of(all);
    }

    /** Whether a question is about the running guest: as its flags say, otherwise if it runs. */
    private static boolean live(Session session, DomainRef guest, int flags) {
        boolean wantsLive = (flags & AffectFlags.LIVE) != 0;
        boolean wantsConfig = (flags & AffectFlags.CONFIG) != 0;
        if (wantsLive && wantsConfig) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN,
                    "flags VIR_DOMAIN_AFFECT_LIVE and VIR_DOMAIN_AFFECT_CONFIG are mutually exclusive");
        }
        boolean active = guests(session).isActive(guest);
        if (wantsLive && !active) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain is not running");
        }
        if (wantsConfig && !guests(session).isPersistent(guest)) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN,
                    "transient domains do not have any persistent config");
        }
        return active && !wantsConfig;
    }

    private static List<DomainRef> active(Session session) {
        return guests(session).list(EnumSet.of(ListFlag.ACTIVE)).stream().filter(session::maySee).toList();
    }

    private static List<DomainRef> inactive(Session session) {
        return guests(session).list(Collections.singleton(ListFlag.INACTIVE)).stream().filter(session::maySee).toList();
    }

    private static Guests guests(Session session) {
        return session.facet(Guests.class);
    }
}
