package dev.godwit.wire.remote;

import java.util.UUID;

/**
 * A virtual network.
 *
 * @param name its name
 * @param uuid its UUID
 */
public record NonnullNetwork(String name, UUID uuid) {}
