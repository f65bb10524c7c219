package dev.godwit.daemon.access;

import java.util.Optional;
import java.util.UUID;

/**
 * The guest that a call is about.
 *
 * @param name        its name; for one that arrives, the one it gets here
 * @param uuid        its UUID, where the call or this host knows it
 * @param destination for a migration whose call says so: the host it goes to
 */
public record Target(String name, Optional<UUID> uuid, Optional<String> destination) {

    @Override
    public String toString() {
        return "guest " + Identity.quoted(name) + uuid.map(id -> " " + id).orElse("")
                + destination.map(host -> " to " + Identity.quoted(host)).orElse("");
    }
}
