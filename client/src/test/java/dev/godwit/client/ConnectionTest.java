package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobType;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.ListFlag;
import dev.godwit.driver.Waiting;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainEvents;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.EventProcedures;
import dev.godwit.wire.remote.JobProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.rpc.Threads;
import dev.godwit.wire.rpc.Timer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ConnectionTest {

    private static final UUID ID = UUID.fromString("60601d00-0001-4001-8001-6060606060aa");
    private static final NonnullDomain GUEST = new NonnullDomain("web1", ID, 7);

    private final ScriptedHost host = new ScriptedHost();

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void beginsAsStockClientsDoAndSaysGoodbye() {
        AtomicReference<ConnectProcedures.OpenArgs> opened = new AtomicReference<>();
        host.on(ConnectProcedures.OPEN, args -> {
            opened.set(args);
            return new Nothing();
        });
        host.connect().close();
        assertThat(host.procedures()).containsExactly(66, 60, 1, 2);
        assertThat(host.calls()).extracting(call -> call.header().serial()).containsExactly(0, 1, 2, 3);
        assertThat(host.calls().get(1).body().getInt()).isEqualTo(10);
        assertThat(opened.get()).isEqualTo(new ConnectProcedures.OpenArgs(Optional.of("qemu:///system"), 0));
    }

    @Test
    void aReadOnlyConnectionSaysSo() {
        AtomicReference<ConnectProcedures.OpenArgs> opened = new AtomicReference<>();
        host.on(ConnectProcedures.OPEN, args -> {
            opened.set(args);
            return new Nothing();
        });
        Connection.open(host.dialer(), ConnectUri.parse("qemu+tcp://h/system?no_tty=1"),
                ConnectOptions.DEFAULT.readOnly(true)).close();
        assertThat(opened.get()).isEqualTo(new ConnectProcedures.OpenArgs(Optional.of("qemu:///system"), 1));
    }

    @Test
    void whereNoUriWasGivenTheHostNamesIt() {
        host.on(ConnectProcedures.GET_URI, args -> new ConnectProcedures.GetUriRet("qemu:///system"));
        try (Connection connection = Connection.open(host.dialer(), ConnectUri.ANY, ConnectOptions.DEFAULT)) {
            assertThat(connection.uri()).isEqualTo("qemu:///system");
        }
    }

    @Test
    void polkitIsAskedWhereTheHostWantsIt() {
        host.on(AuthProcedures.LIST, args -> new AuthProcedures.ListRet(List.of(2)));
        host.on(AuthProcedures.POLKIT, args -> new AuthProcedures.PolkitRet(1));
        host.connect().close();
        assertThat(host.procedures()).containsExactly(66, 70, 60, 1, 2);
    }

    @Test
    void aRefusalCarriesNumbersWordsAndHost() {
        host.on(DomainProcedures.LOOKUP_BY_NAME, args -> {
            throw new ScriptedHost.Refusal(42, 10, "Domain not found: no domain with matching name '" + args.name() + "'");
        });
        try (Connection connection = host.connect()) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> connection.domains().byName("x"))
                    .withMessage("Domain not found: no domain with matching name 'x'")
                    .satisfies(e -> {
                        assertThat(e.is(ErrorCode.NO_DOMAIN)).isTrue();
                        assertThat(e.domainNumber()).isEqualTo(10);
                        assertThat(e.host()).contains("scripted");
                    });
            assertThat(connection.domains().find("x", EnumSet.allOf(Domains.By.class))).isEmpty();
        }
    }

    @Test
    void aCallAnOlderHostDoesNotHaveIsNotSupported() {
        host.on(DomainProcedures.LOOKUP_BY_NAME, args -> new DomainRet(GUEST));
        try (Connection connection = host.connect()) {
            Domain guest = connection.domains().byName("web1");
            assertThat(guest.autostartOnce()).isEmpty();
            assertThat(guest.messages()).isEmpty();
            assertThat(guest.securityLabel()).isEmpty();
            assertThatExceptionOfType(VirtException.class).isThrownBy(guest::isActive)
                    .withMessage("this function is not supported by the connection driver: virDomainIsActive")
                    .satisfies(e -> assertThat(e.is(ErrorCode.NO_SUPPORT)).isTrue());
        }
    }

    @Test
    void theNumberOfAnErrorWeDoNotKnowIsKept() {
        host.on(ConnectProcedures.GET_HOSTNAME, args -> {
            throw new ScriptedHost.Refusal(4711, 99, "from the future");
        });
        try (Connection connection = host.connect()) {
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> connection.host().hostname())
                    .withMessage("from the future").satisfies(e -> {
                        assertThat(e.codeNumber()).isEqualTo(4711);
                        assertThat(e.code()).isEmpty();
                    });
        }
    }

    @Test
    void aLostConnectionIsSilenceForEverybodyWhoWaits() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        host.on(ConnectProcedures.GET_HOSTNAME, args -> {
            asked.countDown();
            host.cut();
            return new ConnectProcedures.GetHostnameRet("too late");
        });
        try (Connection connection = host.connect()) {
            assertThatExceptionOfType(LostConnectionException.class)
                    .isThrownBy(() -> connection.host().hostname())
                    .satisfies(e -> assertThat(e.host()).contains("scripted"))
                    .withMessageContaining("Lost the connection to scripted");
            assertThat(asked.await(1, TimeUnit.SECONDS)).isTrue();
            assertThat(connection.ended()).contains(Connection.End.END_OF_FILE);
            assertThatExceptionOfType(LostConnectionException.class).isThrownBy(() -> connection.host().type());
        }
    }

    @Test
    void aClosedConnectionSaysThatItWasClosed() {
        Connection connection = host.connect();
        connection.close();
        connection.close();
        assertThat(connection.ended()).contains(Connection.End.CLOSED);
        assertThatExceptionOfType(LostConnectionException.class).isThrownBy(() -> connection.host().type());
    }

    @Test
    void anInterruptEndsTheWaitAndNotTheConnection() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        host.on(ConnectProcedures.GET_HOSTNAME, args -> {
            asked.countDown();
            await(goOn);
            return new ConnectProcedures.GetHostnameRet("kvm7");
        });
        host.on(ConnectProcedures.GET_TYPE, args -> new ConnectProcedures.GetTypeRet("QEMU"));
        try (Connection connection = host.connect()) {
            AtomicReference<VirtException> caught = new AtomicReference<>();
            AtomicReference<Boolean> flag = new AtomicReference<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    connection.host().hostname();
                } catch (VirtException e) {
                    caught.set(e);
                    flag.set(Thread.currentThread().isInterrupted());
                }
            });
            asked.await();
            caller.interrupt();
            caller.join();
            goOn.countDown();
            assertThat(caught.get().is(ErrorCode.OPERATION_ABORTED)).isTrue();
            assertThat(flag.get()).isTrue();
            assertThat(connection.host().type()).isEqualTo("QEMU");
        }
    }

    @Test
    void aCallToTheEndKeepsTheInterruptForLater() {
        host.on(ConnectProcedures.GET_HOSTNAME, args -> new ConnectProcedures.GetHostnameRet("kvm7"));
        try (Connection connection = host.connect()) {
            Thread.currentThread().interrupt();
            assertThat(connection.callToTheEnd(ConnectProcedures.GET_HOSTNAME, new Nothing()).hostname())
                    .isEqualTo("kvm7");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void guestsAreListedByFilter() {
        AtomicReference<Integer> flags = new AtomicReference<>();
        host.on(ConnectProcedures.LIST_ALL_DOMAINS, args -> {
            flags.set(args.flags());
            return new ConnectProcedures.ListAllDomainsRet(List.of(GUEST), 1);
        });
        try (Connection connection = host.connect()) {
            assertThat(connection.domains().list(EnumSet.of(ListFlag.ACTIVE, ListFlag.AUTOSTART)))
                    .extracting(Domain::ref).containsExactly(new DomainRef("web1", ID, 7));
        }
        assertThat(flags.get()).isEqualTo(1 | 1024);
    }

    @Test
    void manyStatesAreAskedForBeforeTheFirstIsKnown() {
        CountDownLatch asked = new CountDownLatch(3);
        host.on(DomainQueryProcedures.GET_STATE, args -> {
            asked.countDown();
            try {
                asked.await(); // nobody is answered before all have asked
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (args.dom().name().equals("gone")) {
                throw new ScriptedHost.Refusal(42, 10, "Domain not found");
            }
            return new DomainQueryProcedures.GetStateRet(
                    args.dom().name().equals("off") ? DomainState.SHUTOFF.number() : DomainState.RUNNING.number(), 1);
        });
        try (Connection connection = host.connect()) {
            List<Domain> guests = Stream.of("web1", "gone", "off").map(name ->
                    connection.domains().of(new DomainRef(name, ID, -1))).toList();
            assertThat(connection.domains().states(guests)).containsExactly(Optional.of(StateReason.RUNNING_BOOTED),
                    Optional.empty(), Optional.of(StateReason.SHUTOFF_SHUTDOWN));
        }
    }

    @Test
    void anotherRefusalOfAStateIsOne() {
        host.on(DomainQueryProcedures.GET_STATE, args -> {
            throw new ScriptedHost.Refusal(38, 10, "no");
        });
        try (Connection connection = host.connect()) {
            List<Domain> guests = List.of(connection.domains().of(WireNames.ref(GUEST)));
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> connection.domains().states(guests))
                    .withMessage("no");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "qemu:///system", "qemu+unix:///system?socket=/nowhere", "qemu+tcp://nowhere.invalid/system",
        "an-alias", "not a URI ::"})
    void preparingForWhateverWasWrittenConnectsToNothingAndNeverFails(String uri) {
        Connection.prepareSockets(uri);
        assertThat(host.calls()).isEmpty();
    }

    @Test
    void aReasonFromTheFutureIsUnknownInItsState() {
        host.on(DomainQueryProcedures.GET_STATE,
                args -> new DomainQueryProcedures.GetStateRet(DomainState.PAUSED.number(), 99));
        try (Connection connection = host.connect()) {
            Domain guest = connection.domains().of(WireNames.ref(GUEST));
            assertThat(guest.state()).isEqualTo(StateReason.PAUSED_UNKNOWN);
        }
    }

    @Test
    void jobFiguresAreReadWhateverTheirType() {
        host.on(JobProcedures.GET_JOB_STATS, args -> new JobProcedures.GetJobStatsRet(2, List.of(
                TypedParam.signed("operation", 5), TypedParam.unsigned("data_total", -1),
                TypedParam.text("errmsg", "x"), TypedParam.text("downtime", "no number"),
                TypedParam.unsigned("not_known", 1))));
        try (Connection connection = host.connect()) {
            var stats = connection.domains().of(WireNames.ref(GUEST)).jobs().stats();
            assertThat(stats.type()).isEqualTo(JobType.UNBOUNDED);
            assertThat(stats.values()).containsOnlyKeys(JobField.OPERATION, JobField.DATA_TOTAL);
            assertThat(stats.orZero(JobField.DATA_TOTAL)).isEqualTo(-1);
        }
    }

    @Test
    void eventsComeInOrderAlsoThoseBeforeTheRegistrationWasAnswered() throws InterruptedException {
        host.on(EventProcedures.CALLBACK_REGISTER_ANY, args -> {
            host.tell(DomainEvents.LIFECYCLE, new DomainEvents.LifecycleMsg(59, GUEST, 2, 0));
            return new EventProcedures.CallbackRegisterAnyRet(59);
        });
        host.on(EventProcedures.CALLBACK_DEREGISTER_ANY, args -> new Nothing());
        try (Connection connection = host.connect();
                EventSubscription events = connection.events().subscribe(Set.of(EventKind.LIFECYCLE), Optional.empty())) {
            host.tell(DomainEvents.LIFECYCLE, new DomainEvents.LifecycleMsg(60, GUEST, 5, 0));
            host.tell(DomainEvents.LIFECYCLE, new DomainEvents.LifecycleMsg(59, GUEST, 3, 99));
            host.tell(DomainEvents.LIFECYCLE, new DomainEvents.LifecycleMsg(59, GUEST, 4, 0));
            assertThat(next(events)).isEqualTo(new DomainEvent.LifecycleChange(
                    WireNames.ref(GUEST), Lifecycle.STARTED_BOOTED));
            // What is for others, and what we have no name for, is passed over.
            assertThat(next(events)).isEqualTo(new DomainEvent.LifecycleChange(
                    WireNames.ref(GUEST), Lifecycle.RESUMED_UNPAUSED));
            assertThat(events.next(Duration.ofMillis(1))).isEmpty();
        }
        assertThat(host.procedures()).endsWith(317, 2);
    }

    private static DomainEvent next(EventSubscription events) throws InterruptedException {
        return events.next(Duration.ofSeconds(20)).orElseThrow().event();
    }

    @Test
    void kindsThatAHostDoesNotKnowAreLeftOut() {
        host.on(EventProcedures.CALLBACK_REGISTER_ANY, args -> {
            if (args.eventID() == 21) {
                throw new ScriptedHost.Refusal(1, 7, "internal error: unsupported event ID 21");
            }
            return new EventProcedures.CallbackRegisterAnyRet(args.eventID());
        });
        host.on(EventProcedures.CALLBACK_DEREGISTER_ANY, args -> new Nothing());
        try (Connection connection = host.connect()) {
            connection.events().subscribe(List.of(EventKind.LIFECYCLE, EventKind.JOB_COMPLETED), Optional.empty())
                    .close();
            assertThatExceptionOfType(VirtException.class).isThrownBy(() ->
                    connection.events().subscribe(List.of(EventKind.JOB_COMPLETED), Optional.empty()));
        }
    }

    @Test
    void whoWaitsForEventsLearnsOfTheEnd() {
        host.on(EventProcedures.CALLBACK_REGISTER_ANY, args -> new EventProcedures.CallbackRegisterAnyRet(1));
        try (Connection connection = host.connect()) {
            EventSubscription events = connection.events().subscribe(Set.of(EventKind.REBOOT), Optional.empty());
            host.tell(DomainEvents.REBOOT, new DomainEvents.RebootMsg(1, GUEST));
            assertThatExceptionOfType(LostConnectionException.class).isThrownBy(() -> {
                assertThat(next(events)).isEqualTo(new DomainEvent.Reboot(WireNames.ref(GUEST)));
                host.cut();
                events.next();
            });
            assertThatExceptionOfType(LostConnectionException.class).isThrownBy(events::next);
        }
    }

    /** A clock whose alarms go off when the test says so. */
    private static final class Alarms implements Timer {

        private final List<Runnable> set = new CopyOnWriteArrayList<>();

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
            set.add(task);
            return () -> set.remove(task);
        }

        void goOff() {
            set.forEach(Runnable::run);
        }
    }

    @Test
    void aHostThatIsGoneBeforeKeepaliveBeginsIsNotWaitedForWithoutEnd() {
        Alarms alarms = new Alarms();
        CountDownLatch end = new CountDownLatch(1);
        host.on(ConnectProcedures.SUPPORTS_FEATURE, args -> {
            alarms.goOff(); // thirty seconds later
            await(end);
            return new ConnectProcedures.SupportsFeatureRet(1); // nobody waits for it any more
        });
        try {
            assertThatExceptionOfType(LostConnectionException.class).isThrownBy(() -> Connection.open(host.dialer(),
                    ConnectUri.parse("qemu+tcp://h/system"), ConnectOptions.DEFAULT,
                    new Ports(Threads.PLATFORM, _ -> alarms, Waiting.REAL)))
                    .withMessageContaining("has not answered within 30 s");
        } finally {
            end.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
