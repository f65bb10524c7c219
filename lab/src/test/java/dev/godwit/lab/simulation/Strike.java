package dev.godwit.lab.simulation;

/**
 * Something that breaks, and when.
 *
 * @param moment counted from the beginning of the migration: the first one after which it strikes
 * @param nanos  so long after the strike before it, instead, where not negative
 * @param fault  what breaks
 */
record Strike(long moment, long nanos, Fault fault) {

    boolean isByTime() {
        return nanos >= 0;
    }
}
