package dev.godwit.migration.model;

import dev.godwit.migration.model.Moves.Move;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Visits every state that can be reached, nearest first, so that the first trace to a broken invariant is a shortest one.
 *
 * @param <S> a state: a value
 */
final class Explorer<S> {

    /** What is explored. */
    interface Model<S> {

        S start();

        /** Everything that can happen in a state. */
        Moves<S> moves(S state);

        /** What has to hold, the ones that matter most first. */
        List<Invariant<S>> invariants();
    }

    /**
     * What has to hold.
     *
     * @param name   as the simulation calls it
     * @param atRest whether only in states in which nothing happens by itself
     * @param holds  whether it does
     */
    record Invariant<S>(String name, boolean atRest, Predicate<S> holds) {}

    /**
     * What was found.
     *
     * @param states   how many states can be reached
     * @param moves    how many moves there are between them
     * @param resting  in how many of them nothing happens by itself
     * @param deepest  how many moves the farthest state is away from the start
     * @param settling how many moves it takes at most to come to rest when nothing more goes wrong
     * @param broken   the nearest state in which an invariant is broken
     */
    record Result(int states, int moves, int resting, int deepest, int settling, Optional<Broken> broken) {}

    /**
     * A broken invariant.
     *
     * @param invariant its name
     * @param trace     how to get there, one move a line
     */
    record Broken(String invariant, List<String> trace) {}

    /**
     * A model in which some things do not happen.
     *
     * @param model what can happen otherwise
     * @param words how the words begin for what does not
     */
    record Without<S>(Model<S> model, String words) implements Model<S> {

        @Override
        public S start() {
            return model.start();
        }

        @Override
        public Moves<S> moves(S state) {
            Moves<S> left = new Moves<>(state);
            for (Move<S> move : model.moves(state).all()) {
                if (move.due()) {
                    left.due(move.says(), move.to());
                } else if (!move.says().startsWith(words)) {
                    left.may(move.says(), move.to());
                }
            }
            return left;
        }

        @Override
        public List<Invariant<S>> invariants() {
            return model.invariants();
        }
    }

    /** The name under which it is told that, without a fault, rest might never come. */
    static final String SETTLES = "Settles";

    private final Model<S> model;
    private final Map<S, Integer> numbers = new HashMap<>();
    private final List<S> states = new ArrayList<>();
    private int[] cameFrom = new int[1024];
    private int[] depth = new int[1024];
    /** For each state the states to which it goes by itself. */
    private final List<int[]> due = new ArrayList<>();

    private Explorer(Model<S> model) {
        this.model = model;
    }

    /** Explores to the end, or to the first broken invariant. */
    static <S> Result explore(Model<S> model) {
        return new Explorer<>(model).run(model.invariants());
    }

    /** Looks for a shortest way to break one of the invariants, whatever else breaks on the way. */
    static <S> Optional<Broken> lookFor(Model<S> model, String invariant) {
        List<Invariant<S>> wanted = model.invariants().stream().filter(one -> one.name().equals(invariant)).toList();
        return new Explorer<>(model).run(wanted).broken();
    }

    private Result run(List<Invariant<S>> invariants) {
        int moves = 0;
        int resting = 0;
        number(model.start(), -1);
        for (int here = 0; here < states.size(); here++) {
            S state = states.get(here);
            Moves<S> next = model.moves(state);
            for (Invariant<S> invariant : invariants) {
                if ((!invariant.atRest() || next.atRest()) && !invariant.holds().test(state)) {
                    return result(moves, resting, 0, Optional.of(new Broken(invariant.name(), trace(here))));
                }
            }
            resting += next.atRest() ? 1 : 0;
            int[] byItself = new int[next.all().size()];
            int count = 0;
            for (Move<S> move : next.all()) {
                moves++;
                int there = number(move.to(), here);
                if (move.due()) {
                    byItself[count++] = there;
                }
            }
            due.add(Arrays.copyOf(byItself, count));
        }
        int[] left = movesToRest();
        int settling = 0;
        for (int state = 0; state < left.length; state++) {
            if (left[state] < 0) {
                return result(moves, resting, 0, Optional.of(new Broken(SETTLES, trace(inTheCircle(state, left)))));
            }
            settling = Math.max(settling, left[state]);
        }
        return result(moves, resting, settling, Optional.empty());
    }

    /** Walks on from a state that need not come to rest, until it comes by for the second time. */
    private int inTheCircle(int from, int[] left) {
        Set<Integer> seen = new HashSet<>();
        int here = from;
        while (seen.add(here)) {
            here = Arrays.stream(due.get(here)).filter(next -> left[next] < 0).findFirst().orElseThrow();
        }
        return here;
    }

    private Result result(int moves, int resting, int settling, Optional<Broken> broken) {
        int deepest = 0;
        for (int state = 0; state < states.size(); state++) {
            deepest = Math.max(deepest, depth[state]);
        }
        return new Result(states.size(), moves, resting, deepest, settling, broken);
    }

    private int number(S state, int from) {
        Integer known = numbers.get(state);
        if (known != null) {
            return known;
        }
        int number = states.size();
        numbers.put(state, number);
        states.add(state);
        if (number == cameFrom.length) {
            cameFrom = Arrays.copyOf(cameFrom, 2 * number);
            depth = Arrays.copyOf(depth, 2 * number);
        }
        cameFrom[number] = from;
        depth[number] = from < 0 ? 0 : depth[from] + 1;
        return number;
    }

    /**
     * How many moves each state is away from rest by the longest way, when nothing goes wrong any more; -1 where that way need not
     * end. Peels off the states all of whose ways lead to rest, beginning with those at rest: what remains goes round in a circle.
     */
    private int[] movesToRest() {
        int count = states.size();
        int[] open = new int[count];
        int[] cameBy = new int[count];
        for (int state = 0; state < count; state++) {
            open[state] = due.get(state).length;
            for (int next : due.get(state)) {
                cameBy[next]++;
            }
        }
        int[][] before = new int[count][];
        for (int state = 0; state < count; state++) {
            before[state] = new int[cameBy[state]];
        }
        int[] left = new int[count];
        ArrayDeque<Integer> settled = new ArrayDeque<>();
        for (int state = 0; state < count; state++) {
            for (int next : due.get(state)) {
                before[next][--cameBy[next]] = state;
            }
            left[state] = open[state] == 0 ? 0 : -1;
            if (open[state] == 0) {
                settled.add(state);
            }
        }
        int[] longest = new int[count];
        while (!settled.isEmpty()) {
            int state = settled.remove();
            for (int earlier : before[state]) {
                longest[earlier] = Math.max(longest[earlier], left[state] + 1);
                if (--open[earlier] == 0) {
                    left[earlier] = longest[earlier];
                    settled.add(earlier);
                }
            }
        }
        return left;
    }

    private List<String> trace(int to) {
        List<String> trace = new ArrayList<>();
        for (int here = to; cameFrom[here] >= 0; here = cameFrom[here]) {
            S wanted = states.get(here);
            trace.addFirst(model.moves(states.get(cameFrom[here])).all().stream()
                    .filter(move -> move.to().equals(wanted)).findFirst().orElseThrow().says());
        }
        return trace;
    }
}
