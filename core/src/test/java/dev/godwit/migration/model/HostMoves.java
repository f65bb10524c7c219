package dev.godwit.migration.model;

import static dev.godwit.migration.model.Rules.Defect.LATE_PHASE_NOT_LOOKED_AT;

import dev.godwit.domain.Host;
import dev.godwit.migration.MigrationProtocol.Remedy;
import dev.godwit.migration.model.World.Asking;
import dev.godwit.migration.model.World.Copy;
import dev.godwit.migration.model.World.Coordinator;
import dev.godwit.migration.model.World.Delivery;
import dev.godwit.migration.model.World.Link;
import dev.godwit.migration.model.World.Note;
import dev.godwit.migration.model.World.Reply;
import dev.godwit.migration.model.World.Side;
import dev.godwit.migration.model.World.Stage;
import dev.godwit.migration.model.World.Task;
import java.util.Optional;

/** What is the same at both hosts: calls that arrive, answers, and what is done alone. */
abstract class HostMoves {

    final Rules rules;
    final World world;
    final Moves<World> moves;
    final Host host;
    final Side me;
    final String name;

    HostMoves(Rules rules, World world, Moves<World> moves, Host host) {
        this.rules = rules;
        this.world = world;
        this.moves = moves;
        this.host = host;
        this.me = world.side(host);
        this.name = host == Host.SOURCE ? "source" : "destination";
    }

    /** The host takes a call: enters the phase, or answers at once. */
    abstract World take(World taken, Task call);

    /** The next move of a phase in hand that is neither done nor failed. */
    abstract void work();

    /** What a phase in hand that is done is answered by. */
    abstract Reply reply();

    void add() {
        if (!me.up()) {
            // Before the first call is taken the journal is read, and what it asks for is in hand.
            moves.due("the " + name + "'s daemon comes back and reads its journal: " + me.note(),
                    leftTo(world.side(host, me.restarted())));
        } else if (me.idle()) {
            for (Task call : Task.values()) {
                if (call.isFor(host)) {
                    arrives(call);
                }
            }
            if (world.link(host) == Link.CLOSED && !rules.has(LATE_PHASE_NOT_LOOKED_AT)) {
                alone();
            }
        } else if (me.hand() == Task.REMEDY) {
            clean(", left alone, ");
        } else if (me.stage() == Stage.FAILED) {
            clean(", having failed, ");
        } else if (me.stage() == Stage.DONE) {
            moves.due(name + " answers " + me.hand(), answer(world, reply()));
        } else {
            work();
        }
    }

    /** A call that somebody waits for arrives; any call that was ever made may arrive late or twice. */
    private void arrives(Task call) {
        Coordinator coordinator = world.coordinator();
        boolean asked = call == Task.QUESTION && world.asking() == Asking.SENT;
        if (coordinator.sent(call) || asked) {
            World taken = asked
                    ? world.asking(Asking.TAKEN)
                    : world.coordinator(coordinator.delivery(Delivery.TAKEN));
            World next = take(taken, call);
            moves.due(name + " takes " + call + written(next), next);
            if (call == Task.CONFIRM_GO || call == Task.CONFIRM_CANCEL) {
                moves.may(name + " cannot write, and refuses " + call, refused(say(taken, call, Reply.NO)));
            }
        } else if (world.sent().has(call)) {
            World next = take(world, call);
            moves.may("a late " + call + " reaches the " + name + written(next), next);
        }
    }

    private String written(World next) {
        return next.side(host).note() == me.note() ? "" : ", which writes " + next.side(host).note();
    }

    World with(Side next) {
        return world.side(host, next);
    }

    World enter(World taken, Task call, Note note) {
        return taken.side(host, taken.side(host).note(note).hand(call));
    }

    World done(Note note) {
        return with(me.note(note).stage(Stage.DONE));
    }

    World failed() {
        return with(me.stage(Stage.FAILED));
    }

    /** Lays down what is in hand, and answers it. */
    World answer(World next, Reply reply) {
        return say(next.side(host, next.side(host).hand(Task.NOTHING)), me.hand(), reply);
    }

    /** Only the call that was taken is answered, and only while somebody can hear it. */
    static World say(World next, Task call, Reply reply) {
        if (call == Task.QUESTION) {
            return next.asking() != Asking.TAKEN ? next : next.asking(switch (reply) {
                case CANCELLED -> Asking.HEARD_CANCELLED;
                case RUNS_HERE -> Asking.HEARD_RUNS;
                case YES, NO -> Asking.WANTED;
            });
        }
        Coordinator coordinator = next.coordinator();
        return coordinator.taken(call) ? next.coordinator(coordinator.answered(reply)) : next;
    }

    /** A verdict that could not be carried out, or not even be written: nobody comes with it again. */
    World refused(World next) {
        return rules.has(Rules.Defect.FAILED_VERDICT_WAITS) ? next : leftTo(next);
    }

    /** Nobody drives any more. */
    void alone() {
        World left = leftTo(world);
        if (!left.equals(world)) {
            moves.due("the " + name + " finds itself alone after " + me.note(), left);
        }
    }

    /** Takes up what the table says for a host that is alone. */
    World leftTo(World next) {
        Note note = next.side(host).note();
        if (Remedies.acts(rules, note)) {
            return next.side(host, next.side(host).hand(Task.REMEDY));
        }
        boolean asks = host == Host.SOURCE && Remedies.of(rules, note).equals(Optional.of(Remedy.ASK_DESTINATION));
        return asks && next.asking() == Asking.NO ? next.asking(Asking.WANTED) : next;
    }

    /** The connection has closed. With the defect this is the only moment at which a host looks. */
    World noticed(World next) {
        World closed = next.link(host, Link.CLOSED);
        return rules.has(LATE_PHASE_NOT_LOOKED_AT) && me.idle() ? leftTo(closed) : closed;
    }

    private void clean(String why) {
        if (!Remedies.acts(rules, me.note())) {
            moves.due(name + why + "does nothing", answer(world, Reply.NO));
            return;
        }
        Side next = Remedies.step(rules, me);
        moves.due(name + why + did(next), next.note().open() ? with(next) : answer(with(next), Reply.NO));
        if (me.note() == Note.HANDED_OVER && me.copy() == Copy.COMPLETE) {
            moves.may("the CPUs cannot be started: destination takes the hand-over back", with(me.note(Note.BARRED)));
        }
    }

    private String did(Side next) {
        if (next.note() != me.note()) {
            return "writes " + next.note();
        }
        return switch (me.copy()) {
            case WAITING, COMPLETE -> next.copy() == Copy.NONE ? "kills the receiver" : "starts the CPUs";
            case SENDING -> "stops sending";
            default -> next.copy() == Copy.NONE ? "destroys the guest" : "resumes the guest";
        };
    }
}
