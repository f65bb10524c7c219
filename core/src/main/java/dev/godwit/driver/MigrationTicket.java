package dev.godwit.driver;

import dev.godwit.domain.MigrationId;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * What our hosts tell each other about a migration beside what stock hosts do: the part of a {@link Cookie} that a stock host passes
 * over. The source sends one with BEGIN, the destination answers with its own at PREPARE.
 *
 * @param id    which migration
 * @param token the number under which the guest is handed over. For one guest it only grows, so that of two hosts that both claim it
 *              the one with the larger token is right
 * @param host  the UUID of the host that made the ticket
 * @param ask   connection URIs by which the host that made the ticket can be asked about this migration, the best one first; empty
 *              when it cannot be reached by others. At most 16
 */
public record MigrationTicket(MigrationId id, long token, UUID host, List<String> ask) {

    /** How many URIs a ticket has at most. */
    public static final int MOST_URIS = 16;

    public MigrationTicket {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(host, "host");
        if (token < 1) {
            throw new IllegalArgumentException("A hand-over's token begins with 1, and this one is " + token);
        }
        ask = List.copyOf(ask.size() > MOST_URIS ? ask.subList(0, MOST_URIS) : ask);
    }
}
