package dev.godwit.migration.model;

import dev.godwit.migration.model.Explorer.Broken;
import dev.godwit.migration.model.Explorer.Result;
import dev.godwit.migration.model.Rules.Defect;
import dev.godwit.migration.model.Rules.Flow;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What more than one test looks at is explored once. */
final class Runs {

    private static final Map<Flow, Result> OF_FLOWS = new ConcurrentHashMap<>();
    private static final Map<Defect, Broken> OF_DEFECTS = new ConcurrentHashMap<>();

    private Runs() {}

    static Result of(Flow flow) {
        return OF_FLOWS.computeIfAbsent(flow, one -> Explorer.explore(new MigrationModel(Rules.of(one))));
    }

    static Broken of(Defect defect) {
        return OF_DEFECTS.computeIfAbsent(defect, one -> Shown.of(one).in(one));
    }

    /** The figures as they are printed. */
    static String figures(String what, Result result) {
        return String.format(Locale.ROOT, "%s: %,d states, %,d moves, %d at rest, farthest %d moves, at rest again in at most %d",
                what, result.states(), result.moves(), result.resting(), result.deepest(), result.settling());
    }
}
