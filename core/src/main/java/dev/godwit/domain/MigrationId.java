package dev.godwit.domain;

import java.util.Objects;
import java.util.UUID;

/**
 * One migration of one guest, from BEGIN to CONFIRM, under the same identity on both hosts. A second attempt to move the guest is
 * another migration.
 *
 * @param uuid made by the source at BEGIN; by the destination at PREPARE where the source is a stock host, which makes none
 */
public record MigrationId(UUID uuid) {

    public MigrationId {
        Objects.requireNonNull(uuid, "uuid");
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
