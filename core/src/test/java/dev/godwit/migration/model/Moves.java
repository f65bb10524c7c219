package dev.godwit.migration.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What can happen next. A move that is due happens by itself sooner or later, as long as nothing else changes the world; one that
 * may happen is a fault, a message that comes late or twice, or a user.
 *
 * @param <S> a state
 */
final class Moves<S> {

    /** One way on. */
    record Move<S>(String says, boolean due, S to) {}

    private final S from;
    private final List<Move<S>> all = new ArrayList<>();
    private boolean due;

    Moves(S from) {
        this.from = from;
    }

    void due(String says, S to) {
        due = true;
        add(says, true, to);
    }

    void may(String says, S to) {
        add(says, false, to);
    }

    /** Whether nothing happens by itself. */
    boolean atRest() {
        return !due;
    }

    List<Move<S>> all() {
        return all;
    }

    /** A move that changes nothing is none; one that is due and changes nothing would be an endless loop. */
    private void add(String says, boolean isDue, S to) {
        if (!to.equals(from)) {
            all.add(new Move<>(says, isDue, to));
        } else if (isDue) {
            throw new IllegalStateException("\"" + says + "\" changes nothing in " + from);
        }
    }
}
