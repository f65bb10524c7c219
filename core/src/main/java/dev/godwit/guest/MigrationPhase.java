package dev.godwit.guest;

import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.MigrationProtocol.Remedy;
import java.util.Optional;

/**
 * How far this host has come with a migration. Noted in the guest's status file before it is acted on, so that a daemon that comes
 * back knows what may have happened.
 */
public enum MigrationPhase {
    /** No migration, or one that has not begun. */
    NONE("none", Remedy.FORGET),
    /** Source: BEGIN is done; the guest runs, nothing has been sent. */
    BEGIN("begin3", Phase.BEGIN.abandonedAfter()),
    /** Source: it is being sent. It cannot run at the destination yet. */
    PERFORM("perform3", Phase.PERFORM.abandonedDuring()),
    /** Source: all of it has been sent. Only the destination knows whether it runs there. */
    PERFORM_DONE("perform3_done", Phase.PERFORM.abandonedAfter()),
    /** Source: it runs at the destination; the original goes. */
    CONFIRM("confirm3", Phase.CONFIRM.abandonedDuring()),
    /** Source: it does not run at the destination and never will; the original goes on. */
    CONFIRM_CANCELLED("confirm3_cancelled", Phase.CONFIRM.abandonedDuring()),
    /** Source: the hypervisor sends it alone, and nobody at the other end is asked; held, and followed. Not a word of libvirt's. */
    UNMANAGED("unmanaged", Remedy.HOLD),
    /** Destination: a receiver waits. */
    PREPARE("prepare", Phase.PREPARE.abandonedAfter()),
    /** Destination: it has been told to run. */
    FINISH("finish3", Phase.FINISH.abandonedDuring());

    private final String text;
    private final Remedy remedy;

    MigrationPhase(String text, Remedy remedy) {
        this.text = text;
        this.remedy = remedy;
    }

    /** What this host does when it is left alone in this phase: a cell of the migration's table. */
    Remedy remedy() {
        return remedy;
    }

    /** The word in the status file, the same as in libvirt's where that has one. */
    public String text() {
        return text;
    }

    /**
     * The phase of a word.
     *
     * @param text from a status file
     * @return empty for a word this release does not know
     */
    public static Optional<MigrationPhase> of(String text) {
        for (MigrationPhase phase : values()) {
            if (phase.text.equals(text)) {
                return Optional.of(phase);
            }
        }
        return Optional.empty();
    }
}
