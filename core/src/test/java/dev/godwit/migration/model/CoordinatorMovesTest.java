package dev.godwit.migration.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationProtocol;
import dev.godwit.migration.model.Moves.Move;
import dev.godwit.migration.model.Rules.Flow;
import dev.godwit.migration.model.World.Coordinator;
import dev.godwit.migration.model.World.Delivery;
import dev.godwit.migration.model.World.Reply;
import dev.godwit.migration.model.World.Task;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The coordinator of the model is the one of the code: whatever the hosts answer and whenever the user gives up,
 * {@link MigrationProtocol#run} makes the same calls.
 */
class CoordinatorMovesTest {

    private static final Rules RULES = Rules.of(Flow.OUR_CLIENT);
    private static final DomainRef GUEST = new DomainRef("web1", UUID.fromString("c3b5b1a6-6c8d-4b0e-9a5a-1f0f3d5e7a91"), 7);

    /**
     * What happens at one call: an answer, silence, or a user who gives up before it.
     */
    private record Event(Optional<Reply> reply, boolean abort) {}

    @Test
    void theCodeMakesTheSameCalls() {
        List<String> differences = new ArrayList<>();
        int[] ways = {0};
        walk(World.START, new ArrayList<>(), new ArrayList<>(), (events, calls) -> {
            ways[0]++;
            List<Task> real = real(events);
            if (!real.equals(calls)) {
                differences.add(events + ": model " + calls + ", code " + real);
            }
        });
        assertThat(differences).isEmpty();
        assertThat(ways[0]).as("ways through the five phases").isGreaterThan(50);
    }

    private interface Way {
        void taken(List<Event> events, List<Task> calls);
    }

    /** Every way through the model's coordinator. */
    private static void walk(World world, List<Event> events, List<Task> calls, Way way) {
        Coordinator coordinator = world.coordinator();
        if (coordinator.call() == Task.NOTHING) {
            way.taken(List.copyOf(events), List.copyOf(calls));
            return;
        }
        for (Move<World> move : moves(world)) {
            if (move.says().startsWith("the user aborts")) {
                events.add(new Event(Optional.empty(), true));
                walk(move.to(), events, calls, way);
                events.removeLast();
            }
        }
        calls.add(coordinator.call());
        for (Reply reply : replies(coordinator.call())) {
            events.add(new Event(Optional.of(reply), false));
            walk(heard(world.coordinator(coordinator.answered(reply))), events, calls, way);
            events.removeLast();
        }
        events.add(new Event(Optional.empty(), false));
        walk(heard(world.coordinator(coordinator.delivery(Delivery.LOST))), events, calls, way);
        events.removeLast();
        calls.removeLast();
    }

    private static List<Reply> replies(Task call) {
        return switch (call) {
            case FINISH_CANCEL -> List.of(Reply.CANCELLED, Reply.RUNS_HERE, Reply.NO);
            case FINISH_GO -> List.of(Reply.YES, Reply.RUNS_HERE, Reply.NO);
            default -> List.of(Reply.YES, Reply.NO);
        };
    }

    private static World heard(World world) {
        return moves(world).stream().filter(Move::due).findFirst().orElseThrow().to();
    }

    private static List<Move<World>> moves(World world) {
        Moves<World> moves = new Moves<>(world);
        CoordinatorMoves.add(RULES, world, moves);
        return moves.all();
    }

    /** The calls of the code, when the hosts answer like this. */
    private static List<Task> real(List<Event> events) {
        var hosts = new ScriptedHosts(events);
        MigrationProtocol.run(hosts, hosts, MigrationRequest.of(GUEST, Set.of()), hosts);
        assertThat(hosts.events).as("answers that nobody wanted to hear").isExhausted();
        return hosts.calls;
    }

    /** Both hosts and the user, who do what is in the script. */
    private static final class ScriptedHosts implements MigrationSource, MigrationDestination, PerformControl {

        final List<Task> calls = new ArrayList<>();
        final Iterator<Event> events;
        private Optional<Event> next = Optional.empty();

        ScriptedHosts(List<Event> script) {
            this.events = script.iterator();
        }

        private Event next() {
            Event event = next.orElseGet(events::next);
            next = Optional.empty();
            return event;
        }

        @Override
        public boolean cancelled() {
            Event event = next();
            if (!event.abort()) {
                next = Optional.of(event);
            }
            return event.abort();
        }

        private void call(Task task) {
            calls.add(task);
            Event event = next();
            Reply reply = event.reply().orElseThrow(() -> new LostConnectionException("host", "client socket is closed", null));
            switch (reply) {
                case YES -> { }
                case NO -> throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "it does not want to");
                case CANCELLED -> throw VirtException.raw(ErrorCode.MIGRATE_FINISH_OK, ErrorDomain.QEMU, "aborted");
                case RUNS_HERE -> throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "already active");
            }
        }

        @Override
        public Offer begin(MigrationRequest request) {
            call(Task.BEGIN);
            return new Offer("<domain/>", Cookie.NONE, false);
        }

        @Override
        public Receiver prepare(MigrationRequest request, Offer offer) {
            call(Task.PREPARE);
            return new Receiver(Optional.of("tcp:b:49152"), Cookie.NONE);
        }

        @Override
        public Sent perform(MigrationRequest request, Receiver receiver, PerformControl control) {
            call(Task.PERFORM);
            return Sent.NOTHING;
        }

        @Override
        public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
            call(verdict == Verdict.GO ? Task.FINISH_GO : Task.FINISH_CANCEL);
            return new Arrived(GUEST, Cookie.NONE);
        }

        @Override
        public void confirm(MigrationRequest request, Cookie cookie, Verdict verdict) {
            call(verdict == Verdict.GO ? Task.CONFIRM_GO : Task.CONFIRM_CANCEL);
        }

        @Override
        public void abandon(MigrationRequest request) {
            throw new AssertionError("the coordinator abandons nobody");
        }

        @Override
        public void progress(JobStats stats) {}
    }
}
