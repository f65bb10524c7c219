package dev.godwit.migration.model;

import static dev.godwit.migration.MigrationProtocol.Phase.CONFIRM;
import static dev.godwit.migration.MigrationProtocol.Phase.FINISH;
import static dev.godwit.migration.MigrationProtocol.Phase.PERFORM;
import static dev.godwit.migration.MigrationProtocol.Phase.PREPARE;

import dev.godwit.migration.MigrationProtocol.Remedy;
import dev.godwit.migration.model.Explorer.Invariant;
import dev.godwit.migration.model.Pair.Call;
import dev.godwit.migration.model.Pair.Half;
import dev.godwit.migration.model.Pair.Note;
import dev.godwit.migration.model.Pair.Side;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Post-copy, from PERFORM on: the guest stops at the source, starts at the destination with a part of its memory, and gets the rest
 * from there. In between there is one guest in two halves, and neither can do without the other.
 *
 * <p>Smaller than {@link MigrationModel}: what is between two lines of a journal is one move here, and a coordinator that loses one
 * connection is one that no longer drives that host.
 *
 * @param table   what the hosts read
 * @param defects which rules are broken
 */
record PostCopyModel(Table table, Set<Defect> defects) implements Explorer.Model<Pair> {

    /** A rule that is left out. */
    enum Defect {
        /** The table is read after the switch as before it. */
        NO_HOLD,
        /** The destination kills a receiver that it was left with while the source may still switch. */
        KILLS_WHILE_IT_RECEIVES,
        /** The destination obeys FINISH(CANCEL) while the source may still switch. */
        CANCELS_WHILE_IT_RECEIVES,
        /** The source destroys its half when FINISH is said to have started the guest, not when all has gone over. */
        FINISH_DOES_NOT_WAIT,
        /** A source whose QEMU has ended during PERFORM takes it that the guest has ended, without asking. */
        ENDED_MEANS_STAYED
    }

    static PostCopyModel real() {
        return new PostCopyModel(Table.REAL, Set.of());
    }

    PostCopyModel with(Defect defect) {
        return new PostCopyModel(table, EnumSet.of(defect));
    }

    @Override
    public Pair start() {
        return new Pair(new Side(true, Note.PERFORM_ENTERED, Half.SENDING, false, false),
                new Side(true, Note.PREPARE_DONE, Half.RECEIVER, false, false), true, Call.PERFORM, false, false, false);
    }

    @Override
    public Moves<Pair> moves(Pair pair) {
        Moves<Pair> moves = new Moves<>(pair);
        coordinator(pair, moves);
        if (pair.source().up()) {
            source(pair, moves);
        } else {
            moves.due("the source's daemon comes back", pair.source(pair.source().restarted()));
        }
        if (pair.destination().up()) {
            destination(pair, moves);
        } else {
            moves.due("the destination's daemon comes back", pair.destination(pair.destination().restarted()));
        }
        qemu(pair, moves);
        faults(pair, moves);
        if (moves.atRest()) {
            resume(pair, moves);
        }
        return moves;
    }

    /** What would resume or destroy a half becomes HOLD as soon as there are halves. */
    private Remedy afterSwitch(Remedy remedy) {
        return switch (remedy) {
            case KILL_RECEIVER, CANCEL_AND_RESUME, ASK_DESTINATION -> defects.contains(Defect.NO_HOLD) ? remedy : Remedy.HOLD;
            default -> remedy;
        };
    }

