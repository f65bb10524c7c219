package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.Unsigned;

/**
 * One virtual CPU.
 *
 * @param number  its number
 * @param state   0 offline, 1 running, 2 blocked
 * @param cpuTime the time it has used, in nanoseconds
 * @param cpu     the host's CPU it runs on, -1 while it runs on none
 */
public record VcpuInfo(@Unsigned int number, int state, @Unsigned long cpuTime, int cpu) {}
