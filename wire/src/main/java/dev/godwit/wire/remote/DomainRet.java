package dev.godwit.wire.remote;

/**
 * The answer of the calls that give back a guest.
 *
 * @param dom the guest
 */
public record DomainRet(NonnullDomain dom) {}
