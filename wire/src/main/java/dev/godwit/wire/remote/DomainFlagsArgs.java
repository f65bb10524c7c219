package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.Unsigned;

/**
 * The arguments of the many calls that take a guest and flags.
 *
 * @param dom   the guest
 * @param flags bits whose meaning the call defines; an unknown bit is refused
 */
public record DomainFlagsArgs(NonnullDomain dom, @Unsigned int flags) {}
