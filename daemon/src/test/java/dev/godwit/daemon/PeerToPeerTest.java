package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.migration.Migration;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.CreateFlag;
import dev.godwit.driver.Facet;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.simulated.SimulatedSession;
import dev.godwit.driver.simulated.SimulatedWorld;
import dev.godwit.guest.GuestManager;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.OlderMigrationProcedures;
import dev.godwit.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A source daemon that drives: two daemons in this process, with machines on paper. */
@Timeout(60)
class PeerToPeerTest {

    private static final UUID GUEST = UUID.fromString("0b7c3f0e-6a5d-4d0f-9f57-3f3d1f1a0001");
    private static final long SLOW_MIB = 1;
    private static final long FAST_MIB = 8796093022207L;

    @TempDir
    Path folder;

    private final SimulatedWorld world = new SimulatedWorld();
    private volatile Runnable atFinish = () -> {};
    private TestDaemon a;
    private TestDaemon b;
    private Connection toA;
    private Domain guest;

    @BeforeEach
    void start() throws Exception {
        a = daemon("a");
        b = daemon("b");
        toA = open(a);
        guest = toA.domains().create("""
                <domain type='test'>
                  <name>web1</name>
                  <uuid>%s</uuid>
                  <memory unit='MiB'>64</memory>
                  <vcpu>1</vcpu>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """.formatted(GUEST), Set.<CreateFlag>of());
    }

    @AfterEach
    void stop() {
        toA.close();
        a.close();
        b.close();
    }

    /** A daemon whose driver has a host of its own name, although both run on one machine. */
    private TestDaemon daemon(String name) throws Exception {
        Path place = Files.createDirectory(folder.resolve(name));
        return TestDaemon.start(place, new HypervisorDriver() {
            @Override
            public String scheme() {
                return "test";
            }

            @Override
            public HostSession open(HostSetting s) {
                return watched(new SimulatedSession(s.called(name + ".example.net"), world, GuestManager.PATIENCE));
            }
        });
    }

    /** The same session, with {@link #atFinish} before each FINISH that is not a cancel. */
    private HostSession watched(HostSession session) {
        MigrationDestination real = session.facet(MigrationDestination.class).orElseThrow();
        MigrationDestination destination = FakeHypervisor.answering(MigrationDestination.class, (method, args) -> {
            if (method.equals("finish") && args[2] == Verdict.GO) {
                atFinish.run();
            }
            return switch (method) {
                case "prepare" -> real.prepare((MigrationRequest) args[0], (Offer) args[1]);
                case "sourceAsks" -> real.sourceAsks((Sent) args[0]);
                case "finish" -> real.finish((MigrationRequest) args[0], (Sent) args[1], (Verdict) args[2]);
                default -> {
                    real.abandon((MigrationRequest) args[0]);
                    yield null;
                }
            };
        });
        return new HostSession() {
            @Override
            public <F extends Facet> Optional<F> facet(Class<F> type) {
                return type == MigrationDestination.class ? Optional.of(type.cast(destination)) : session.facet(type);
            }

            @Override
            public void autostart() {
                session.autostart();
            }

            @Override
            public void close() {
                session.close();
            }
        };
    }

    private static String uri(TestDaemon daemon) {
        return "test+tcp://127.0.0.1:" + ((InetSocketAddress) daemon.tcp()).getPort() + "/default";
    }

    private static Connection open(TestDaemon daemon) {
        return Connection.open(ConnectUri.parse(uri(daemon)), ConnectOptions.DEFAULT);
    }