    private void coordinator(Pair pair, Moves<Pair> moves) {
        Side source = pair.source();
        Side destination = pair.destination();
        switch (pair.call()) {
            case PERFORM -> {
                if (source.note() == Note.PERFORM_DONE && !source.alone()) {
                    moves.due("coordinator hears that the source has switched, and calls FINISH(GO)", pair.call(Call.FINISH));
                } else if (source.note() == Note.STAYED || source.alone()) {
                    moves.due("PERFORM fails or is silent: coordinator calls FINISH(CANCEL)", pair.call(Call.CANCEL));
                }
            }
            case FINISH -> {
                boolean early = defects.contains(Defect.FINISH_DOES_NOT_WAIT) && destination.half() == Half.RUNNING_PART;
                if (!destination.alone() && (destination.note() == Note.FINISH_DONE || early)) {
                    moves.due("coordinator hears yes to FINISH, and calls CONFIRM(GO)", pair.call(Call.CONFIRM));
                } else if (destination.alone() || destination.note() == Note.STAYED) {
                    moves.due("FINISH fails or is silent: coordinator ends", pair.call(Call.GONE));
                }
            }
            case CANCEL -> moves.due("coordinator ends", pair.call(Call.GONE));
            case CONFIRM -> {
                if (source.alone() || source.note() == Note.CONFIRM_DONE) {
                    moves.due("coordinator ends", pair.call(Call.GONE));
                }
            }
            case GONE -> {
                if (source.up() && !source.alone()) {
                    moves.due("the source notices that nobody drives", pair.source(source.left()));
                }
                if (destination.up() && !destination.alone()) {
                    moves.due("the destination notices that nobody drives", pair.destination(destination.left()));
                }
            }
        }
        if (pair.call() != Call.GONE) {
            moves.may("the coordinator dies", pair.call(Call.GONE));
        }
    }

    private void source(Pair pair, Moves<Pair> moves) {
        Side source = pair.source();
        Remedy during = table.row(PERFORM).abandonedDuring();
        Remedy after = table.row(PERFORM).abandonedAfter();
        switch (source.note()) {
            case PERFORM_ENTERED -> {
                Pair back = pair.source(source.half(Half.RUNNING).note(Note.STAYED)).stream(false);
                if (source.half() == Half.NONE && !defects.contains(Defect.ENDED_MEANS_STAYED)) {
                    moves.due("QEMU is gone from the source; it may have switched before", pair
                            .source(source.note(Note.PERFORM_DONE).left()));
                } else if (source.half() == Half.HOLDER || source.half() == Half.EMPTY) {
                    if (source.alone() && afterSwitch(during) == Remedy.CANCEL_AND_RESUME) {
                        moves.due("source: CANCEL_AND_RESUME", back);
                    } else {
                        moves.due("source writes Done(PERFORM): it has switched", pair.source(source.note(Note.PERFORM_DONE)));
                    }
                } else if (source.half() == Half.NONE) {
                    moves.due("source closes: the guest has ended", pair.source(source.note(Note.STAYED)));
                } else if (source.alone() && during == Remedy.CANCEL_AND_RESUME) {
                    moves.due("source: CANCEL_AND_RESUME", back);
                } else if (!pair.stream()) {
                    moves.due("source's PERFORM fails, and it goes on with the guest", back);
                } else {
                    moves.may("PERFORM fails, or the user aborts it", back);
                }
            }
            case PERFORM_DONE -> {
                if (pair.call() == Call.CONFIRM && !source.alone()) {
                    moves.due("source writes the verdict GO", pair.source(source.note(Note.CONFIRM_GO)));
                } else if (source.alone()) {
                    ask(pair, afterSwitch(after), moves);
                }
            }
            case CONFIRM_GO -> {
                if (table.row(CONFIRM).abandonedDuring() == Remedy.OBEY_VERDICT) {
                    moves.due("source destroys what it has, and closes", pair.stream(false)
                            .source(source.half(Half.NONE).note(Note.CONFIRM_DONE)));
                }
            }
            default -> { }
        }
    }

    /**
     * The question, as one move. A source that holds asks, too, but not in a way that closes the door: "all of it runs here" lets it
     * go, and nothing makes it resume.
     */
    private static void ask(Pair pair, Remedy remedy, Moves<Pair> moves) {
        Side destination = pair.destination();
        boolean asks = remedy == Remedy.ASK_DESTINATION || remedy == Remedy.HOLD;
        if (!asks || !destination.up() || destination.working()) {
            return;
        }
        if (destination.note() == Note.FINISH_DONE) {
            moves.due("source asks, hears \"it runs here\", and writes the verdict", pair.source(pair.source().note(Note.CONFIRM_GO)));
        } else if (destination.note() == Note.STAYED && pair.source().half() == Half.NONE) {
            moves.due("source asks, hears that nothing is there, and closes: the guest has ended",
                    pair.source(pair.source().note(Note.STAYED)));
        } else if (remedy == Remedy.ASK_DESTINATION && destination.note() != Note.HANDED_OVER) {
            moves.due("source asks, hears \"cancelled, and it never will\", and resumes", pair.stream(false)
                    .source(pair.source().half(Half.RUNNING).note(Note.STAYED))
                    .destination(destination.half(Half.NONE).note(Note.STAYED)));
        }
    }

