package dev.godwit.driver;

import java.util.UUID;

/**
 * Who a host is.
 *
 * @param name the host's name as others resolve it
 * @param uuid its identity; the same in capabilities and in migration cookies, never shared by two hosts
 */
public record HostIdentity(String name, UUID uuid) {}
