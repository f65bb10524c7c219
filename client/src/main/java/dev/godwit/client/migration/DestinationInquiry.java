package dev.godwit.client.migration;

import dev.godwit.client.Connection;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Standing;
import java.util.Optional;
import java.util.UUID;

/**
 * Asks a destination, over a connection, whose a guest is that was sent there; in a way that closes the door.
 *
 * <p>One of ours is asked by our own program ({@link dev.godwit.wire.remote.ResolutionProcedures#ASK}). A stock one does not
 * have it, and is asked by looking, cancelling and looking again ({@code StockDestination}).
 */
public final class DestinationInquiry {

    private final Connection connection;

    /**
     * An inquiry.
     *
     * @param connection to the destination
     */
    public DestinationInquiry(Connection connection) {
        this.connection = connection;
    }

    /**
     * Asks.
     *
     * @param migration which
     * @param guest     the guest as it is called there
     * @param host      the host that is meant, by its UUID, where that is known; another one is not asked
     * @param recent    whether the guest was sent so recently that its absence at a stock destination proves that it never ran there;
     *                  the answer is then "barred", otherwise "unclear"
     * @return what it said
     * @throws VirtException if it could not be asked, or is another host
     */
    public Standing ask(MigrationId migration, DomainRef guest, Optional<UUID> host, boolean recent) {
        return connection.resolution().ask(migration, guest, host)
                .orElseGet(() -> new StockDestination(connection, recent).standing(guest, host));
    }
}
