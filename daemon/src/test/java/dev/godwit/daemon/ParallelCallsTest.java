package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.StateReason;
import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.driver.Guests;
import dev.godwit.driver.MonitorAccess;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainFlagsArgs;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.KeepAliveProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.QemuProcedures;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many calls at once: on one connection, and on many. */
@Timeout(60)
class ParallelCallsTest {

    private static final NonnullDomain WEB = new NonnullDomain("web", new UUID(1, 2), 3);

    @TempDir
    Path folder;

    private final ConcurrentHashMap<String, CountDownLatch> held = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private TestDaemon daemon;

    /** A monitor whose command ends when the test lets it. */
    private Object hold(String method, Object... args) throws InterruptedException {
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            latch((String) args[1]).await();
        } finally {
            running.decrementAndGet();
        }
        return "done " + args[1];
    }

    private CountDownLatch latch(String name) {
        return held.computeIfAbsent(name, _ -> new CountDownLatch(1));
    }

    @BeforeEach
    void start() throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu")
                .with(MonitorAccess.class, FakeHypervisor.answering(MonitorAccess.class, this::hold))
                .with(Guests.class, FakeHypervisor.answering(Guests.class, (method, _) -> method.equals("byUuid")
                        ? WireForms.ref(WEB) : StateReason.PAUSED_USER)),
                "keepalive_interval = 1", "keepalive_count = 3");
    }

    @AfterEach
    void stop() {
        held.values().forEach(CountDownLatch::countDown);
        daemon.close();
    }

    private static Header hold(RawClient client, String name) throws Exception {
        return client.send(QemuProcedures.MONITOR_COMMAND, new QemuProcedures.MonitorCommandArgs(WEB, name, 0));
    }

    @Test
    void repliesComeAsTheyAreReady() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header first = hold(client, "a");
            Header second = hold(client, "b");

            latch("b").countDown();
            assertThat(client.next().header().serial()).isEqualTo(second.serial());
            latch("a").countDown();
            assertThat(client.next().header().serial()).isEqualTo(first.serial());
        }
    }

    @Test
    void fiveRunAndTheRestWaitTheirTurn() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Set<Integer> waiting = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                waiting.add(hold(client, "all").serial());
            }
            TestDaemon.until("five run", () -> running.get() == 5);

            latch("all").countDown();
            for (int i = 0; i < 20; i++) {
                waiting.remove(client.next().header().serial());
            }
            assertThat(waiting).isEmpty();
            assertThat(mostRunning).hasValue(5);
        }
    }

    @Test
    void whatNeverWaitsForAGuestOvertakes() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            for (int i = 0; i < 30; i++) {
                hold(client, "all");
            }
            assertThat(client.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0)).state()).isEqualTo(3);
        }
    }

    @Test
    void pingIsAnsweredWhileEveryPlaceIsTaken() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            for (int i = 0; i < 30; i++) {
                hold(client, "all");
            }
            client.ping();

            assertThat(RawClient.hex(client.next()))
                    .isEqualTo("0000001c6b6565700000000100000002000000020000000000000000");
        }
    }

    @Test
    void pingIsAnsweredBeforeAnythingElseWasSaid() throws Exception {
        try (RawClient client = new RawClient(daemon.tcp())) {
            client.ping();

            assertThat(client.next().header().procedure()).isEqualTo(KeepAliveProcedures.PONG);
        }
    }

    @Test
    void aClientThatKnowsKeepaliveIsAskedAndThenGivenUp() throws Exception {
        try (RawClient silent = RawClient.open(daemon.tcp(), "qemu:///system");
                RawClient unaware = RawClient.open(daemon.tcp(), "qemu:///system")) {
            silent.call(ConnectProcedures.SUPPORTS_FEATURE, new ConnectProcedures.SupportsFeatureArgs(10));

            List<String> asked = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                asked.add(RawClient.hex(silent.next()));
            }

            assertThat(asked).containsOnly("0000001c6b6565700000000100000001000000020000000000000000");
            assertThat(silent.isClosedByDaemon()).isTrue();
            assertThat(unaware.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0)).state()).isEqualTo(3);
        }
    }

    @Test
    void aClientThatAnswersStays() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            client.call(ConnectProcedures.SUPPORTS_FEATURE, new ConnectProcedures.SupportsFeatureArgs(10));
            for (int i = 0; i < 6; i++) { // longer than (3 + 1) × 1 second
                assertThat(client.next().header().procedure()).isEqualTo(KeepAliveProcedures.PING);
                client.send(new Header(Program.KEEPALIVE.number(), 1, KeepAliveProcedures.PONG, MessageType.MESSAGE, 0,
                        MessageStatus.OK), ByteBuffer.allocate(0));
            }
            assertThat(client.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0)).state()).isEqualTo(3);
        }
    }

    @Test
    void twoHundredClientsAtOnce() throws Exception {
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch allThere = new CountDownLatch(200);
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Callable<Integer> talk = () -> {
                    try (RawClient client = RawClient.open(
                            Thread.currentThread().threadId() % 2 == 0 ? daemon.tcp() : daemon.unix(), "qemu:///system")) {
                        allThere.countDown();
                        allThere.await();
                        int answers = 0;
                        for (int call = 0; call < 20; call++) {
                            answers += client.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0)).reason();
                        }
                        return answers;
                    }
                };
                clients.add(pool.submit(talk));
            }
            for (Future<Integer> client : clients) {
                assertThat(client.get()).isEqualTo(20);
            }
        }
        TestDaemon.until("all have left", () -> daemon.daemon.connectionCount() == 0);
    }

    @Test
    void moreClientsThanThereMayBeWaitTheirTurn() throws Exception {
        daemon.close();
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu")
                .with(Guests.class, FakeHypervisor.answering(Guests.class, (_, _) -> StateReason.PAUSED_USER)),
                "max_clients = 2");
        RawClient one = RawClient.open(daemon.tcp(), "qemu:///system");
        RawClient two = RawClient.open(daemon.tcp(), "qemu:///system");
        try (RawClient three = new RawClient(daemon.tcp())) {
            Header asked = three.send(ConnectProcedures.SUPPORTS_FEATURE, new ConnectProcedures.SupportsFeatureArgs(10));
            assertThat(one.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0)).state()).isEqualTo(3);
            assertThat(daemon.daemon.connectionCount()).isEqualTo(2);

            one.close();

            Frame reply = three.next();
            assertThat(reply.header().serial()).isEqualTo(asked.serial());
        } finally {
            two.close();
        }
    }

    @Test
    void aClientThatDoesNotReadItsRepliesStopsOnlyItself() throws Exception {
        try (RawClient lazy = RawClient.open(daemon.tcp(), "qemu:///system");
                RawClient busy = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Thread flood = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        lazy.send(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0));
                    }
                } catch (Exception _) {
                    // the connection is closed at the end of the test
                }
            });
            TestDaemon.until("the flood is stuck", () -> flood.getState() == Thread.State.WAITING);
            for (int i = 0; i < 1000; i++) {
                busy.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0));
            }
        }
        TestDaemon.until("both have left", () -> daemon.daemon.connectionCount() == 0);
    }
}
