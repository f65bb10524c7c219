package dev.godwit.daemon.handlers;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Guests;
import dev.godwit.driver.ListFlag;
import dev.godwit.driver.WireFlag;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainStatsRecord;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.TypedParam;
import java.util.ArrayList;
import java.util.List;

/** Figures of many guests at once (procedure 344): state, CPU time, memory, virtual CPUs. */
final class DomainStatsHandlers {

    private static final int STATE = 1;
    private static final int CPU_TOTAL = 2;
    private static final int BALLOON = 4;
    private static final int VCPU = 8;
    private static final int HERE = STATE | CPU_TOTAL | BALLOON | VCPU;

    /** Which guests, when none are named. */
    private static final int FILTER = 0xff;
    /** Do not wait for guests that are busy; nothing here waits. */
    private static final int NOWAIT = 1 << 29;
    /** Also what disks are made of; no disks are shown yet. */
    private static final int BACKING = 1 << 30;
    /** Refuse what cannot be given, rather than leave it out. */
    private static final int ENFORCE_STATS = 1 << 31;

    void addTo(Handlers handlers) {
        handlers.on(ConnectProcedures.GET_ALL_DOMAIN_STATS, DomainStatsHandlers::stats);
    }

    private static ConnectProcedures.GetAllDomainStatsRet stats(
            Session session, ConnectProcedures.GetAllDomainStatsArgs args) {
        int flags = session.checkFlags(ConnectProcedures.GET_ALL_DOMAIN_STATS, args.flags(),
                FILTER | NOWAIT | BACKING | ENFORCE_STATS);
        if ((flags & ENFORCE_STATS) != 0 && (args.stats() & ~HERE) != 0) {
            throw VirtException.raw(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.DOMAIN,
                    ErrorCode.ARGUMENT_UNSUPPORTED.message("Stats types bits 0x"
                            + Integer.toHexString(args.stats() & ~HERE) + " are not supported by this daemon"));
        }
        int wanted = args.stats() == 0 ? HERE : args.stats();
        Guests guests = session.facet(Guests.class);
        List<DomainRef> which = args.doms().isEmpty()
                ? guests.list(WireFlag.of(ListFlag.class, flags & FILTER))
                : args.doms().stream().map(WireForms::ref).toList();
        List<DomainStatsRecord> records = new ArrayList<>();
        for (DomainRef guest : which.stream().filter(session::mayRead).toList()) {
            try {
                records.add(record(guests, guest, wanted));
            } catch (VirtException e) {
                // One that is gone since it was listed is left out, as stock daemons do.
                if (!e.is(ErrorCode.NO_DOMAIN)) {
                    throw e;
                }
            }
        }
        return new ConnectProcedures.GetAllDomainStatsRet(records);
    }

    private static DomainStatsRecord record(Guests guests, DomainRef guest, int wanted) {
        NonnullDomain now = WireForms.wire(guests.byUuid(guest.uuid()));
        Guests.GuestInfo info = guests.info(guest);
        List<TypedParam> params = new ArrayList<>();
        if ((wanted & STATE) != 0) {
            params.add(TypedParam.signed("state.state", info.state().state().number()));
            params.add(TypedParam.signed("state.reason", info.state().number()));
        }
        if ((wanted & CPU_TOTAL) != 0 && guests.isActive(guest)) {
            params.add(TypedParam.unsigned("cpu.time", info.cpuTimeNanos()));
        }
        if ((wanted & BALLOON) != 0) {
            params.add(TypedParam.unsigned("balloon.current", info.memoryKiB()));
            params.add(TypedParam.unsigned("balloon.maximum", info.maxMemoryKiB()));
        }
        if ((wanted & VCPU) != 0) {
            boolean live = guests.isActive(guest);
            params.add(count("vcpu.current", guests.virtualCpuCount(guest, live, false)));
            params.add(count("vcpu.maximum", guests.virtualCpuCount(guest, live, true)));
            for (Guests.VirtualCpu cpu : guests.virtualCpus(guest)) {
                params.add(TypedParam.signed("vcpu." + cpu.number() + ".state", cpu.state()));
                params.add(TypedParam.unsigned("vcpu." + cpu.number() + ".time", cpu.cpuTimeNanos()));
            }
        }
        return new DomainStatsRecord(now, params);
    }

    private static TypedParam count(String name, int value) {
        return new TypedParam(name, new ParamValue.UInt(value));
    }

}
