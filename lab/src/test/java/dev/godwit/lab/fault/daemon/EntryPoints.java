package dev.godwit.lab.fault.daemon;

import static dev.godwit.lab.fault.daemon.Point.Moment.ACTED;
import static dev.godwit.lab.fault.daemon.Point.Moment.AFTER_JOURNAL;
import static dev.godwit.lab.fault.daemon.Point.Moment.BEFORE_JOURNAL;

import dev.godwit.lab.fault.daemon.Point.Step;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationEntry.AskAt;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.Failed;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import dev.godwit.migration.PhaseCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which point lies before and after an entry of the journal. It remembers what was written before, because an end says not of what.
 *
 * <p>Two entries have none: that PERFORM is done and that FINISH is entered, which are written with the next ones of their migration.
 */
final class EntryPoints {

    /** What each migration would end, if it ended now. */
    private final Map<UUID, Step> ends = new HashMap<>();

    /** The point before an entry is written. */
    Optional<Point> before(MigrationEntry entry) {
        return Optional.ofNullable(switch (entry) {
            case Opened opened -> Point.at(opened.source() ? Step.BEGIN : Step.PREPARE, BEFORE_JOURNAL);
            case AskAt _ -> Point.at(Step.LEARN, BEFORE_JOURNAL);
            case Entered entered when entered.phase() == PhaseCode.PERFORM || entered.phase() == PhaseCode.CONFIRM ->
                Point.at(step(entered), BEFORE_JOURNAL);
            case Entered _ -> null;
            case Done done when done.phase() == PhaseCode.PERFORM -> null;
            case Done done -> Point.at(step(done.phase(), done.cancel()), ACTED);
            case Failed _ -> Point.at(Step.BACK, BEFORE_JOURNAL);
            case HandedOver _ -> Point.at(Step.HANDOVER, BEFORE_JOURNAL);
            case Barred _ -> Point.at(Step.BAR, BEFORE_JOURNAL);
            case Closed closed -> Optional.ofNullable(ends.get(closed.migration())).map(end -> Point.at(end, ACTED)).orElse(null);
        });
    }

    /** The point after an entry was written. */
    Optional<Point> after(MigrationEntry entry) {
        return Optional.ofNullable(switch (entry) {
            case AskAt _ -> Point.at(Step.LEARN, AFTER_JOURNAL);
            case Entered entered when entered.phase() != PhaseCode.FINISH -> Point.at(step(entered), AFTER_JOURNAL);
            case Failed _ -> Point.at(Step.BACK, AFTER_JOURNAL);
            case HandedOver _ -> Point.at(Step.HANDOVER, AFTER_JOURNAL);
            case Barred _ -> Point.at(Step.BAR, AFTER_JOURNAL);
            case Opened _, Entered _, Done _, Closed _ -> null;
        });
    }

    /** An entry is in the journal. */
    void wrote(MigrationEntry entry) {
        switch (entry) {
            case Opened opened -> ends.put(opened.migration(), opened.source() ? Step.FORGET : Step.DROP);
            case Entered entered when entered.phase() == PhaseCode.CONFIRM -> ends.put(entered.migration(), step(entered));
            case Failed failed -> ends.put(failed.migration(), Step.BACK);
            case HandedOver over -> ends.put(over.migration(), Step.HANDOVER);
            case Barred barred -> ends.put(barred.migration(), Step.BAR);
            case Closed closed -> ends.remove(closed.migration());
            default -> { }
        }
    }

    private static Step step(Entered entered) {
        return step(entered.phase(), entered.cancel());
    }

    private static Step step(PhaseCode phase, boolean cancel) {
        return switch (phase) {
            case BEGIN -> Step.BEGIN;
            case PREPARE -> Step.PREPARE;
            case PERFORM -> Step.PERFORM;
            case FINISH -> Step.FINISH;
            case CONFIRM -> cancel ? Step.CONFIRM_CANCEL : Step.CONFIRM_GO;
        };
    }
}
