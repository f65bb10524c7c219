package dev.godwit.daemon.handlers;

import dev.godwit.client.migration.MigrationParams;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.guest.Definition;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.xml.Element;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Migration requests as they come over the wire, in the form with parameters and in the older one. */
final class MigrationRequests {

    /** Stands for a UUID that a call does not carry: FINISH names the guest by its name at the destination alone. */
    private static final UUID UNSAID = new UUID(0, 0);

    private MigrationRequests() {}

    /**
     * A request in the form with parameters.
     *
     * @throws VirtException for flags or parameters that are unknown, contradictory or not possible yet
     */
    static MigrationRequest request(
            Session session, Procedure<?, ?> procedure, DomainRef guest, List<TypedParam> params, int flags) {
        Set<MigrationFlag> known = flags(session, procedure, flags);
        return MigrationParams.request(guest, known, params);
    }

    /**
     * A request in the form without parameters (procedures 213 to 218).
     *
     * @throws VirtException for flags that are unknown or not possible yet
     */
    static MigrationRequest older(Session session, Procedure<?, ?> procedure, DomainRef guest, long flags,
            Optional<String> dname, Optional<String> xml, Optional<String> uri, long bandwidthMiB) {
        if (flags >>> 32 != 0) {
            session.checkFlags(procedure, (int) (flags >>> 32), 0);
        }
        return new MigrationRequest(guest, flags(session, procedure, (int) flags), dname, xml, Optional.empty(), uri,
                Optional.empty(), bandwidthMiB == 0 ? OptionalLong.empty() : OptionalLong.of(bandwidthMiB),
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    private static Set<MigrationFlag> flags(Session session, Procedure<?, ?> procedure, int mask) {
        return session.flags(procedure, MigrationFlag.class, mask);
    }

    /**
     * A request at the destination with the address under which the one who drives reached it. Loopback addresses say nothing: whoever
     * came by one may have come through a tunnel; and link-local ones mean something else on every host.
     */
    static MigrationRequest reached(Session session, MigrationRequest request) {
        return session.peer().reached().map(InetSocketAddress::getAddress)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress()
                        && !address.isAnyLocalAddress())
                .map(address -> request.withReached(address.getHostAddress()))
                .orElse(request);
    }

    /**
     * The guest a definition is about, as it is called at the source.
     *
     * @param session whose call
     * @param xml     the definition that BEGIN gave
     * @throws VirtException if it cannot be told
     */
    static DomainRef guestOf(Session session, Optional<String> xml) {
        String text = xml.orElseThrow(() -> new VirtException(ErrorCode.INTERNAL_ERROR,
                session.hypervisor().errors(), "no domain XML passed"));
        Element definition = Definition.parse(text);
        return new DomainRef(
                Definition.name(definition), Definition.uuid(definition).orElse(UNSAID), DomainRef.INACTIVE);
    }

    /** The guest that FINISH is about, of which it says only the name at the destination. */
    static DomainRef arriving(String nameAtDestination) {
        return new DomainRef(nameAtDestination, UNSAID, DomainRef.INACTIVE);
    }
}