    private Optional<StateReason> stateAt(TestDaemon daemon) {
        try (Connection connection = open(daemon)) {
            return Optional.of(connection.domains().byUuid(GUEST).state());
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Migration migration() {
        return Migration.toPeer(guest, uri(b)).live();
    }

    private Migration migration(boolean tunnelled) {
        return tunnelled ? migration().tunnelled() : migration();
    }

    private void slow() {
        guest.jobs().maxSpeedMiB(SLOW_MIB, false);
    }

    /** Lets the migration run until some of the guest has been sent. */
    private final class Begun implements PerformControl {

        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile boolean cancel;

        @Override
        public void progress(JobStats stats) {
            begun.countDown();
        }

        @Override
        public boolean cancelled() {
            return cancel;
        }

        void await() throws InterruptedException {
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private CompletableFuture<MigrationOutcome> inBackground(Migration migration, PerformControl control) {
        CompletableFuture<MigrationOutcome> outcome = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(migration.run(control));
            } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    private void assertRunsAtSourceAlone() {
        TestDaemon.until("the guest runs at the source alone", () -> world.running(GUEST) == 1
                && stateAt(a).filter(state -> state.state() == DomainState.RUNNING).isPresent());
        TestDaemon.until("nothing is left at the destination",
                () -> world.host("b.example.net").machine(GUEST).isEmpty()
                        && world.host("b.example.net").receiverCount() == 0);
    }

    @ParameterizedTest(name = "tunnelled: {0}")
    @ValueSource(booleans = {false, true})
    void theSourceMovesItByItself(boolean tunnelled) {
        MigrationOutcome outcome = migration(tunnelled).run(PerformControl.NONE);

        assertThat(outcome).isEqualTo(new MigrationOutcome.Completed(
                new DomainRef("web1", GUEST, DomainRef.INACTIVE)));
        assertThat(stateAt(a)).isEmpty();
        assertThat(stateAt(b)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(world.running(GUEST)).isOne();
        TestDaemon.until("the source has left the destination", () -> b.daemon.connectionCount() == 0);
    }

    @Test
    void aClientThatKnowsBothHostsCanHaveItDrivenToo() {
        try (Connection toB = open(b)) {
            MigrationOutcome outcome = Migration.of(guest, toB).live().persistent().named("web9").peerToPeer()
                    .run(PerformControl.NONE);

            assertThat(((MigrationOutcome.Completed) outcome).guest()).isEqualTo(toB.domains().byName("web9").ref());
            assertThat(toB.domains().byName("web9").isPersistent()).isTrue();
        }
        assertThat(world.running(GUEST)).isOne();
    }

    @Test
    void theOlderFormDoesTheSame() throws Exception {
        try (RawClient client = RawClient.open(a.tcp(), "test:///default")) {
            client.call(OlderMigrationProcedures.PERFORM3, new OlderMigrationProcedures.Perform3Args(
                    new NonnullDomain("web1", GUEST, 1), Optional.empty(), Opaque.empty(), Optional.of(uri(b)),
                    Optional.empty(), 0x3, Optional.of("web2"), 0));
        }
        try (Connection toB = open(b)) {
            assertThat(toB.domains().byName("web2").uuid()).isEqualTo(GUEST);
        }
    }

    @ParameterizedTest(name = "tunnelled: {0}")
    @ValueSource(booleans = {false, true})
    void itGoesOnWithoutTheClient(boolean tunnelled) throws Exception {
        slow();
        Begun begun = new Begun();
        CompletableFuture<MigrationOutcome> outcome;
        try (Connection client = open(a)) {
            Domain mine = client.domains().byUuid(GUEST);
            outcome = inBackground(tunnelled
                    ? Migration.toPeer(mine, uri(b)).live().tunnelled()
                    : Migration.toPeer(mine, uri(b)).live(), begun);
            begun.await();
        }
        assertThat(outcome.join()).isInstanceOf(MigrationOutcome.OutOfSight.class);
        assertThat(outcome.join().owner()).isEqualTo(MigrationOutcome.Owner.UNKNOWN);
        assertThat(stateAt(b)).contains(StateReason.PAUSED_MIGRATION);

        guest.jobs().maxSpeedMiB(FAST_MIB, false);

        TestDaemon.until("the guest runs at the destination",
                () -> stateAt(b).filter(StateReason.RUNNING_MIGRATED::equals).isPresent());
        TestDaemon.until("nothing is left at the source", () -> stateAt(a).isEmpty());
        assertThat(world.running(GUEST)).isOne();
    }

    @ParameterizedTest(name = "tunnelled: {0}")
    @ValueSource(booleans = {false, true})
    void aDestinationThatDiesEndsTheMigrationAndNotTheGuest(boolean tunnelled) throws Exception {
        slow();
        Begun begun = new Begun();
        CompletableFuture<MigrationOutcome> outcome = inBackground(migration(tunnelled), begun);
        begun.await();

        b.close();

        assertThat(outcome.join()).isInstanceOf(MigrationOutcome.RolledBack.class);
        VirtException failure = outcome.join().failure().orElseThrow();
        assertThat(failure.getMessage()).containsIgnoringCase("lost").contains("connection");
        assertThat(failure.is(ErrorCode.OPERATION_ABORTED)).as("cancelled by nobody").isFalse();
        assertThat(stateAt(a).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
    }

    @ParameterizedTest(name = "tunnelled: {0}")
    @ValueSource(booleans = {false, true})
    void itCanBeCancelled(boolean tunnelled) throws Exception {
        slow();
        Begun begun = new Begun();
        CompletableFuture<MigrationOutcome> outcome = inBackground(migration(tunnelled), begun);
        begun.await();

        begun.cancel = true;

        VirtException failure = outcome.join().failure().orElseThrow();
        assertThat(failure).hasMessage("operation aborted: job 'migration out' canceled by client");
        assertRunsAtSourceAlone();
    }

    @Test
    void anotherClientSeesHowFarItIsAndCancelsIt() throws Exception {
        slow();
        CompletableFuture<MigrationOutcome> outcome = inBackground(migration(), PerformControl.NONE);
        try (Connection other = open(a)) {
            Domain same = other.domains().byUuid(GUEST);
            TestDaemon.until("there are figures",
                    () -> same.jobs().stats().type() == JobType.UNBOUNDED);
            same.jobs().abort();
        }
        assertThat(outcome.join().owner()).isEqualTo(MigrationOutcome.Owner.SOURCE);
        assertRunsAtSourceAlone();
    }

    @Test
    void aSecondOneIsRefused() throws Exception {
        slow();
        Begun begun = new Begun();
        CompletableFuture<MigrationOutcome> first = inBackground(migration(), begun);
        begun.await();

        VirtException failure = migration().run(PerformControl.NONE).failure().orElseThrow();
        assertThat(failure).hasMessage(
                "Requested operation is not valid: another migration job is already running for domain 'web1'");

        begun.cancel = true;
        first.join();
        assertRunsAtSourceAlone();
    }

    @Test
    void aDestinationThatCannotBeReachedIsNamedFromTheSourcesPointOfView() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        MigrationOutcome outcome = Migration.toPeer(guest, "test+tcp://127.0.0.1:" + port + "/default").live()
                .run(PerformControl.NONE);

        VirtException failure = outcome.failure().orElseThrow();
        assertThat(failure.is(ErrorCode.SYSTEM_ERROR)).isTrue();
        assertThat(failure.getMessage())
                .startsWith("unable to connect to server at '127.0.0.1:" + port + "': Connection refused."
                        + " The source host " + a.daemon.identity().name()
                        + " tried to open test+tcp://127.0.0.1:" + port + "/default itself, as user "
                        + System.getProperty("user.name"));
        assertThat(stateAt(a)).contains(StateReason.RUNNING_BOOTED);
    }

    @Test
    void theSourceDoesNotMoveItToItself() throws Exception {
        for (String itself : new String[] {"test:///default", "test+tcp://localhost/default"}) {
            assertThat(Migration.toPeer(guest, itself).run(PerformControl.NONE).failure().orElseThrow())
                    .hasMessage("Attempt to migrate guest to the same host");
            try (RawClient client = RawClient.open(a.tcp(), "test:///default")) {
                assertThat(client.refused(MigrationProcedures.PERFORM, new MigrationProcedures.PerformArgs(
                        new NonnullDomain("web1", GUEST, 1), Optional.of(itself), List.of(), Opaque.empty(),
                        0x3)).text()).isEqualTo("Attempt to migrate guest to the same host");
            }
        }
        assertThat(migrationTo(a).failure().orElseThrow().getMessage()).contains("same host");
        assertThat(stateAt(a).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(world.running(GUEST)).isOne();
    }

    private MigrationOutcome migrationTo(TestDaemon daemon) {
        return Migration.toPeer(guest, uri(daemon)).live().run(PerformControl.NONE);
    }

    @Test
    void aRefusalOfTheDestinationIsToldInItsWords() {
        try (Connection toB = open(b)) {
            toB.domains().create("""
                    <domain type='test'>
                      <name>web1</name>
                      <uuid>%s</uuid>
                      <memory unit='MiB'>64</memory>
                      <vcpu>1</vcpu>
                      <os><type arch='x86_64'>hvm</type></os>
                    </domain>
                    """.formatted(GUEST), Set.of());

            assertThat(migrationTo(b).failure().orElseThrow())
                    .hasMessage("Requested operation is not valid: domain 'web1' is already active");
        }
        assertThat(stateAt(a).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void aDestinationThatFallsSilentAtTheEndLeavesTheGuestPausedAtTheSource() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        atFinish = () -> {
            asked.countDown();
            try {
                gone.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.TEST, "this daemon is gone");
        };
        CompletableFuture<MigrationOutcome> outcome = inBackground(migration(), PerformControl.NONE);
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        String there = uri(b);
        b.close();
        gone.countDown();

        assertThat(outcome.join()).isInstanceOf(MigrationOutcome.InDoubt.class);
        assertThat(outcome.join().failure().orElseThrow().getMessage()).startsWith("operation failed: the destination"
                + " did not say whether the guest runs there, so it stays paused at the source.");
        assertThat(stateAt(a)).contains(StateReason.PAUSED_MIGRATION);
        // It may run over there: nobody may resume it by the way.
        assertThatThrownBy(guest::resume).hasMessageContaining("is in doubt: it was sent to " + there);
        assertThat(stateAt(a)).contains(StateReason.PAUSED_MIGRATION);
    }
}
