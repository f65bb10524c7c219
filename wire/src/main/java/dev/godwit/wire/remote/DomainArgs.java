package dev.godwit.wire.remote;

/**
 * The arguments of the many calls that take a guest and nothing else.
 *
 * @param dom the guest
 */
public record DomainArgs(NonnullDomain dom) {}
