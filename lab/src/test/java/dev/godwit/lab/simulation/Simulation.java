package dev.godwit.lab.simulation;

import dev.godwit.driver.Client;
import dev.godwit.driver.simulated.SimulatedSession;
import dev.godwit.guest.Guest;
import dev.godwit.guest.GuestManager;
import dev.godwit.migration.MigrationOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One run: a scenario from its beginning to the proof that all is well again. */
final class Simulation {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    /** The hosts have so long to come up at first. */
    private static final long START = 10 * SECOND;
    /** Things break for no longer than that; they strike earlier, except those that come long after others. */
    private static final long TROUBLE = 180 * SECOND;
    /** When everything is mended, rest must come within that. */
    private static final long PATIENCE = 900 * SECOND;
    private static final long LOOK = 250 * MILLI;
    private static final int LOOKS = 8;
    /** A run has about a thousand steps; one that waits through a long silence, tens of thousands. */
    private static final long MOST_STEPS = 1_000_000;

    private static final List<Invariant> ALWAYS = List.of(new AtMostOneRunning(), new NeverSetBack());
    private static final List<Invariant> AT_REST = List.of(new NeverLost(), new NothingLeftBehind(), new JournalsAgree(),
            new ConfigurationAsTheTableSays(), new OutcomeIsTrue());

    private final Scenario scenario;
    private final Logs logs;
    private final World world;
    private final Deque<Strike> strikes = new ArrayDeque<>();
    private final List<Struck> struck = new ArrayList<>();
    private long firstMoment;
    private boolean timeStrikeIsDue;
    private boolean timeStrikeIsSet;
    private String stage = "start";
    private boolean startedByHand;

    /**
     * A run.
     *
     * @param scenario what is to happen
     * @param defect   what is wrong with the product, on purpose
     * @param logs     where hosts and clients write
     * @param traced   whether somebody wants to read it
     */
    Simulation(Scenario scenario, Defect defect, Logs logs, boolean traced) {
        this.scenario = scenario;
        this.logs = logs;
        this.world = new World(scenario.seed(), scenario.hosts(), defect, traced);
        this.strikes.addAll(scenario.strikes());
        logs.into(world.trace());
    }

    World world() {
        return world;
    }

    /** Whether somebody has started the guest anew, which the journals do not know of. */
    boolean wasStartedByHand() {
        return startedByHand;
    }

    /** What broke, in order. */
    List<Struck> struck() {
        return struck;
    }

    /**
     * Something that broke.
     *
     * @param fault what
     * @param more  which command it was; empty where there is one kind only
     * @param phase how far the migration was on both hosts
     */
    record Struck(Fault fault, String more, String phase) {}

    Scenario scenario() {
        return scenario;
    }

    /**
     * Runs it.
     *
     * @return what happened
     * @throws Broken if something is not as it must be
     */
    Result run() {
        try {
            return runs();
        } catch (Broken known) {
            throw known;
        } catch (RuntimeException | Error surprise) {
            throw surprised("the simulation ended with " + surprise, surprise);
        }
    }

    /**
     * Runs a seed for people.
     *
     * @param defect what is wrong with the product, on purpose
     * @return what it wants, all that happened, and how it ended
     */
    static List<String> told(long seed, Defect defect) {
        try (Logs logs = new Logs()) {
            Simulation simulation = new Simulation(Scenario.of(seed), defect, logs, true);
            String end;
            try {
                end = simulation.run().toString();
            } catch (Broken broken) {
                end = broken.getMessage();
            }
            List<String> lines = new ArrayList<>();
            lines.add(simulation.scenario().toString());
            lines.addAll(simulation.world().trace().lines());
            lines.add(end);
            return lines;
        }
    }

    private Result runs() {
        begin();
        trouble();
        mend();
        rest();
        check(AT_REST);
        String outcome = outcome();
        again();
        return new Result(outcome, world.scheduler().steps(), world.scheduler().fingerprint(),
                world.scheduler().millis());
    }

    private void begin() {
        world.sites().forEach(Site::start);
        until(START, () -> world.sites().stream().allMatch(Site::isUp), "the daemons do not come up");
        Site source = world.site(scenario.move().from());
        boolean[] done = {false};
        source.daemon().orElseThrow().process().start("setup", () -> {
            GuestManager guests = manager(source);
            if (scenario.persistent()) {
                guests.start(guests.define(World.definition(), Set.of()), Set.of(), Client.NONE);
            } else {
                guests.create(World.definition(), Set.of(), Client.NONE);
            }
            done[0] = true;
        });
        until(START, () -> done[0], "the guest does not start");
        if (scenario.knownAtDestination()) {
            boolean[] known = {false};
            Site destination = world.site(scenario.move().to());
            destination.daemon().orElseThrow().process().start("setup", () -> {
                manager(destination).define(World.definition(), Set.of());
                known[0] = true;
            });
            until(START, () -> known[0], "the guest cannot be defined");
        }
    }

    private static GuestManager manager(Site site) {
        return site.daemon().flatMap(SimulatedDaemon::session).map(SimulatedSession::manager).orElseThrow();
    }

    private void trouble() {
        stage = "trouble";
        firstMoment = world.moments();
        world.migrate("client", scenario.move());
        long end = world.scheduler().now() + TROUBLE;
        while (world.scheduler().now() < end && !isQuiet()) {
            step(end);
            strikeIfDue();
        }
    }

    /** Whether everybody who wanted something has got it, and nothing more will break. */
    private boolean isQuiet() {
        return strikes.isEmpty() && everybodyIsDone();
    }

    private boolean everybodyIsDone() {
        return world.clients().stream().allMatch(SimulatedClient::isOver)
                && world.operators().stream().allMatch(SimulatedOperator::isOver)
                && world.echoes().stream().allMatch(SimulatedEcho::isOver);
    }

