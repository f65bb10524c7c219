package dev.godwit.migration.model;

import static dev.godwit.migration.model.World.Task.BEGIN;
import static dev.godwit.migration.model.World.Task.CONFIRM_CANCEL;
import static dev.godwit.migration.model.World.Task.CONFIRM_GO;
import static dev.godwit.migration.model.World.Task.FINISH_CANCEL;
import static dev.godwit.migration.model.World.Task.FINISH_GO;
import static dev.godwit.migration.model.World.Task.NOTHING;
import static dev.godwit.migration.model.World.Task.PERFORM;
import static dev.godwit.migration.model.World.Task.PREPARE;

import dev.godwit.domain.Host;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.model.Rules.Flow;
import dev.godwit.migration.model.World.Coordinator;
import dev.godwit.migration.model.World.Delivery;
import dev.godwit.migration.model.World.Link;
import dev.godwit.migration.model.World.Reply;
import dev.godwit.migration.model.World.Task;
import java.util.Optional;
import java.util.Set;

/** Who drives: what {@code MigrationProtocol.run} and {@code settle} do, one call at a time. */
final class CoordinatorMoves {

    private CoordinatorMoves() {}

    static void add(Rules rules, World world, Moves<World> moves) {
        Coordinator coordinator = world.coordinator();
        if (!coordinator.alive()) {
            return;
        }
        if (!rules.peerToPeer()) {
            moves.may("the client dies", world.coordinator(Coordinator.dead())
                    .links(FaultMoves.broken(world.toSource()), FaultMoves.broken(world.toDestination())));
        }
        if (coordinator.call() == NOTHING) {
            return;
        }
        switch (coordinator.delivery()) {
            case READY -> {
                moves.due("coordinator calls " + words(coordinator), send(rules, world));
                abort(rules, world, moves);
            }
            case ANSWERED -> moves.due("coordinator hears " + coordinator.reply() + " to " + words(coordinator),
                    next(rules, world, Optional.of(coordinator.reply())));
            case LOST -> moves.due("coordinator gets no answer to " + words(coordinator),
                    next(rules, world, Optional.empty()));
            case SENT, TAKEN -> { }
        }
    }

    private static String words(Coordinator coordinator) {
        return coordinator.asks() ? coordinator.call() + " (asks)" : coordinator.call().toString();
    }

    /** A call inside the source's daemon cannot be lost, nor come twice; the question goes over a connection of its own. */
    private static World send(Rules rules, World world) {
        Coordinator coordinator = world.coordinator();
        Task call = coordinator.call();
        Host host = call.isFor(Host.SOURCE) ? Host.SOURCE : Host.DESTINATION;
        boolean inside = rules.peerToPeer() && host == Host.SOURCE;
        boolean open = inside || (coordinator.asks() ? world.destination().up() : world.link(host) == Link.OPEN);
        World called = world.coordinator(coordinator.delivery(open ? Delivery.SENT : Delivery.LOST));
        return open && !inside ? called.sent(world.sent().with(call)) : called;
    }

    /** A user gives up between two phases: every host that has done something so far is told. */
    private static void abort(Rules rules, World world, Moves<World> moves) {
        String says = "the user aborts before " + world.coordinator().call();
        switch (world.coordinator().call()) {
            case BEGIN -> moves.may(says, end(rules, world));
            case PREPARE -> moves.may(says, tell(rules, world, Set.of(Host.SOURCE)));
            case PERFORM, FINISH_GO -> moves.may(says, tell(rules, world, Set.of(Host.SOURCE, Host.DESTINATION)));
            default -> { }
        }
    }

    private static World next(Rules rules, World world, Optional<Reply> reply) {
        boolean yes = reply.equals(Optional.of(Reply.YES));
        boolean runsThere = reply.equals(Optional.of(Reply.RUNS_HERE));
        Coordinator coordinator = world.coordinator();
        return switch (coordinator.call()) {
            case BEGIN -> yes ? go(world, PREPARE) : failed(rules, world, Phase.BEGIN);
            case PREPARE -> yes ? go(world, PERFORM) : failed(rules, world, Phase.PREPARE);
            case PERFORM -> yes ? go(world, FINISH_GO) : failed(rules, world, Phase.PERFORM);
            case FINISH_GO -> {
                if (yes || runsThere) {
                    yield go(world, CONFIRM_GO);
                }
                boolean doubt = reply.isEmpty() && rules.flow() != Flow.STOCK_CLIENT;
                yield doubt
                        ? world.coordinator(Coordinator.about(FINISH_CANCEL).asking())
                        : failed(rules, world, Phase.FINISH);
            }
            case CONFIRM_GO -> yes ? end(rules, world) : failed(rules, world, Phase.CONFIRM);
            case FINISH_CANCEL -> {
                if (coordinator.asks()) {
                    yield reply.equals(Optional.of(Reply.CANCELLED)) ? go(world, CONFIRM_CANCEL)
                            : runsThere ? go(world, CONFIRM_GO)
                            : end(rules, world);
                }
                yield coordinator.thenSource() ? go(world, CONFIRM_CANCEL) : end(rules, world);
            }
            case CONFIRM_CANCEL -> end(rules, world);
            case NOTHING, QUESTION, REMEDY -> throw new IllegalStateException(coordinator.toString());
        };
    }

    private static World go(World world, Task call) {
        return world.coordinator(Coordinator.about(call));
    }

    private static World failed(Rules rules, World world, Phase phase) {
        return tell(rules, world, rules.table().row(phase).ifFailsTell());
    }

    private static World tell(Rules rules, World world, Set<Host> hosts) {
        if (hosts.contains(Host.DESTINATION)) {
            return world.coordinator(Coordinator.about(FINISH_CANCEL).thenSource(hosts.contains(Host.SOURCE)));
        }
        return hosts.contains(Host.SOURCE) ? go(world, CONFIRM_CANCEL) : end(rules, world);
    }

    /** A client may keep its connections for hours; a source that drives knows when it has stopped driving. */
    private static World end(Rules rules, World world) {
        World ended = world.coordinator(Coordinator.ended());
        return rules.peerToPeer() ? ended.links(Link.CLOSED, FaultMoves.broken(world.toDestination())) : ended;
    }
}
