package dev.godwit.daemon.rpc;

import dev.godwit.daemon.access.AccessPolicy;
import dev.godwit.daemon.access.Audit;
import dev.godwit.daemon.access.Identity;
import dev.godwit.daemon.access.Target;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.DomainFlagsArgs;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.DomainStopFlags;
import dev.godwit.wire.remote.DomainXmlFlags;
import dev.godwit.wire.remote.Permission;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.VcpuFlags;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Lets calls through, or not: read-only connections read, and everybody does what the access policy allows. The one
 * place where that is decided, and where it is written down.
 */
final class AccessCheck {

    /** What a procedure needs beyond what it states when a flag is set. */
    private record ForFlags(int flags, Permission permission) {}

    private static final Map<Procedure<?, ?>, ForFlags> MORE = Map.of(
            DomainQueryProcedures.GET_XML_DESC,
            new ForFlags(DomainXmlFlags.SECURE | DomainXmlFlags.MIGRATABLE, Permission.DOMAIN_READ_SECURE),
            DomainQueryProcedures.GET_VCPUS_FLAGS, new ForFlags(VcpuFlags.GUEST, Permission.DOMAIN_WRITE),
            DomainProcedures.SHUTDOWN_FLAGS, new ForFlags(DomainStopFlags.GUEST_AGENT, Permission.DOMAIN_WRITE),
            DomainProcedures.REBOOT, new ForFlags(DomainStopFlags.GUEST_AGENT, Permission.DOMAIN_WRITE));

    private final Supplier<AccessPolicy> inForce;
    private final Audit audit;

    /**
     * A check.
     *
     * @param inForce who may do what; asked once for each call, because it may be replaced
     * @param audit   where it is written down
     */
    AccessCheck(Supplier<AccessPolicy> inForce, Audit audit) {
        this.inForce = inForce;
        this.audit = audit;
    }

    /** The policy that it follows now. */
    AccessPolicy policy() {
        return inForce.get();
    }

    /**
     * Makes a call, if it is allowed.
     *
     * @param session   whose
     * @param procedure which
     * @param args      its arguments
     * @param call      makes it
     * @return its result
     * @throws VirtException 29 on a read-only connection, 88 where the policy does not allow it
     */
    <A, R> R guarded(Session session, Procedure<A, R> procedure, A args, Supplier<R> call) {
        boolean change = !procedure.isReadOnlyAllowed();
        if (procedure.permissions().isEmpty() && !change) {
            return call.get(); // about the connection itself
        }
        AccessPolicy policy = inForce.get();
        Identity client = session.login().client();
        Optional<Target> target = policy == AccessPolicy.EVERYTHING && !change
                ? Optional.empty() : CallTarget.of(session, args);
        if (change && session.isReadOnly()) {
            audit.denied(client, procedure.apiName(), target, "read only");
            throw new VirtException(ErrorCode.OPERATION_DENIED, ErrorDomain.DOMAIN,
                    "read only access prevents " + procedure.apiName());
        }
        for (Permission permission : needed(procedure, args)) {
            // A guest that the arguments do not tell is in the result, or the result is filtered.
            if (target.isPresent() || permission.object().equals("connect")) {
                check(policy, client, procedure, permission,
                        permission.object().equals("connect") ? Optional.empty() : target);
            }
        }
        R result;
        try {
            result = call.get();
        } catch (VirtException e) {
            if (change) {
                audit.failed(client, procedure.apiName(), target, e.getMessage());
            }
            throw e;
        } catch (RuntimeException | Error e) {
            if (change) {
                audit.failed(client, procedure.apiName(), target, e.toString());
            }
            throw e;
        }
        if (target.isEmpty() && result instanceof DomainRet(var found)) {
            for (Permission permission : procedure.permissions()) {
                check(policy, client, procedure, permission, Optional.of(target(WireForms.ref(found))));
            }
        }
        if (change) {
            audit.done(client, procedure.apiName(), target);
        }
        return result;
    }

    private static <A> Set<Permission> needed(Procedure<A, ?> procedure, A args) {
        Set<Permission> needed = EnumSet.noneOf(Permission.class);
        needed.addAll(procedure.permissions());
        ForFlags more = MORE.get(procedure);
        if (more != null && args instanceof DomainFlagsArgs(_, int flags) && (flags & more.flags) != 0) {
            needed.add(more.permission);
        }
        return needed;
    }

    private void check(AccessPolicy policy, Identity client, Procedure<?, ?> procedure, Permission permission,
            Optional<Target> target) {
        if (!policy.allows(client, permission, target)) {
            audit.denied(client, procedure.apiName(), target, permission.toString());
            throw new VirtException(ErrorCode.ACCESS_DENIED, ErrorDomain.ACCESS, "the access policy of this host does not"
                    + " allow " + permission + target.map(on -> " on " + on).orElse("") + " to client " + client);
        }
    }

    /** Whether a client may do something with a guest, without a word about it: for what is left out of lists. */
    boolean may(Identity client, Permission permission, DomainRef guest) {
        AccessPolicy policy = inForce.get();
        return policy == AccessPolicy.EVERYTHING || policy.allows(client, permission, Optional.of(target(guest)));
    }

    private static Target target(DomainRef guest) {
        return new Target(guest.name(), Optional.of(guest.uuid()), Optional.empty());
    }
}
