package dev.godwit.driver;

import java.util.List;
import java.util.function.Supplier;

/**
 * How this host's daemon and others reach each other about migrations that nobody drives. Part of a {@link HostSetting}: a driver opens
 * no connection itself.
 *
 * @param reachableAt the connection URIs under which others reach this daemon, the best one first; asked anew for each migration
 * @param question    asks another host
 */
public record PeerAccess(Supplier<List<String>> reachableAt, DestinationQuestion question) {

    /** Nobody reaches anybody. */
    public static final PeerAccess NONE = new PeerAccess(List::of, DestinationQuestion.NOBODY);
}
