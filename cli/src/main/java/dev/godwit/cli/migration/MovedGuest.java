package dev.godwit.cli.migration;

import dev.godwit.cli.command.CommandFailed;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.Domains.By;
import dev.godwit.client.Resolution;
import dev.godwit.domain.VirtException;
import dev.godwit.migration.MigrationEntry;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;

/**
 * A guest that may not be on a host any more, and that this host remembers.
 *
 * @param uuid which
 * @param name what it is called there, or was; its UUID where nobody remembers
 * @param here the guest, where it is still there
 */
record MovedGuest(UUID uuid, String name, Optional<Domain> here) {

    /**
     * Finds one: among the host's guests, or in its journal.
     *
     * @param connection to the host
     * @param word       id, UUID or name
     * @throws CommandFailed if neither has it
     */
    static MovedGuest find(Connection connection, String word) {
        Optional<Domain> here = connection.domains().find(word, EnumSet.allOf(By.class));
        if (here.isPresent()) {
            return new MovedGuest(here.get().uuid(), here.get().name(), here);
        }
        return remembered(connection, word)
                .map(opened -> new MovedGuest(opened.guest(), opened.name(), Optional.empty()))
                .or(() -> uuid(word).map(uuid -> new MovedGuest(uuid, word, Optional.empty())))
                .orElseThrow(() -> new CommandFailed("failed to get domain '" + word + "'"));
    }

    /** The last that the journal says of a guest of that name or UUID. */
    private static Optional<MigrationEntry.Opened> remembered(Connection connection, String word) {
        try {
            return connection.resolution().journal(Optional.empty()).stream()
                    .filter(MigrationEntry.Opened.class::isInstance).map(MigrationEntry.Opened.class::cast)
                    .filter(opened -> opened.name().equals(word) || opened.guest().toString().equalsIgnoreCase(word))
                    .reduce((_, later) -> later);
        } catch (VirtException e) {
            if (Resolution.isUnknownTo(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Optional<UUID> uuid(String word) {
        try {
            return Optional.of(UUID.fromString(word)).filter(uuid -> uuid.toString().equalsIgnoreCase(word));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What people call a host: its own name where the way to it has none. */
    static String hostOf(Connection connection) {
        return connection.peer().equals("localhost") ? connection.host().hostname() : connection.peer();
    }
}
