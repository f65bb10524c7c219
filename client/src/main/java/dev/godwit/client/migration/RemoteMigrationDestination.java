package dev.godwit.client.migration;

import static dev.godwit.client.migration.RemoteMigrationSource.cancelled;
import static dev.godwit.client.migration.RemoteMigrationSource.cookie;
import static dev.godwit.client.migration.RemoteMigrationSource.opaque;

import dev.godwit.client.Connection;
import dev.godwit.client.WireNames;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.DataTransport;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.WireFlag;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.TypedParam;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Stands in for the destination at the far end of a connection: every phase is one call (remote protocol,
 * procedures 303 and 306; 304 instead of 303 opens the tunnel for a guest that goes through the daemons). Belongs to
 * one migration.
 *
 * <p>The destination throws the receiver away when the connection ends before FINISH.
 */
public final class RemoteMigrationDestination implements MigrationDestination {

    private final Connection connection;
    private final Runnable check;
    private final Function<MigrationRequest, List<TypedParam>> params;
    private volatile Optional<Tunnel> tunnel = Optional.empty();

    /**
     * A stand-in, for a client that drives both hosts.
     *
     * @param connection to the destination
     */
    public RemoteMigrationDestination(Connection connection) {
        this(connection, () -> Features.requireParameters(connection), MigrationParams::of);
    }

    private RemoteMigrationDestination(
            Connection connection, Runnable check, Function<MigrationRequest, List<TypedParam>> params) {
        this.connection = connection;
        this.check = check;
        this.params = params;
    }

    /**
     * A stand-in, for a source that drives.
     *
     * @param connection to the destination
     * @param offline    whether only the guest's configuration is to move
     * @throws dev.godwit.domain.VirtException 9 if the destination cannot be driven by a source
     */
    public static RemoteMigrationDestination ofPeer(Connection connection, boolean offline) {
        Features.requirePeer(connection, offline);
        return new RemoteMigrationDestination(connection, () -> {}, MigrationParams::forPeer);
    }

    @Override
    public Receiver prepare(MigrationRequest request, Offer offer) {
        check.run();
        int flags = WireFlag.mask(request.flags());
        if (request.has(MigrationFlag.TUNNELLED)) {
            Connection.Tunnelled<MigrationProcedures.PrepareTunnelRet> opened = connection.openTunnel(
                    MigrationProcedures.PREPARE_TUNNEL, new MigrationProcedures.PrepareTunnelArgs(
                            params.apply(request), opaque(offer.cookie()), flags));
            tunnel = Optional.of(opened.tunnel());
            return new Receiver(new DataTransport.Tunnelled(opened.tunnel()), cookie(opened.result().cookieOut()));
        }
        MigrationProcedures.PrepareRet ret = connection.callToTheEnd(MigrationProcedures.PREPARE,
                new MigrationProcedures.PrepareArgs(params.apply(request), opaque(offer.cookie()), flags));
        return new Receiver(ret.uriOut(), cookie(ret.cookieOut()));
    }

    @Override
    public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
        if (verdict == Verdict.CANCEL) {
            // Nothing where the source has finished or broken it off already.
            tunnel.ifPresent(Tunnel::close);
        }
        MigrationProcedures.FinishRet ret = connection.callToTheEnd(MigrationProcedures.FINISH,
                new MigrationProcedures.FinishArgs(params.apply(request), opaque(sent.cookie()),
                        WireFlag.mask(request.flags()), cancelled(verdict)));
        return new Arrived(WireNames.ref(ret.dom()), cookie(ret.cookieOut()));
    }

    /** Gives the connection up: a destination destroys a receiver whose client is gone. */
    @Override
    public void abandon(MigrationRequest request) {
        connection.close();
    }
}
