package dev.godwit.daemon.peer;

import dev.godwit.client.Connection;
import dev.godwit.client.migration.PeerUri;
import dev.godwit.client.migration.RemoteMigrationDestination;
import dev.godwit.daemon.hypervisor.Hypervisor;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationContradictions;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.PerformControl;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationProtocol;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The migrations that this daemon drives as their source (remote protocol, PERFORM 305 and 216 with
 * {@link MigrationFlag#PEER2PEER}).
 *
 * <p>A migration belongs to the guest and not to the client that asked for it: it goes on when that one is gone. It ends
 * early when it is {@linkplain #cancel cancelled}, or when the connection to the destination is lost while the guest is
 * still here.
 */
public final class PeerMigrations {

    private static final System.Logger LOG = System.getLogger(PeerMigrations.class.getName());

    /** A guest, by the scheme of its hypervisor and its UUID. */
    private record Key(String scheme, UUID guest) {}

    private final Supplier<String> hostName;
    private final Function<ConnectUri, Connection> opener;
    private final Map<Key, Driven> driven = new ConcurrentHashMap<>();

    /**
     * None so far.
     *
     * @param hostName what this host is called in messages
     * @param opener   opens a connection to a destination, with the daemon's own credentials and keepalive; throws
     *                 {@link VirtException} like {@link Connection#open}
     */
    public PeerMigrations(Supplier<String> hostName, Function<ConnectUri, Connection> opener) {
        this.hostName = hostName;
        this.opener = opener;
    }

    /** One migration while it goes on. */
    private static final class Driven implements PerformControl {

        private volatile boolean cancelled;
        private volatile Optional<Connection> connection = Optional.empty();

        @Override
        public void progress(JobStats stats) {
            // Clients ask for it themselves, with procedures 163 and 298.
        }

        @Override
        public boolean cancelled() {
            return cancelled || connectionLost();
        }

        boolean connectionLost() {
            return connection.flatMap(Connection::ended).isPresent();
        }
    }

    /**
     * Moves a guest. Returns when it runs at the destination.
     *
     * @param hypervisor whose guest
     * @param source     its driver
     * @param request    what to move and how
     * @param peer       the destination's connection URI, as this host reaches it
     * @throws VirtException if it did not move, or nobody knows whether it did; the message says who has it then
     */
    public void migrate(Hypervisor hypervisor, MigrationSource source, MigrationRequest request, Optional<String> peer) {
        MigrationContradictions.of(request, hypervisor.errors()).ifPresent(contradiction -> {
            throw contradiction;
        });
        ConnectUri uri = PeerUri.parse(peer.orElseThrow(() -> VirtException.raw(ErrorCode.INVALID_ARG,
                hypervisor.errors(), "dconnuri in virDomainMigratePerform3Params must not be NULL")));
        Key key = new Key(hypervisor.scheme(), request.guest().uuid());
        Driven migration = new Driven();
        if (driven.putIfAbsent(key, migration) != null) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, hypervisor.errors(),
                    "another migration job is already running for domain '" + request.guest().name() + "'");
        }
        try (Connection connection = open(uri)) {
            migration.connection = Optional.of(connection);
            conclude(hypervisor, source, request, uri, migration, MigrationProtocol.run(source,
                    RemoteMigrationDestination.ofPeer(connection, request.has(MigrationFlag.OFFLINE)),
                    request.withPeer(uri.toString()), migration));
        } finally {
            driven.remove(key);
        }
    }

    /**
     * Cancels a migration that this daemon drives, also before and between the phases of its transfer.
     *
     * @param hypervisor whose guest
     * @param guest      which
     * @return false when it drives none of that guest
     */
    public boolean cancel(Hypervisor hypervisor, UUID guest) {
        Driven migration = driven.get(new Key(hypervisor.scheme(), guest));
        if (migration != null) {
            migration.cancelled = true;
        }
        return migration != null;
    }

    private Connection open(ConnectUri uri) {
        Connection connection;
        try {
            connection = opener.apply(uri);
        } catch (VirtException e) {
            throw VirtException.received(e.codeNumber(), e.domainNumber(), unreachable(uri, e)).at(hostName.get());
        }
        boolean watched = false;
        try {
            connection.watchHost();
            watched = true;
            return connection;
        } finally {
            if (!watched) {
                connection.close();
            }
        }
    }

    /**
     * The most common trap of this flow: the client reaches the destination and the source does not, or not with what it
     * has to show. So the error says who tried, where to, and as whom.
     */
    private String unreachable(ConnectUri uri, VirtException cause) {
        String user = System.getProperty("user.name");
        String credentials = switch (uri.effectiveTransport()) {
            case TLS -> "as user " + user + " with its own TLS client certificate";
            case SSH, LIBSSH, LIBSSH2 -> "as user " + user + " with that user's ssh keys and known hosts";
            case TCP -> "as user " + user + " over plain TCP, with its own auth.conf if it was asked to log in";
            case UNIX, EXT -> "as user " + user;
        };
        return cause.getMessage() + ". The source host " + hostName.get() + " tried to open " + uri + " itself, "
                + credentials + "; the credentials of the client that asked for the migration do not count there";
    }

    private static void conclude(Hypervisor hypervisor, MigrationSource source, MigrationRequest request,
            ConnectUri uri, Driven migration, MigrationOutcome outcome) {
        String guest = request.guest().name();
        switch (outcome) {
            case MigrationOutcome.Completed _ ->
                LOG.log(System.Logger.Level.INFO, "Guest " + guest + " has moved to " + uri);
            case MigrationOutcome.LeftBehind left ->
                LOG.log(System.Logger.Level.WARNING, "Guest " + guest + " has moved to " + uri
                        + ", but its paused original could not be removed here: " + left.causes());
            case MigrationOutcome.InDoubt doubt -> {
                LOG.log(System.Logger.Level.WARNING, "Guest " + guest + " was sent to " + uri
                        + ", which does not say whether it runs there: " + doubt.causes());
                // Nobody drives it any more; what that means is the same as for a client that is gone.
                source.abandon(request);
                throw doubt.failure().orElseThrow();
            }
            default -> throw failure(hypervisor, migration, outcome);
        }
    }

    private static VirtException failure(Hypervisor hypervisor, Driven migration, MigrationOutcome outcome) {
        VirtException failure = outcome.failure().orElseThrow();
        // What was given up because there is nobody to send to was not cancelled by a client.
        return failure.is(ErrorCode.OPERATION_ABORTED) && !migration.cancelled && migration.connectionLost()
                ? new VirtException(ErrorCode.OPERATION_FAILED, hypervisor.errors(),
                        "Lost connection to destination host", failure)
                : failure;
    }
}
