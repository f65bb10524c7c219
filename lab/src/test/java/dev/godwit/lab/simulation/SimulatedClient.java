package dev.godwit.lab.simulation;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.migration.Migration;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.PerformControl;
import dev.godwit.lab.simulation.world.Process;
import dev.godwit.migration.MigrationOutcome;
import java.util.Optional;

/** A client that moves the guest, with the real client library. */
final class SimulatedClient {

    private static final long BANDWIDTH_MIB = 20;

    private final World world;
    private final String name;
    private final Process process;
    private final Move move;
    private Optional<MigrationOutcome> outcome = Optional.empty();
    private Optional<VirtException> refusal = Optional.empty();
    private boolean over;
    private volatile boolean cancelled;

    /** Starts it. */
    SimulatedClient(World world, String name, Move move) {
        this.world = world;
        this.name = name;
        this.move = move;
        this.process = new Process(world.scheduler(), name);
        process.start("main", this::run);
    }

    private void run() {
        world.trace().say(name, () -> "moves the guest from " + move);
        try {
            outcome = Optional.of(move.flow() == Flow.DIRECT ? direct() : asked());
            world.trace().say(name, () -> "is told: " + describe(outcome.get()));
        } catch (VirtException e) {
            refusal = Optional.of(e);
            world.trace().say(name, () -> "could not begin: " + e.getMessage());
        } finally {
            over = true;
        }
    }

    private MigrationOutcome direct() {
        try (Connection source = connect(move.from()); Connection destination = connect(move.to())) {
            Domain guest = source.domains().byUuid(world.guest());
            return dressed(Migration.of(guest, destination)).run(control());
        }
    }

    private MigrationOutcome asked() {
        try (Connection source = connect(move.from())) {
            Domain guest = source.domains().byUuid(world.guest());
            return dressed(Migration.toPeer(guest, World.uri(move.to()))).run(control());
        }
    }

    private Migration dressed(Migration plain) {
        Migration migration = plain.bandwidth(BANDWIDTH_MIB);
        for (MigrationFlag flag : move.flags()) {
            migration = migration.with(flag);
        }
        return move.flow() == Flow.TUNNELLED ? migration.tunnelled() : migration;
    }

    private Connection connect(String host) {
        return connect(world, process, name, host);
    }

    static Connection connect(World world, Process process, String from, String host) {
        return Connection.open(world.network().dialer(process, from, host), ConnectUri.parse(World.uri(host)),
                ConnectOptions.DEFAULT, SimulatedDaemon.ports(process));
    }

    private PerformControl control() {
        return new PerformControl() {
            @Override
            public void progress(JobStats stats) {
                // Nobody looks.
            }

            @Override
            public boolean cancelled() {
                return cancelled;
            }
        };
    }

    /** Its user presses Ctrl-C. */
    void cancel() {
        world.trace().say(name, () -> "cancels");
        cancelled = true;
    }

    String name() {
        return name;
    }

    Move move() {
        return move;
    }

    Process process() {
        return process;
    }

    /** Whether it has ended, or was killed. */
    boolean isOver() {
        return over || !process.isAlive();
    }

    /** How the migration ended, as far as it was told. */
    Optional<MigrationOutcome> outcome() {
        return outcome;
    }

    /** Why it could not be begun. */
    Optional<VirtException> refusal() {
        return refusal;
    }

    private static String describe(MigrationOutcome outcome) {
        return outcome.getClass().getSimpleName() + ", the guest is " + outcome.owner() + "'s " + outcome.causes();
    }
}
