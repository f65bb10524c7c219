package dev.godwit.migration.model;

import static dev.godwit.migration.model.Rules.Defect.ANSWER_BEFORE_JOURNAL;
import static dev.godwit.migration.model.Rules.Defect.ASKS_ONLY_WHEN_LEFT;
import static dev.godwit.migration.model.Rules.Defect.CANCEL_IS_OBEYED;
import static dev.godwit.migration.model.Rules.Defect.FAILED_VERDICT_WAITS;
import static dev.godwit.migration.model.Rules.Defect.PLAIN_QUESTION;
import static dev.godwit.migration.model.Rules.Defect.TRUSTS_THE_CONNECTION;

import dev.godwit.domain.Host;
import dev.godwit.migration.model.Rules.Flow;
import dev.godwit.migration.model.World.Asking;
import dev.godwit.migration.model.World.Copy;
import dev.godwit.migration.model.World.Link;
import dev.godwit.migration.model.World.Note;
import dev.godwit.migration.model.World.Reply;
import dev.godwit.migration.model.World.Stage;
import dev.godwit.migration.model.World.Task;

/** The source's daemon: BEGIN, PERFORM, CONFIRM, and its question to the destination. */
final class SourceMoves extends HostMoves {

    SourceMoves(Rules rules, World world, Moves<World> moves) {
        super(rules, world, moves, Host.SOURCE);
    }

    @Override
    void add() {
        super.add();
        if (me.idle()) {
            unsettled();
        }
        if (me.up()) {
            question();
        }
    }

    @Override
    World take(World taken, Task call) {
        Note note = me.note();
        return switch (call) {
            case BEGIN -> note == Note.NOTHING ? enter(taken, call, Note.BEGIN_ENTERED) : say(taken, call, Reply.NO);
            case PERFORM -> note == Note.BEGIN_DONE
                    ? enter(taken, call, Note.PERFORM_ENTERED)
                    : say(taken, call, Reply.NO);
            case CONFIRM_GO -> switch (note) {
                case PERFORM_DONE, CONFIRM_GO_ENTERED -> enter(taken, call, Note.CONFIRM_GO_ENTERED);
                case CONFIRM_DONE -> say(taken, call, Reply.YES);
                default -> say(taken, call, Reply.NO);
            };
            case CONFIRM_CANCEL -> switch (note) {
                case BEGIN_DONE, CONFIRM_CANCEL_ENTERED -> enter(taken, call, Note.CONFIRM_CANCEL_ENTERED);
                // Our client says this only with the destination's word, or when it has not called FINISH.
                case PERFORM_DONE -> rules.flow() != Flow.STOCK_CLIENT || rules.has(CANCEL_IS_OBEYED)
                        ? enter(taken, call, Note.CONFIRM_CANCEL_ENTERED)
                        : say(wantsToAsk(taken), call, Reply.NO);
                case STAYED -> say(taken, call, Reply.YES);
                default -> say(taken, call, Reply.NO);
            };
            default -> throw new IllegalArgumentException(call.toString());
        };
    }

    @Override
    Reply reply() {
        return Reply.YES;
    }

    @Override
    void work() {
        switch (me.hand()) {
            case BEGIN -> {
                moves.due("source writes Done(BEGIN)", done(Note.BEGIN_DONE));
                moves.may("BEGIN fails", failed());
            }
            case PERFORM -> perform();
            case CONFIRM_GO, CONFIRM_CANCEL -> confirm();
            default -> throw new IllegalStateException(me.toString());
        }
    }

