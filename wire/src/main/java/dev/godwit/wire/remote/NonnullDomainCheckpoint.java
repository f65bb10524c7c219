package dev.godwit.wire.remote;

/**
 * A checkpoint.
 *
 * @param name its name
 * @param dom  the guest it was taken of
 */
public record NonnullDomainCheckpoint(String name, NonnullDomain dom) {}
