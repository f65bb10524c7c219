package dev.godwit.migration.model;

import static dev.godwit.migration.model.Rules.Flow.OUR_CLIENT;
import static dev.godwit.migration.model.Rules.Flow.STOCK_CLIENT;

import dev.godwit.migration.model.Explorer.Broken;
import dev.godwit.migration.model.Explorer.Model;
import dev.godwit.migration.model.Explorer.Without;
import dev.godwit.migration.model.Rules.Defect;
import dev.godwit.migration.model.Rules.Flow;

/**
 * What a defect is to show: the shortest way to break an invariant in a flow. Guests that end by themselves are left out where the
 * story does not need them.
 *
 * @param flow      who drives
 * @param invariant what breaks
 * @param ends      whether a guest may end
 */
record Shown(Flow flow, String invariant, boolean ends) {

    static Shown of(Defect defect) {
        return switch (defect) {
            case PLAIN_QUESTION, ANSWER_BEFORE_JOURNAL, TRUSTS_THE_CONNECTION, TOKEN_REPEATS ->
                    new Shown(OUR_CLIENT, "AtMostOneRunning", false);
            case CANCEL_IS_OBEYED -> new Shown(STOCK_CLIENT, "AtMostOneRunning", false);
            case HANDED_OVER_AFTER_START -> new Shown(OUR_CLIENT, "NeverTurnsBack", false);
            case REFUSED_AFTER_HAND_OVER -> new Shown(OUR_CLIENT, "NeverTurnsBack", true);
            case NOT_TAKEN_BACK, ANSWERS_OVER_THE_DOOR -> new Shown(OUR_CLIENT, "NeverLost", false);
            case ASKS_ONLY_WHEN_LEFT, FAILED_VERDICT_WAITS -> new Shown(OUR_CLIENT, "ExactlyOneRuns", false);
            case RECEIVER_NOT_KILLED, LATE_PHASE_NOT_LOOKED_AT -> new Shown(OUR_CLIENT, "NothingLeftBehind", false);
        };
    }

    /** The shortest trace, or a failure when the model does not find what it is to find. */
    Broken in(Defect defect) {
        Model<World> model = new MigrationModel(Rules.of(flow).with(defect));
        return Explorer.lookFor(ends ? model : new Without<>(model, "the guest ends"), invariant)
                .orElseThrow(() -> new AssertionError("The model finds nothing wrong with " + defect + " in " + this));
    }
}
