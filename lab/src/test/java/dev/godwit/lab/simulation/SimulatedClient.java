package dev.godwit.lab.simulation;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.migration.Migration;
import dev.godwit.client.migration.RemoteMigrationDestination;
import dev.godwit.client.migration.RemoteMigrationSource;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.lab.simulation.world.Process;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationProtocol;
import java.time.Duration;
import java.util.Optional;

/** A client that moves the guest, with the real client library. */
final class SimulatedClient {

    private static final long BANDWIDTH_MIB = 20;
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);

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
            outcome = told(switch (move.flow()) {
                case DIRECT -> direct();
                case DIRECT_AS_LIBVIRT -> directAsLibvirt();
                case PEER_TO_PEER, TUNNELLED -> asked();
            });
            world.trace().say(name, () -> "is told: " + outcome.map(SimulatedClient::describe).orElse("it failed"));
        } catch (VirtException e) {
            refusal = Optional.of(e);
            world.trace().say(name, () -> "could not begin: " + e.getMessage());
        } finally {
            over = true;
        }
    }

    private Optional<MigrationOutcome> told(MigrationOutcome happened) {
        if (happened instanceof MigrationOutcome.InDoubt && world.has(Defect.DOUBT_IS_TOLD_AS_ROLLED_BACK)) {
            return Optional.of(new MigrationOutcome.RolledBack(MigrationProtocol.Phase.FINISH, happened.causes()));
        }
        // libvirt's client says that it failed, and nothing of who has the guest.
        return move.flow() == Flow.DIRECT_AS_LIBVIRT && !(happened instanceof MigrationOutcome.Completed)
                ? Optional.empty() : Optional.of(happened);
    }

    private MigrationOutcome directAsLibvirt() {
        try (Connection source = connect(move.from()); Connection destination = connect(move.to())) {
            Domain guest = source.domains().byUuid(world.guest());
            return MigrationProtocol.run(new RemoteMigrationSource(source, PROGRESS_EVERY),
                    new HastyDestination(new RemoteMigrationDestination(destination)),
                    dressed(Migration.of(guest, destination)).request(), control());
        }
    }

    /** A destination whose silence is taken for a refusal, so that the source is told to resume. */
    private record HastyDestination(MigrationDestination real) implements MigrationDestination {

        @Override
        public Receiver prepare(MigrationRequest request, Offer offer) {
            return real.prepare(request, offer);
        }

        @Override
        public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
            try {
                return real.finish(request, sent, verdict);
            } catch (VirtException e) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.REMOTE, "migration failed", e);
            }
        }

        @Override
        public void abandon(MigrationRequest request) {
            real.abandon(request);
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
