package dev.godwit.domain;

import java.util.Objects;
import java.util.UUID;

/**
 * Names a guest (domain). Hosts tell guests apart by UUID alone; name and id are what the giver of
 * this reference knew at the time.
 *
 * @param name the guest's name on its host
 * @param uuid its identity, the same on every host
 * @param id   the number of the running instance on its host, {@link #INACTIVE} when it does not run
 */
public record DomainRef(String name, UUID uuid, int id) {

    /** The id of a guest that does not run. */
    public static final int INACTIVE = -1;

    public DomainRef {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(uuid, "uuid");
    }

    /** Whether the guest was running when this reference was made. */
    public boolean active() {
        return id != INACTIVE;
    }
}
