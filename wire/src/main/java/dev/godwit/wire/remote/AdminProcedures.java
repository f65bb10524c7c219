package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;

/**
 * Managing the daemon itself, on a socket of its own that belongs to the daemon's user: what {@code virt-admin} calls. Of
 * the program's twenty procedures those are declared that reading certificates anew takes.
 */
public final class AdminProcedures {

    /** Opens. No flags are known. */
    public static final Procedure<OpenArgs, Nothing> OPEN =
            Procedure.call(Program.ADMIN, 1, OpenArgs.class, Nothing.class).api("virAdmConnectOpen");

    /** Ends the connection. */
    public static final Procedure<Nothing, Nothing> CLOSE =
            Procedure.call(Program.ADMIN, 2, Nothing.class, Nothing.class).api("virAdmConnectClose");

    /** The daemon's version, 1000000 × major + 1000 × minor + micro. */
    public static final Procedure<Nothing, GetLibVersionRet> GET_LIB_VERSION =
            Procedure.call(Program.ADMIN, 3, Nothing.class, GetLibVersionRet.class).api("virAdmConnectGetLibVersion");

    /** The daemon's servers: the one for guests, and this one. With {@code needResults} 0 only how many. */
    public static final Procedure<ListServersArgs, ListServersRet> LIST_SERVERS =
            Procedure.call(Program.ADMIN, 4, ListServersArgs.class, ListServersRet.class)
                    .api("virAdmConnectListServers");

    /** One of them by its name. */
    public static final Procedure<LookupServerArgs, LookupServerRet> LOOKUP_SERVER =
            Procedure.call(Program.ADMIN, 5, LookupServerArgs.class, LookupServerRet.class)
                    .api("virAdmConnectLookupServer");

    /** Has a server read its certificates for TLS again. */
    public static final Procedure<UpdateTlsFilesArgs, Nothing> UPDATE_TLS_FILES =
            Procedure.call(Program.ADMIN, 18, UpdateTlsFilesArgs.class, Nothing.class)
                    .api("virAdmServerUpdateTlsFiles");

    // @formatter:off
    public record OpenArgs(@Unsigned int flags) {}
    public record GetLibVersionRet(@Unsigned long version) {}
    public record NonnullServer(String name) {}
    public record ListServersArgs(@Unsigned int needResults, @Unsigned int flags) {}
    public record ListServersRet(@AtMost(16_384) List<NonnullServer> servers, @Unsigned int count) {}
    public record LookupServerArgs(String name, @Unsigned int flags) {}
    public record LookupServerRet(NonnullServer server) {}
    public record UpdateTlsFilesArgs(NonnullServer server, @Unsigned int flags) {}
    // @formatter:on

    private AdminProcedures() {}
}