    /** The guest is sent by QEMU: see {@link FaultMoves}. */
    private void perform() {
        if (me.stage() == Stage.ANSWERED) {
            moves.due("source writes Done(PERFORM)", with(me.note(Note.PERFORM_DONE).hand(Task.NOTHING)));
            return;
        }
        if (world.toSource() == Link.CLOSED) {
            alone();
            return;
        }
        switch (me.copy()) {
            case RUNNING -> moves.due("source begins to send", with(me.copy(Copy.SENDING)));
            case SENDING -> {
                if (world.destination().copy() != Copy.WAITING) {
                    moves.due("nobody receives: PERFORM fails", failed());
                }
            }
            case SENT -> {
                if (rules.has(ANSWER_BEFORE_JOURNAL)) {
                    moves.due("source answers PERFORM", say(with(me.stage(Stage.ANSWERED)), Task.PERFORM, Reply.YES));
                } else {
                    moves.due("source writes Done(PERFORM)", done(Note.PERFORM_DONE));
                }
            }
            default -> moves.due("the guest has ended: PERFORM fails", failed());
        }
        moves.may("PERFORM fails, or the user aborts it", failed());
    }

    private void confirm() {
        boolean go = me.hand() == Task.CONFIRM_GO;
        Copy wanted = go || me.copy() == Copy.NONE ? Copy.NONE : Copy.RUNNING;
        if (me.copy() != wanted) {
            moves.due("source " + (go ? "destroys the original" : "resumes the guest"), with(me.copy(wanted)));
            moves.may("source cannot carry out " + me.hand(), answer(world, Reply.NO));
        } else {
            Note closed = go ? Note.CONFIRM_DONE : Note.STAYED;
            moves.due("source writes " + closed, done(closed));
        }
    }

    /** What a source does although its connection is open: a CONFIRM that failed, and one that does not come. */
    private void unsettled() {
        boolean open = world.toSource() != Link.CLOSED;
        if (open && me.note().verdict() && !rules.has(FAILED_VERDICT_WAITS)) {
            alone();
        }
        if (me.note() == Note.PERFORM_DONE && world.asking() == Asking.NO && !rules.has(ASKS_ONLY_WHEN_LEFT)) {
            boolean over = world.coordinator().alive() && world.coordinator().call() == Task.NOTHING;
            if (over && world.toSource() == Link.OPEN) {
                moves.due("no CONFIRM has come to the source for long", wantsToAsk(world));
            } else {
                moves.may("no CONFIRM has come to the source for long, or the user aborts there", wantsToAsk(world));
            }
        }
    }

    private static World wantsToAsk(World next) {
        return next.asking() == Asking.NO ? next.asking(Asking.WANTED) : next;
    }

    /** Asks until it is answered. What it hears is a verdict, and written down before it is carried out. */
    private void question() {
        boolean needs = me.note() == Note.PERFORM_DONE;
        boolean reachable = world.destination().up() && !world.hostsApart();
        switch (world.asking()) {
            case NO, SENT, TAKEN -> { }
            case WANTED -> {
                if (!needs) {
                    moves.due("source need not ask any more", world.asking(Asking.NO));
                } else if (reachable) {
                    moves.due("source asks the destination",
                            world.asking(Asking.SENT).sent(world.sent().with(Task.QUESTION)));
                } else if (rules.has(TRUSTS_THE_CONNECTION)) {
                    hears("source cannot reach the destination, and takes that for a no", false);
                }
            }
            case HEARD_CANCELLED -> hears("source hears "
                    + (rules.has(PLAIN_QUESTION) ? "\"it does not run here\"" : Reply.CANCELLED), false);
            case HEARD_RUNS -> hears("source hears " + Reply.RUNS_HERE, true);
        }
    }

    private void hears(String what, boolean runs) {
        World heard = world.asking(Asking.NO);
        Note verdict = runs ? Note.CONFIRM_GO_ENTERED : Note.CONFIRM_CANCEL_ENTERED;
        if (me.idle() && me.note() == Note.PERFORM_DONE) {
            moves.due(what + ", and writes " + verdict,
                    enter(heard, runs ? Task.CONFIRM_GO : Task.CONFIRM_CANCEL, verdict));
        } else if (me.idle()) {
            moves.due(what, heard);
        }
    }
}
