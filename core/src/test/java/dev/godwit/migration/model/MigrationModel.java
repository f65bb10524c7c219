package dev.godwit.migration.model;

import static dev.godwit.migration.model.Rules.Defect.TOKEN_REPEATS;

import dev.godwit.migration.model.Explorer.Invariant;
import dev.godwit.migration.model.World.Copy;
import dev.godwit.migration.model.World.Note;
import dev.godwit.migration.model.World.Side;
import dev.godwit.migration.model.World.Task;
import java.util.List;

/**
 * Managed migration without post-copy: everything that two hosts and one who drives can do to one guest, with any number of faults.
 *
 * @param rules the table and the rules between its cells
 */
record MigrationModel(Rules rules) implements Explorer.Model<World> {

    @Override
    public World start() {
        return World.START;
    }

    @Override
    public Moves<World> moves(World world) {
        Moves<World> moves = new Moves<>(world);
        CoordinatorMoves.add(rules, world, moves);
        new SourceMoves(rules, world, moves).add();
        new DestinationMoves(rules, world, moves).add();
        FaultMoves.add(rules, world, moves);
        if (moves.atRest() && !world.guestEnded()) {
            moves.may("the user migrates the guest again", again(world));
        }
        return moves;
    }

    /**
     * The next migration of the same guest, back when it has moved. It has another number, and a host that gets a call with an old
     * number does nothing; so the calls of the migrations before are not kept, except where they cannot be told apart.
     */
    private World again(World world) {
        boolean sameWay = world.source().copy() == Copy.RUNNING;
        return rules.has(TOKEN_REPEATS) && sameWay ? World.START.sent(world.sent()) : World.START;
    }

    @Override
    public List<Invariant<World>> invariants() {
        return List.of(
                new Invariant<>("AtMostOneRunning", false, MigrationModel::atMostOneRuns),
                new Invariant<>("NeverTurnsBack", false, MigrationModel::neverTurnsBack),
                new Invariant<>("NeverLost", false, MigrationModel::neverLost),
                new Invariant<>("JournalsAgree", false, world -> !(isSources(world) && world.handedOver())),
                new Invariant<>("ExactlyOneRuns", true, MigrationModel::oneRuns),
                new Invariant<>("NothingLeftBehind", true, MigrationModel::nothingLeftBehind),
                new Invariant<>("JournalsAgree", true, MigrationModel::journalsAgree));
    }

    private static boolean atMostOneRuns(World world) {
        return !(world.source().copy().cpusRun() && world.destination().copy().cpusRun());
    }

    /** Once the guest has run at the destination, the older state at the source must not run. */
    private static boolean neverTurnsBack(World world) {
        return !(world.ranThere() && world.source().copy().cpusRun());
    }

    private static boolean neverLost(World world) {
        Copy there = world.destination().copy();
        return world.source().copy() != Copy.NONE || there == Copy.RUNNING || there == Copy.COMPLETE
                || world.guestEnded();
    }

    /** What the source's journal says: it is mine. */
    private static boolean isSources(World world) {
        return switch (world.source().note()) {
            case NOTHING, BEGIN_ENTERED, BEGIN_DONE, PERFORM_ENTERED, CONFIRM_CANCEL_ENTERED, STAYED -> true;
            default -> false;
        };
    }

    private static boolean oneRuns(World world) {
        return world.guestEnded()
                || world.source().copy().cpusRun() != world.destination().copy().cpusRun();
    }

    /** No open job, no receiver, no paused copy, nobody at work: as if there had been no migration, or a smooth one. */
    private static boolean nothingLeftBehind(World world) {
        Side source = world.source();
        Side destination = world.destination();
        return source.idle() && destination.idle() && !source.note().open() && !destination.note().open()
                && source.copy() != Copy.SENT && source.copy() != Copy.SENDING
                && destination.copy() != Copy.WAITING && destination.copy() != Copy.COMPLETE
                && world.coordinator().call() == Task.NOTHING;
    }

    private static boolean journalsAgree(World world) {
        return (world.source().note() == Note.CONFIRM_DONE) == (world.destination().note() == Note.FINISH_DONE);
    }
}
