package dev.godwit.migration.model;

import static dev.godwit.migration.model.Rules.Defect.ANSWERS_OVER_THE_DOOR;
import static dev.godwit.migration.model.Rules.Defect.HANDED_OVER_AFTER_START;
import static dev.godwit.migration.model.Rules.Defect.NOT_TAKEN_BACK;
import static dev.godwit.migration.model.Rules.Defect.PLAIN_QUESTION;
import static dev.godwit.migration.model.Rules.Defect.RECEIVER_NOT_KILLED;
import static dev.godwit.migration.model.Rules.Defect.REFUSED_AFTER_HAND_OVER;

import dev.godwit.domain.Host;
import dev.godwit.migration.model.World.Asking;
import dev.godwit.migration.model.World.Copy;
import dev.godwit.migration.model.World.Note;
import dev.godwit.migration.model.World.Reply;
import dev.godwit.migration.model.World.Task;

/** The destination's daemon: PREPARE, FINISH, and what it answers to a cancel and to a question. */
final class DestinationMoves extends HostMoves {

    DestinationMoves(Rules rules, World world, Moves<World> moves) {
        super(rules, world, moves, Host.DESTINATION);
    }

    @Override
    void add() {
        super.add();
        boolean overTheDoor = rules.has(ANSWERS_OVER_THE_DOOR) && me.note() == Note.HANDED_OVER;
        if (overTheDoor && me.up() && world.asking() == Asking.SENT) {
            moves.may("destination answers the question " + Reply.RUNS_HERE + ", over the door", world.asking(Asking.HEARD_RUNS));
        }
    }

    @Override
    World take(World taken, Task call) {
        Note note = me.note();
        return switch (call) {
            case PREPARE -> note == Note.NOTHING ? enter(taken, call, Note.PREPARE_ENTERED) : say(taken, call, Reply.NO);
            case FINISH_GO -> switch (note) {
                case PREPARE_DONE -> enter(taken, call, Note.FINISH_ENTERED);
                case FINISH_DONE -> say(taken, call, Reply.YES);
                default -> say(taken, call, Reply.NO);
            };
            case FINISH_CANCEL, QUESTION -> {
                if (call == Task.QUESTION && rules.has(PLAIN_QUESTION)) {
                    yield say(taken, call, me.copy().cpusRun() ? Reply.RUNS_HERE : Reply.CANCELLED);
                }
                yield switch (note) {
                    case FINISH_DONE -> say(taken, call, Reply.RUNS_HERE);
                    case STAYED -> say(taken, call, Reply.CANCELLED);
                    default -> enter(taken, call, note);
                };
            }
            default -> throw new IllegalArgumentException(call.toString());
        };
    }

    @Override
    Reply reply() {
        return switch (me.hand()) {
            case FINISH_CANCEL, QUESTION -> Reply.CANCELLED;
            case FINISH_GO -> me.copy() == Copy.RUNNING ? Reply.YES : Reply.RUNS_HERE;
            default -> Reply.YES;
        };
    }

    @Override
    void work() {
        switch (me.hand()) {
            case PREPARE -> prepare();
            case FINISH_GO -> {
                if (me.note() == Note.HANDED_OVER) {
                    handedOver();
                } else {
                    finish();
                }
            }
            case FINISH_CANCEL, QUESTION -> cancel();
            default -> throw new IllegalStateException(me.toString());
        }
    }

    private void prepare() {
        if (me.copy() == Copy.NONE) {
            moves.due("destination starts a receiver", with(me.copy(Copy.WAITING)));
        } else {
            moves.due("destination writes Done(PREPARE)", done(Note.PREPARE_DONE));
        }
        moves.may("PREPARE fails", failed());
    }

    /** FINISH(GO): wait until all has come, and write HandedOver. */
    private void finish() {
        switch (me.copy()) {
            case COMPLETE -> {
                if (rules.has(HANDED_OVER_AFTER_START)) {
                    moves.due("destination starts the CPUs", with(me.copy(Copy.RUNNING)));
                } else {
                    moves.due("destination writes HandedOver", with(me.note(Note.HANDED_OVER)));
                }
            }
            case RUNNING -> moves.due("destination writes HandedOver", with(me.note(Note.HANDED_OVER)));
            case WAITING -> {
                if (!world.source().note().open()) {
                    moves.due("nothing more comes: FINISH fails", failed());
                }
            }
            default -> moves.due("the receiver has ended: FINISH fails", failed());
        }
        if (me.copy() != Copy.RUNNING) {
            moves.may("FINISH fails", failed());
        }
    }

    /** FINISH(GO), then: start the CPUs, and write Done. */
    private void handedOver() {
        switch (me.copy()) {
            case COMPLETE -> {
                moves.due("destination starts the CPUs", with(me.copy(Copy.RUNNING)));
                if (rules.has(NOT_TAKEN_BACK)) {
                    moves.may("the CPUs cannot be started: destination kills the receiver and refuses",
                            answer(with(me.note(Note.FINISH_DONE).copy(Copy.NONE)), Reply.NO));
                } else {
                    moves.may("the CPUs cannot be started: destination takes the hand-over back",
                            failed().destination(failed().destination().note(Note.BARRED)));
                }
            }
            case RUNNING -> moves.due("destination writes Done(FINISH)", done(Note.FINISH_DONE));
            default -> {
                if (rules.has(REFUSED_AFTER_HAND_OVER)) {
                    moves.due("QEMU ended while its CPUs were started; destination refuses",
                            answer(with(me.note(Note.STAYED)), Reply.NO));
                } else {
                    moves.due("QEMU ended while its CPUs were started; destination says that it ran here, or did",
                            done(Note.FINISH_DONE));
                }
            }
        }
    }

    /** FINISH(CANCEL), and the question: Barred; kill the receiver; "cancelled, and it never will". */
    private void cancel() {
        if (me.note() != Note.BARRED) {
            moves.due("destination writes Barred", with(me.note(Note.BARRED)));
            moves.may("destination cannot write, and refuses " + me.hand(), refused(answer(world, Reply.NO)));
        } else if (me.copy() != Copy.NONE && !rules.has(RECEIVER_NOT_KILLED)) {
            moves.due("destination kills the receiver", with(me.copy(Copy.NONE)));
            moves.may("the receiver does not end; destination says so and goes on", leftTo(answer(world, Reply.NO)));
        } else {
            moves.due("destination writes " + Note.STAYED, done(Note.STAYED));
        }
    }
}
