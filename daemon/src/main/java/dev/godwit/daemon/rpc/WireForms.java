package dev.godwit.daemon.rpc;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.driver.Cookie;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The same things as the domain knows them and as the wire has them. */
public final class WireForms {

    private WireForms() {}

    /** A guest as the hypervisor knows it. */
    public static DomainRef ref(NonnullDomain guest) {
        return new DomainRef(guest.name(), guest.uuid(), guest.id());
    }

    /** A guest as the wire has it. */
    public static NonnullDomain wire(DomainRef guest) {
        return new NonnullDomain(guest.name(), guest.uuid(), guest.id());
    }

    /** Yes as 1, no as 0. */
    public static int number(boolean yes) {
        return yes ? 1 : 0;
    }

    public static Cookie cookie(Opaque bytes) {
        return Cookie.of(bytes.toByteArray());
    }

    public static Opaque wire(Cookie cookie) {
        return Opaque.of(cookie.bytes());
    }

    /** A job's figures by name, in the protocol's order. */
    public static List<TypedParam> params(JobStats stats) {
        List<TypedParam> params = new ArrayList<>();
        for (Map.Entry<JobField, Long> figure : stats.values().entrySet()) {
            JobField field = figure.getKey();
            params.add(field.isInt()
                    ? TypedParam.signed(field.wireName(), figure.getValue().intValue())
                    : TypedParam.unsigned(field.wireName(), figure.getValue()));
        }
        return params;
    }
}
