package dev.godwit.lab.fault;

import dev.godwit.lab.fault.daemon.Point;

/**
 * One row of the matrix.
 *
 * @param drive who drives
 * @param way   what leads to the point
 * @param point where the fault is
 * @param fault which
 */
record Row(Drive drive, Way way, Point point, Fault fault) {

    /** What may have become of the guest. */
    enum Ending {
        /** It runs, once. */
        RUNS,
        /** Its own QEMU was killed: it runs, once, or it is gone from both hosts. */
        MAY_BE_GONE
    }

    /** What is allowed at the end. */
    Ending ending() {
        return switch (fault) {
            case SOURCE_QEMU -> Ending.MAY_BE_GONE;
            case DESTINATION_QEMU -> Rows.mayBeHandedOver(this) ? Ending.MAY_BE_GONE : Ending.RUNS;
            default -> Ending.RUNS;
        };
    }

    @Override
    public String toString() {
        return drive.label() + ", " + (way == Way.PLAIN ? "" : way.label() + ", ") + point + ", " + fault.label();
    }
}
