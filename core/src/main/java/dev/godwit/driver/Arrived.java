package dev.godwit.driver;

import dev.godwit.domain.DomainRef;

/**
 * What the destination says at the end of FINISH: the guest is here, and its CPUs run unless it was
 * to stay paused.
 *
 * @param guest  the guest as it is called at the destination
 * @param cookie for the source's CONFIRM
 */
public record Arrived(DomainRef guest, Cookie cookie) {}
