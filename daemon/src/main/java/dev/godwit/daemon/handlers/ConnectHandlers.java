package dev.godwit.daemon.handlers;

import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.hypervisor.Hypervisors;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.DomainEvents;
import dev.godwit.driver.HostInformation;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.UnmanagedMigration;
import dev.godwit.wire.remote.ConnectFlags;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Feature;
import java.util.Optional;
import java.util.function.Supplier;

/** Opening and closing a connection, and what is asked about it. */
final class ConnectHandlers {

    private final Hypervisors hypervisors;
    private final Supplier<String> hostName;
    private final long version;

    /**
     * Handlers of a daemon.
     *
     * @param hypervisors what can be opened
     * @param hostName    the host's name now
     * @param version     the daemon's version, 1000000 × major + 1000 × minor + micro
     */
    ConnectHandlers(Hypervisors hypervisors, Supplier<String> hostName, long version) {
        this.hypervisors = hypervisors;
        this.hostName = hostName;
        this.version = version;
    }

    void addTo(Handlers handlers) {
        handlers.beforeOpen(ConnectProcedures.OPEN, (session, args) -> {
            open(session, args);
            return NOTHING;
        });
        handlers.beforeOpen(ConnectProcedures.CLOSE, (session, _) -> {
            session.peer().closeAfterSending();
            return NOTHING;
        });
        handlers.beforeOpen(ConnectProcedures.SUPPORTS_FEATURE, (session, args) ->
                new ConnectProcedures.SupportsFeatureRet(WireForms.number(supports(session, args.feature()))));

        handlers.on(ConnectProcedures.GET_TYPE, (session, _) ->
                new ConnectProcedures.GetTypeRet(session.facet(HostInformation.class).type()));
        handlers.on(ConnectProcedures.GET_VERSION, (session, _) ->
                new ConnectProcedures.GetVersionRet(session.facet(HostInformation.class).version()));
        handlers.on(ConnectProcedures.GET_LIB_VERSION, (_, _) -> new ConnectProcedures.GetLibVersionRet(version));
        handlers.on(ConnectProcedures.GET_HOSTNAME, (_, _) -> new ConnectProcedures.GetHostnameRet(hostName.get()));
        handlers.on(ConnectProcedures.GET_URI, (session, _) -> new ConnectProcedures.GetUriRet(session.uri()));
        // About the way from here to the hypervisor, which never leaves the host.
        handlers.on(ConnectProcedures.IS_SECURE, (_, _) -> new ConnectProcedures.IsSecureRet(1));
        // Such an event would come from a daemon behind this one; there is none.
        handlers.on(ConnectProcedures.REGISTER_CLOSE_CALLBACK, (_, _) -> NOTHING);
        handlers.on(ConnectProcedures.UNREGISTER_CLOSE_CALLBACK, (_, _) -> NOTHING);
    }

    private void open(Session session, ConnectProcedures.OpenArgs args) {
        String name = args.name().orElseThrow(() ->
                new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, "connection not open"));
        int unknown = args.flags() & ~(ConnectFlags.READ_ONLY | ConnectFlags.NO_ALIASES);
        if (unknown != 0) {
            throw VirtException.raw(ErrorCode.INVALID_ARG, ErrorDomain.RPC, "unsupported flags (0x"
                    + Integer.toHexString(unknown) + ") in function virConnectOpenInternal");
        }
        session.open(hypervisors.choose(name), (args.flags() & ConnectFlags.READ_ONLY) != 0);
    }

    /** Says what is true of this daemon and the hypervisor that is open. */
    private static boolean supports(Session session, int number) {
        Optional<Feature> feature = Feature.of(number);
        if (feature.filter(f -> f == Feature.PROGRAM_KEEPALIVE).isPresent()) {
            session.peer().startKeepalive();
            return true;
        }
        HostSession host = session.hypervisor().session(); // throws before CONNECT_OPEN, as stock daemons do
        boolean migrates = host.facet(MigrationSource.class).isPresent()
                && host.facet(MigrationDestination.class).isPresent();
        return feature.map(f -> switch (f) {
            case MIGRATION_V3, MIGRATION_PARAMS, MIGRATION_P2P, CHANGE_PROTECTION, XML_MIGRATABLE -> migrates;
            // These have no cookie and no Confirm, or are not there yet.
            case MIGRATION_V1, MIGRATION_V2, MIGRATION_OFFLINE -> false;
            case MIGRATION_DIRECT -> host.facet(UnmanagedMigration.class).isPresent();
            case TYPED_PARAM_STRING, PROGRAM_KEEPALIVE, REMOTE_CLOSE_CALLBACK -> true;
            case REMOTE_EVENT_CALLBACK -> host.facet(DomainEvents.class).isPresent();
            case REMOTE, FD_PASSING, NETWORK_UPDATE_HAS_CORRECT_ORDER -> false;
            case STREAM_CREDIT -> {
                session.streams().giveCredit();
                yield true;
            }
        }).orElse(false);
    }
}
