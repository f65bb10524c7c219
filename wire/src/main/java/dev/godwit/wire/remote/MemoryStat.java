package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.Unsigned;

/**
 * One figure about a guest's memory.
 *
 * @param tag what it is, such as 6 for the balloon's size
 * @param val the figure, in KiB where it is memory
 */
public record MemoryStat(int tag, @Unsigned long val) {}
