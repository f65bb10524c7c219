package dev.godwit.journal;

import dev.godwit.wire.xdr.Arm;
import dev.godwit.wire.xdr.AtMost;

/** Entries for tests: of any size, so that records are cut everywhere. */
public sealed interface Note {

    /** A number alone. */
    @Arm(1)
    record Number(int value) implements Note {}

    /** A text that may be larger than a record. */
    @Arm(2)
    record Text(@AtMost(100_000) String text) implements Note {}
}
