package dev.godwit.migration.model;

import static dev.godwit.migration.model.Rules.Defect.RECEIVER_NOT_KILLED;

import dev.godwit.migration.MigrationProtocol.Remedy;
import dev.godwit.migration.model.World.Copy;
import dev.godwit.migration.model.World.Note;
import dev.godwit.migration.model.World.Side;
import java.util.Optional;

/** What a cell of the table means for a host that is alone, or whose phase has failed. */
final class Remedies {

    private Remedies() {}

    /** The cell that counts. What was barred is carried through, whatever the cell. */
    static Optional<Remedy> of(Rules rules, Note note) {
        return note == Note.BARRED
                ? Optional.of(Remedy.KILL_RECEIVER)
                : note.phase().map(phase -> note.done()
                        ? rules.table().row(phase).abandonedAfter()
                        : rules.table().row(phase).abandonedDuring());
    }

    /** Whether there is something to do. A question is not done but wanted. */
    static boolean acts(Rules rules, Note note) {
        return of(rules, note).map(remedy -> switch (remedy) {
            case NOTHING, HOLD, ASK_DESTINATION -> false;
            case OBEY_VERDICT -> note.verdict();
            case KEEP_IF_RUNNING -> note != Note.FINISH_DONE;
            case FORGET, KILL_RECEIVER, CANCEL_AND_RESUME -> true;
        }).orElse(false);
    }

    /** The next thing to do: a line in the journal, or something done to the copy. The last is a line that closes. */
    static Side step(Rules rules, Side side) {
        return switch (of(rules, side.note()).orElseThrow()) {
            case FORGET -> side.note(Note.STAYED);
            case KILL_RECEIVER -> kill(rules, side);
            case CANCEL_AND_RESUME -> run(side, Note.STAYED);
            case KEEP_IF_RUNNING -> side.note() == Note.HANDED_OVER ? run(side, Note.FINISH_DONE) : kill(rules, side);
            case OBEY_VERDICT -> side.note() == Note.CONFIRM_CANCEL_ENTERED ? run(side, Note.STAYED)
                    : side.copy() != Copy.NONE ? side.copy(Copy.NONE)
                    : side.note(Note.CONFIRM_DONE);
            case NOTHING, HOLD, ASK_DESTINATION -> throw new IllegalStateException(side.toString());
        };
    }

    private static Side kill(Rules rules, Side side) {
        if (side.note() != Note.BARRED) {
            return side.note(Note.BARRED);
        }
        boolean there = side.copy() != Copy.NONE && !rules.has(RECEIVER_NOT_KILLED);
        return there ? side.copy(Copy.NONE) : side.note(Note.STAYED);
    }

    private static Side run(Side side, Note closed) {
        boolean runs = side.copy() == Copy.RUNNING || side.copy() == Copy.NONE;
        return runs ? side.note(closed) : side.copy(Copy.RUNNING);
    }
}
