package dev.godwit.guest;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationTicket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The connection URIs under which a host is asked about a migration. Each says in a parameter which host is meant: a name can lead to
 * another host later, and one that answers "never heard of it" in the place of the right one would let a second copy run.
 */
final class PeerUris {

    private PeerUris() {}

    /**
     * A host's own URIs, and after them the same under the address by which somebody has just reached it: names may not be known
     * everywhere.
     *
     * @param uris    its URIs
     * @param reached the address, if it says something
     */
    static List<String> alsoAt(List<String> uris, Optional<String> reached) {
        Set<String> all = new LinkedHashSet<>(uris);
        for (String text : uris) {
            reached.ifPresent(address -> parse(text).ifPresent(uri -> all.add(new ConnectUri(uri.driver(), uri.transport(),
                    uri.user(), Optional.of(address), uri.port(), uri.path(), uri.query(), uri.fragment()).toString())));
        }
        return List.copyOf(all);
    }

    /**
     * All URIs of a host that has shown its ticket: first those under which it is known to be reached.
     *
     * @param known  those that this host uses itself
     * @param ticket the other's
     */
    static List<String> ofHost(List<String> known, MigrationTicket ticket) {
        Set<String> all = new LinkedHashSet<>();
        for (String text : known) {
            all.add(parse(text).map(uri -> uri.meaning(ticket.host()).toString()).orElse(text));
        }
        all.addAll(ticket.ask());
        return List.copyOf(all);
    }

    /** What is no URI of a connection is asked by nobody; the one who asks says so. */
    private static Optional<ConnectUri> parse(String text) {
        try {
            return Optional.of(ConnectUri.parse(text));
        } catch (VirtException e) {
            return Optional.empty();
        }
    }
}
