package dev.godwit.daemon.handlers;

import dev.godwit.daemon.rpc.Session;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.UnmanagedMigration;
import dev.godwit.wire.xdr.Opaque;
import java.util.Optional;

/**
 * Unmanaged direct migration as it comes over the wire: a PERFORM that no destination has prepared. It has no cookie, no connection
 * URI, and not the flag that keeps the guest's shape from BEGIN to CONFIRM, because there is neither.
 */
final class UnmanagedCalls {

    private UnmanagedCalls() {}

    /**
     * Who sends the guest if that is what the client means.
     *
     * @param session  over which PERFORM came
     * @param request  not peer to peer
     * @param cookieIn what a destination said
     * @return empty when a client drives, or the hypervisor cannot do it alone
     */
    static Optional<UnmanagedMigration> meant(Session session, MigrationRequest request, Opaque cookieIn) {
        boolean driven = !cookieIn.isEmpty() || request.has(MigrationFlag.CHANGE_PROTECTION);
        return driven ? Optional.empty() : session.hypervisor().session().facet(UnmanagedMigration.class);
    }
}
