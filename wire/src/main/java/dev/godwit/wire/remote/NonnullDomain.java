package dev.godwit.wire.remote;

import java.util.UUID;

/**
 * A guest, as calls name it and answers show it.
 *
 * @param name its name; informational in calls
 * @param uuid what a daemon finds the guest by
 * @param id   the number of its current run, -1 while it does not run; informational in calls
 */
public record NonnullDomain(String name, UUID uuid, int id) {}
