package dev.godwit.wire.remote;

import java.util.UUID;

/**
 * A storage pool.
 *
 * @param name its name
 * @param uuid its UUID
 */
public record NonnullStoragePool(String name, UUID uuid) {}
