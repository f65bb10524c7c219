package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.Unsigned;

/**
 * One counter of the host.
 *
 * @param field its name, such as "kernel" or "free"
 * @param value its value
 */
public record NodeStat(String field, @Unsigned long value) {}