    private void destination(Pair pair, Moves<Pair> moves) {
        Side destination = pair.destination();
        Half half = destination.half();
        Pair barred = pair.destination(destination.note(Note.BARRED).working(false));
        Pair closed = pair.destination(destination.note(Note.STAYED).working(false));
        switch (destination.note()) {
            case PREPARE_DONE, FINISH_ENTERED -> {
                if (half == Half.NONE) {
                    moves.due("destination closes: the receiver has ended", closed);
                    return;
                }
                boolean entered = destination.note() == Note.FINISH_ENTERED;
                if (destination.working()) {
                    if (half != Half.RECEIVER) {
                        moves.due("destination writes HandedOver", pair.destination(destination.note(Note.HANDED_OVER).working(false)));
                    }
                    moves.may("FINISH fails", pair.destination(destination.working(false)).call(Call.GONE));
                    return;
                }
                finish(pair, moves);
                if (pair.cancelSent() && half == Half.RECEIVER && defects.contains(Defect.CANCELS_WHILE_IT_RECEIVES)) {
                    moves.may("destination takes FINISH(CANCEL), and writes Barred", barred);
                }
                Remedy remedy = entered ? table.row(FINISH).abandonedDuring() : table.row(PREPARE).abandonedAfter();
                boolean kills = remedy == Remedy.KILL_RECEIVER || remedy == Remedy.KEEP_IF_RUNNING;
                boolean may = half == Half.RECEIVER
                        ? defects.contains(Defect.KILLS_WHILE_IT_RECEIVES)
                        : defects.contains(Defect.NO_HOLD);
                if (destination.alone() && kills && may) {
                    moves.due("destination is left alone: " + remedy + ", and writes Barred", barred);
                }
            }
            case HANDED_OVER -> {
                switch (half) {
                    case PAUSED_PART -> moves.due("destination starts the CPUs", pair.destination(destination.half(Half.RUNNING_PART)));
                    case PAUSED_WHOLE -> moves.due("destination starts the CPUs", pair.destination(destination.half(Half.RUNNING_WHOLE)));
                    case RUNNING_WHOLE, NONE -> moves.due("destination writes Done(FINISH)", pair.destination(destination.note(Note.FINISH_DONE)));
                    default -> { }
                }
            }
            case BARRED -> moves.due("destination kills the receiver", closed.destination(
                    closed.destination().half(Half.NONE)).stream(false));
            default -> { }
        }
    }

    private static void finish(Pair pair, Moves<Pair> moves) {
        Side destination = pair.destination();
        Pair taken = pair.destination(destination.note(Note.FINISH_ENTERED).working(true));
        if (pair.call() == Call.FINISH && !destination.alone()) {
            moves.due("destination takes FINISH(GO)", taken);
        } else if (pair.finishSent()) {
            moves.may("a late FINISH(GO) reaches the destination", taken);
        }
    }

    /** What the two QEMUs do between themselves, daemons or no daemons. */
    private static void qemu(Pair pair, Moves<Pair> moves) {
        Side source = pair.source();
        Side destination = pair.destination();
        if (!pair.stream()) {
            if (destination.half() == Half.RECEIVER) {
                moves.due("the stream has ended: the receiver ends by itself", pair.destination(destination.half(Half.NONE)));
            }
            return;
        }
        if (source.half() == Half.SENDING && destination.half() == Half.RECEIVER) {
            moves.due("the source stops the guest and switches to post-copy", pair.source(source.half(Half.HOLDER)));
        }
        if (source.half() == Half.HOLDER) {
            switch (destination.half()) {
                case RECEIVER -> moves.due("the switch arrives", pair.destination(destination.half(Half.PAUSED_PART)));
                case PAUSED_PART -> moves.due("all memory has gone over", pair.source(source.half(Half.EMPTY))
                        .destination(destination.half(Half.PAUSED_WHOLE)));
                case RUNNING_PART -> moves.due("all memory has gone over", pair.source(source.half(Half.EMPTY))
                        .destination(destination.half(Half.RUNNING_WHOLE)));
                default -> { }
            }
        }
    }

