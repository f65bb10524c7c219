package dev.godwit.daemon.handlers;

import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AdminProcedures;
import dev.godwit.wire.remote.AdminProcedures.NonnullServer;
import java.io.IOException;
import java.util.List;

/** Managing the daemon itself, for {@code godwit admin} and stock {@code virt-admin}. */
public final class AdminHandlers {

    /** What the daemon's servers are called, as in libvirtd, so that scripts for that one work. */
    private static final List<NonnullServer> SERVERS =
            List.of(new NonnullServer("libvirtd"), new NonnullServer("admin"));

    /** Reads certificates and access policy anew. */
    @FunctionalInterface
    public interface Reload {
        /**
         * Reads them.
         *
         * @throws IOException saying why what was in force stays so
         */
        void run() throws IOException;
    }

    private AdminHandlers() {}

    /**
     * The handlers of the socket for administration.
     *
     * @param version the daemon's version, 1000000 × major + 1000 × minor + micro
     * @param reload  reads the certificates for TLS and the access policy anew
     * @return complete
     */
    public static Handlers of(long version, Reload reload) {
        Handlers handlers = new Handlers();
        handlers.beforeOpen(AdminProcedures.OPEN, (_, args) -> {
            checkFlags(args.flags(), "virAdmConnectOpen");
            return NOTHING;
        });
        handlers.beforeOpen(AdminProcedures.CLOSE, (session, _) -> close(session));
        handlers.beforeOpen(AdminProcedures.GET_LIB_VERSION, (_, _) -> new AdminProcedures.GetLibVersionRet(version));
        handlers.beforeOpen(AdminProcedures.LIST_SERVERS, (_, args) -> {
            checkFlags(args.flags(), "virNetDaemonGetServers");
            return new AdminProcedures.ListServersRet(args.needResults() == 0 ? List.of() : SERVERS, SERVERS.size());
        });
        handlers.beforeOpen(AdminProcedures.LOOKUP_SERVER, (_, args) -> {
            checkFlags(args.flags(), "adminConnectLookupServer");
            return new AdminProcedures.LookupServerRet(find(args.name()));
        });
        handlers.beforeOpen(AdminProcedures.UPDATE_TLS_FILES, (_, args) -> {
            checkFlags(args.flags(), "adminServerUpdateTlsFiles");
            update(find(args.server().name()), reload);
            return NOTHING;
        });
        return handlers;
    }

    private static dev.godwit.wire.remote.Nothing close(Session session) {
        session.peer().closeAfterSending();
        return NOTHING;
    }

    private static NonnullServer find(String name) {
        return SERVERS.stream().filter(server -> server.name().equals(name)).findFirst().orElseThrow(() ->
                VirtException.received(95, ErrorDomain.RPC.number(),
                        "Server not found: No server named '" + name + "'"));
    }

    private static void update(NonnullServer server, Reload reload) {
        if (!server.equals(SERVERS.getFirst())) {
            throw noTls();
        }
        try {
            reload.run();
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, e.getMessage());
        }
    }

    /** What is said where there is nothing to read anew, in libvirt's words. */
    public static VirtException noTls() {
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC,
                "no tls service found, unable to update tls files");
    }

    private static void checkFlags(int flags, String function) {
        if (flags != 0) {
            throw VirtException.raw(ErrorCode.INVALID_ARG, ErrorDomain.ADMIN, "unsupported flags (0x"
                    + Integer.toHexString(flags) + ") in function " + function);
        }
    }
}
