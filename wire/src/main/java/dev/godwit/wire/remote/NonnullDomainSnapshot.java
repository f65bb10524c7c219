package dev.godwit.wire.remote;

/**
 * A snapshot.
 *
 * @param name its name
 * @param dom  the guest it was taken of
 */
public record NonnullDomainSnapshot(String name, NonnullDomain dom) {}