    private static void faults(Pair pair, Moves<Pair> moves) {
        Side source = pair.source();
        Side destination = pair.destination();
        boolean split = source.half() == Half.HOLDER;
        if (source.up()) {
            moves.may("the source's daemon is killed", pair.source(source.killed()));
            moves.may("source and coordinator lose each other", pair.source(source.left()));
        }
        if (destination.up()) {
            moves.may("the destination's daemon is killed", pair.destination(destination.killed()));
            moves.may("destination and coordinator lose each other", pair.destination(destination.left()));
        }
        if (pair.stream()) {
            boolean onItsWay = split && destination.half() == Half.RECEIVER;
            moves.may(onItsWay ? "the stream breaks while the switch is on its way: no QEMU can go on" : "the stream breaks",
                    onItsWay ? pair.ended() : pair.stream(false));
        }
        if (source.half() != Half.NONE) {
            Pair gone = pair.source(source.half(Half.NONE)).stream(false);
            moves.may("QEMU ends at the source", source.half() == Half.EMPTY ? gone : gone.ended());
        }
        if (destination.half() != Half.NONE) {
            Pair gone = pair.destination(destination.half(Half.NONE)).stream(false);
            boolean only = destination.half() != Half.RECEIVER || split;
            moves.may("QEMU ends at the destination", only ? gone.ended() : gone);
        }
    }

    /** When nothing goes on by itself a user resumes: the phases run again, and a hand-over that is there is kept. */
    private static void resume(Pair pair, Moves<Pair> moves) {
        Side source = pair.source();
        Side destination = pair.destination();
        if (pair.dead()) {
            Pair cleaned = pair.source(source.half(Half.NONE).note(Note.STAYED))
                    .destination(destination.half(Half.NONE).note(Note.STAYED));
            if (!cleaned.equals(pair)) {
                moves.due("a user resumes, and finds a half dead: the other is destroyed", cleaned);
            }
        } else if (source.half() == Half.HOLDER || source.half() == Half.EMPTY || destination.half() == Half.PAUSED_WHOLE) {
            moves.due("a user resumes", pair.source(source.driven()).destination(destination.driven())
                    .stream(source.half() == Half.HOLDER).call(Call.FINISH));
        }
    }

    @Override
    public List<Invariant<Pair>> invariants() {
        return List.of(
                new Invariant<>("AtMostOneRunning", false, pair -> !(runsHere(pair) && runsThere(pair))),
                new Invariant<>("NeverLost", false, pair -> pair.dead() || runsHere(pair) || whole(pair) || bothHalves(pair)),
                new Invariant<>("JournalsAgree", false, pair -> !(isSources(pair) && isDestinations(pair))),
                new Invariant<>("NothingLeftBehind", true, pair -> pair.dead() || stayed(pair) || moved(pair)));
    }

    private static boolean runsHere(Pair pair) {
        return pair.source().half() == Half.SENDING || pair.source().half() == Half.RUNNING;
    }

    private static boolean runsThere(Pair pair) {
        return pair.destination().half() == Half.RUNNING_PART || pair.destination().half() == Half.RUNNING_WHOLE;
    }

    private static boolean whole(Pair pair) {
        return pair.destination().half() == Half.PAUSED_WHOLE || pair.destination().half() == Half.RUNNING_WHOLE;
    }

    private static boolean bothHalves(Pair pair) {
        return pair.source().half() == Half.HOLDER && pair.destination().half() != Half.NONE;
    }

    private static boolean isSources(Pair pair) {
        return pair.source().note() == Note.PERFORM_ENTERED && runsHere(pair) || pair.source().note() == Note.STAYED;
    }

    private static boolean isDestinations(Pair pair) {
        return !pair.dead() && (pair.destination().note() == Note.HANDED_OVER || pair.destination().note() == Note.FINISH_DONE);
    }

    private static boolean stayed(Pair pair) {
        return pair.source().half() == Half.RUNNING && pair.source().note() == Note.STAYED
                && pair.destination().half() == Half.NONE && pair.destination().note() == Note.STAYED;
    }

    private static boolean moved(Pair pair) {
        return pair.source().half() == Half.NONE && pair.source().note() == Note.CONFIRM_DONE
                && pair.destination().half() == Half.RUNNING_WHOLE && pair.destination().note() == Note.FINISH_DONE;
    }
}
