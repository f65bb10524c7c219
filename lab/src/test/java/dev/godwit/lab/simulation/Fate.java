package dev.godwit.lab.simulation;

/** What may rightly have become of the guest, because somebody wanted it or its host is to blame. Only ever grows. */
final class Fate {

    private boolean mayBeGone;
    private boolean mayBePaused;
    private boolean configurationsChanged;

    /** Somebody destroys it, or what it ran on is gone. */
    void mayBeGone() {
        mayBeGone = true;
    }

    /** Somebody suspends it. */
    void mayBePaused() {
        mayBePaused = true;
    }

    /** Somebody defines or undefines it. */
    void configurationsChange() {
        configurationsChanged = true;
    }

    boolean canBeGone() {
        return mayBeGone;
    }

    boolean canBePaused() {
        return mayBePaused;
    }

    boolean haveConfigurationsChanged() {
        return configurationsChanged;
    }
}
