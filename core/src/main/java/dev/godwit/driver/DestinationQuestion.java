package dev.godwit.driver;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import java.time.Duration;
import java.util.List;

/** How a source asks a destination what has become of a guest that it sent there. */
public interface DestinationQuestion {

    /** Nobody can be asked. */
    DestinationQuestion NOBODY = (_, _, _) -> {
        throw VirtException.raw(ErrorCode.OPERATION_UNSUPPORTED, ErrorDomain.NONE, "this host opens no connection to others");
    };

    /**
     * Asks in a way that closes the door: a destination that answers {@link Standing.Answer#BARRED} has made sure that the guest
     * never runs there by this migration. Blocks as long as a connection takes.
     *
     * @param uris      connection URIs by which the destination may be reached, tried in this order
     * @param migration which
     * @param guest     the guest as it is called at the destination
     * @return what it said
     * @throws VirtException if none of them could be asked, with the reason of each
     */
    Standing ask(List<String> uris, MigrationId migration, DomainRef guest);

    /**
     * The same, with how long ago all of the guest had been sent. A destination that keeps no record of migrations cannot tell a guest
     * that never arrived from one that arrived and has ended or left since: the longer ago, the less its absence proves.
     *
     * @param uris      as above
     * @param migration which
     * @param guest     the guest as it is called at the destination
     * @param sent      how long ago, by the source's clock
     * @return what it said
     * @throws VirtException as above
     */
    default Standing ask(List<String> uris, MigrationId migration, DomainRef guest, Duration sent) {
        return ask(uris, migration, guest);
    }
}
