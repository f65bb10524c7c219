package dev.godwit.client;

import dev.godwit.domain.DomainRef;
import dev.godwit.wire.remote.NonnullDomain;

/** Guests as the domain's words and as the wire's. */
public final class WireNames {

    private WireNames() {}

    /** A guest as the wire names it. */
    public static NonnullDomain wire(DomainRef guest) {
        return new NonnullDomain(guest.name(), guest.uuid(), guest.id());
    }

    /** A guest from the wire. */
    public static DomainRef ref(NonnullDomain guest) {
        return new DomainRef(guest.name(), guest.uuid(), guest.id());
    }
}
