package dev.godwit.client.migration;

import static dev.godwit.client.migration.RemoteMigrationSource.cancelled;
import static dev.godwit.client.migration.RemoteMigrationSource.cookie;
import static dev.godwit.client.migration.RemoteMigrationSource.opaque;

import dev.godwit.client.Connection;
import dev.godwit.client.WireNames;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.WireFlag;
import dev.godwit.wire.remote.MigrationProcedures;

/**
 * Stands in for the destination at the far end of a connection: every phase is one call (remote protocol,
 * procedures 303 and 306).
 *
 * <p>The destination throws the receiver away when the connection ends before FINISH.
 */
public final class RemoteMigrationDestination implements MigrationDestination {

    private final Connection connection;

    /**
     * A stand-in.
     *
     * @param connection to the destination
     */
    public RemoteMigrationDestination(Connection connection) {
        this.connection = connection;
    }

    @Override
    public Receiver prepare(MigrationRequest request, Offer offer) {
        Features.requireParameters(connection);
        MigrationProcedures.PrepareRet ret = connection.callToTheEnd(MigrationProcedures.PREPARE,
                new MigrationProcedures.PrepareArgs(MigrationParams.of(request), opaque(offer.cookie()),
                        WireFlag.mask(request.flags())));
        return new Receiver(ret.uriOut(), cookie(ret.cookieOut()));
    }

    @Override
    public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
        MigrationProcedures.FinishRet ret = connection.callToTheEnd(MigrationProcedures.FINISH,
                new MigrationProcedures.FinishArgs(MigrationParams.of(request), opaque(sent.cookie()),
                        WireFlag.mask(request.flags()), cancelled(verdict)));
        return new Arrived(WireNames.ref(ret.dom()), cookie(ret.cookieOut()));
    }

    /** Gives the connection up: a destination destroys a receiver whose client is gone. */
    @Override
    public void abandon(MigrationRequest request) {
        connection.close();
    }
}