    private void strikeIfDue() {
        while (!strikes.isEmpty()) {
            Strike next = strikes.peek();
            if (next.isByTime()) {
                if (!timeStrikeIsSet) {
                    timeStrikeIsSet = true;
                    world.scheduler().after(next.nanos(), () -> timeStrikeIsDue = true);
                }
                if (!timeStrikeIsDue) {
                    return;
                }
                timeStrikeIsDue = false;
                timeStrikeIsSet = false;
            } else if (world.moments() - firstMoment < next.moment() && !everybodyIsDone()) {
                return;
            }
            strikes.remove();
            String phase = Phases.of(world);
            next.fault().strike(world, world.dice());
            struck.add(new Struck(next.fault(), next.fault() == Fault.COMMAND_GIVEN
                    ? " " + world.operators().getLast().command() : "", phase));
        }
    }

    /** Everything is mended: nothing breaks any more, everybody is there. */
    private void mend() {
        stage = "mend";
        world.trace().say("world", () -> "everything is mended");
        strikes.clear();
        world.mend();
    }

    private void rest() {
        stage = "rest";
        // Who looks at rest may be about to move.
        int[] looks = {0};
        until(PATIENCE, () -> {
            boolean still = everybodyIsDone() && world.network().isQuiet() && world.sites().stream().allMatch(this::isAtRest);
            looks[0] = still ? looks[0] + 1 : 0;
            return looks[0] == LOOKS;
        }, "it does not come to rest");
    }

    private boolean isAtRest(Site site) {
        return site.isUp() && site.daemon().orElseThrow().connectionCount() == 0
                && manager(site).registry().all().stream().map(Guest::jobs).allMatch(jobs -> jobs.migration().isEmpty())
                && manager(site).settlement().doubt(world.guest()).isEmpty();
    }

    private String outcome() {
        SimulatedClient client = world.clients().getFirst();
        String told = client.outcome().map(outcome -> outcome.getClass().getSimpleName())
                .orElse(client.refusal().isPresent() ? "refused" : "nothing told");
        String where = world.copies().isEmpty() ? "gone" : world.copies().getFirst().name().equals(scenario.move().from())
                ? "at the source" : world.copies().getFirst().name().equals(scenario.move().to()) ? "at the destination"
                : "elsewhere";
        return told + ", " + where;
    }

    /** The same guest is moved once more, and nothing breaks. */
    private void again() {
        stage = "again";
        Site from = world.copies().isEmpty() ? world.site(scenario.move().from()) : world.copies().getFirst();
        Site to = world.sites().stream().filter(site -> site != from).findFirst().orElseThrow();
        boolean[] ready = {false};
        from.daemon().orElseThrow().process().start("setup", () -> {
            GuestManager guests = manager(from);
            if (world.copies().isEmpty()) {
                startedByHand = true;
                world.anotherLife();
                guests.create(World.definition(), Set.of(), Client.NONE);
            } else if (world.running().isEmpty()) {
                guests.resume(guests.byUuid(world.guest()));
            }
            ready[0] = true;
        });
        until(START, () -> ready[0], "the guest cannot be made to run");
        SimulatedClient client = world.migrate("again", new Move(from.name(), to.name(), scenario.move().flow(), Set.of(
                dev.godwit.driver.MigrationFlag.LIVE)));
        until(PATIENCE, client::isOver, "the guest cannot be moved again");
        if (!(client.outcome().orElse(null) instanceof MigrationOutcome.Completed)) {
            throw broken("MigratesAgain", "the guest cannot be moved again: " + client.outcome().map(Object::toString)
                    .orElseGet(() -> String.valueOf(client.refusal())));
        }
        rest();
        if (!world.running().equals(List.of(to))) {
            throw broken("MigratesAgain", "the guest runs on " + world.running().stream().map(Site::name).toList());
        }
        check(List.of(new NeverLost(), new NothingLeftBehind(), new JournalsAgree()));
    }

    private interface Condition {
        boolean holds();
    }

    private void until(long patience, Condition condition, String otherwise) {
        long end = world.scheduler().now() + patience;
        long next = world.scheduler().now();
        while (true) {
            if (world.scheduler().now() >= next) {
                if (condition.holds()) {
                    return;
                }
                next = world.scheduler().now() + LOOK;
            }
            if (world.scheduler().now() >= end) {
                throw broken("ComesToRest", otherwise);
            }
            step(next);
        }
    }

    private void step(long limit) {
        world.scheduler().step(limit);
        check(ALWAYS);
        if (world.scheduler().steps() > MOST_STEPS) {
            throw broken("ComesToRest", "somebody does the same again and again, without end");
        }
        if (logs.uncaught() != null) {
            throw surprised("a thread ended with " + logs.uncaught(), logs.uncaught());
        }
    }

    private Broken surprised(String how, Throwable cause) {
        Broken broken = broken("NobodyIsSurprised", how);
        broken.initCause(cause);
        return broken;
    }

    private void check(List<Invariant> invariants) {
        for (Invariant invariant : invariants) {
            Optional<String> how = invariant.broken(this);
            if (how.isPresent()) {
                throw broken(invariant.name(), how.get());
            }
        }
    }

    private Broken broken(String invariant, String how) {
        world.trace().say("world", () -> invariant + " is broken: " + how);
        return new Broken(scenario, invariant, stage, how, world.trace().lines());
    }

    /**
     * What happened in a run in which all was well.
     *
     * @param outcome     what the client was told, and where the guest is
     * @param steps       how many steps it took
     * @param fingerprint of all steps
     * @param millis      virtual time
     */
    record Result(String outcome, long steps, long fingerprint, double millis) {}
}
