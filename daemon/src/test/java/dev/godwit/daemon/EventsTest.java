package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.Lifecycle;
import dev.godwit.driver.DomainEvents;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.remote.EventProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.PlainDomainEvents;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.TypedParam;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventsTest {

    private static final DomainRef WEB = new DomainRef("web", new UUID(1, 2), 3);
    private static final DomainRef MAIL = new DomainRef("mail", new UUID(4, 5), -1);

    @TempDir
    Path folder;

    private final List<Consumer<DomainEvent>> listeners = new CopyOnWriteArrayList<>();
    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu").with(DomainEvents.class, listener -> {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }));
    }

    @AfterEach
    void stop() {
        daemon.close();
        assertThat(listeners).isEmpty();
    }

    private void happens(DomainEvent event) {
        listeners.forEach(listener -> listener.accept(event));
    }

    private static int register(RawClient client, int eventId, Optional<DomainRef> guest) throws Exception {
        return client.call(EventProcedures.CALLBACK_REGISTER_ANY, new EventProcedures.CallbackRegisterAnyArgs(eventId,
                guest.map(g -> new NonnullDomain(g.name(), g.uuid(), g.id())))).callbackID();
    }

    private static dev.godwit.wire.remote.DomainEvents.LifecycleMsg lifecycle(Frame message) {
        assertThat(message.header()).isEqualTo(dev.godwit.wire.remote.DomainEvents.LIFECYCLE.header());
        return dev.godwit.wire.remote.DomainEvents.LIFECYCLE.codec().decodeAll(message.payload());
    }

    @Test
    void eachRegistrationGetsAMessageWithItsId() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system");
                RawClient other = RawClient.open(daemon.tcp(), "qemu:///system")) {
            int first = register(client, 0, Optional.empty());
            int second = register(client, 0, Optional.empty());
            int third = register(other, 0, Optional.empty());
            assertThat(List.of(first, second, third)).doesNotHaveDuplicates();

            happens(new DomainEvent.LifecycleChange(WEB, Lifecycle.SUSPENDED_MIGRATED));

            NonnullDomain web = new NonnullDomain("web", WEB.uuid(), 3);
            assertThat(List.of(lifecycle(client.next()), lifecycle(client.next()))).containsExactlyInAnyOrder(
                    new dev.godwit.wire.remote.DomainEvents.LifecycleMsg(first, web, 3, 1),
                    new dev.godwit.wire.remote.DomainEvents.LifecycleMsg(second, web, 3, 1));
            assertThat(lifecycle(other.next()).callbackID()).isEqualTo(third);
        }
    }

    @Test
    void looksAsAStockDaemonSendsIt() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            assertThat(register(client, 0, Optional.empty())).isZero();
            happens(new DomainEvent.LifecycleChange(WEB, Lifecycle.STOPPED_MIGRATED));
            assertThat(RawClient.hex(client.next())).isEqualTo(("00000044 20008086 00000001 0000013e 00000002 00000001"
                    + "00000000 00000000 00000003 77656200 0000000000000001 0000000000000002 00000003"
                    + "00000005 00000003").replace(" ", ""));
        }
    }

    @Test
    void onlyWhatWasAskedForComes() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            register(client, 0, Optional.of(WEB));
            register(client, 20, Optional.empty());

            happens(new DomainEvent.LifecycleChange(MAIL, Lifecycle.DEFINED_ADDED)); // another guest
            happens(new DomainEvent.Reboot(WEB)); // another kind
            happens(new DomainEvent.LifecycleChange(WEB, Lifecycle.RESUMED_UNPAUSED));
            happens(new DomainEvent.MigrationIteration(MAIL, 7));

            assertThat(lifecycle(client.next()).dom().name()).isEqualTo("web");
            Frame second = client.next();
            assertThat(second.header()).isEqualTo(dev.godwit.wire.remote.DomainEvents.MIGRATION_ITERATION.header());
            assertThat(dev.godwit.wire.remote.DomainEvents.MIGRATION_ITERATION.codec().decodeAll(second.payload())
                    .iteration()).isEqualTo(7);
        }
    }

    @Test
    void figuresOfAJobComeInTheProtocolsOrder() throws Exception {
        Map<JobField, Long> figures = new EnumMap<>(JobField.class);
        figures.put(JobField.MEMORY_TOTAL, 7L);
        figures.put(JobField.OPERATION, 5L);
        figures.put(JobField.TIME_ELAPSED, 9L);
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            register(client, 21, Optional.empty());
            happens(new DomainEvent.JobCompleted(WEB, new JobStats(JobType.COMPLETED, figures)));
            assertThat(dev.godwit.wire.remote.DomainEvents.JOB_COMPLETED.codec().decodeAll(client.next().payload()).params())
                    .containsExactly(TypedParam.signed("operation", 5), TypedParam.unsigned("time_elapsed", 9),
                            TypedParam.unsigned("memory_total", 7));
        }
    }

    @Test
    void anIoErrorComesAsBothKinds() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            register(client, 4, Optional.empty());
            register(client, 6, Optional.empty());
            happens(new DomainEvent.IoError(WEB, "/disk", "virtio-disk0", 1, "enospc"));
            assertThat(List.of(client.next().header().procedure(), client.next().header().procedure()))
                    .containsExactly(322, 324);
        }
    }

    @Test
    void theOlderFormsHaveNoIds() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            assertThat(client.call(EventProcedures.REGISTER, Nothing.NOTHING).cbRegistered()).isEqualTo(1);
            client.call(EventProcedures.REGISTER_ANY, new EventProcedures.RegisterAnyArgs(1));
            assertThat(client.refused(EventProcedures.REGISTER_ANY, new EventProcedures.RegisterAnyArgs(1)).text())
                    .isEqualTo("internal error: domain event 1 already registered");

            happens(new DomainEvent.LifecycleChange(WEB, Lifecycle.STARTED_BOOTED));
            happens(new DomainEvent.Reboot(WEB));

            Frame first = client.next();
            assertThat(first.header().procedure()).isEqualTo(107);
            assertThat(PlainDomainEvents.LIFECYCLE.codec().decodeAll(first.payload()).event()).isEqualTo(2);
            assertThat(client.next().header().procedure()).isEqualTo(169);

            client.call(EventProcedures.DEREGISTER, Nothing.NOTHING);
            client.call(EventProcedures.DEREGISTER_ANY, new EventProcedures.DeregisterAnyArgs(1));
            assertThat(client.refused(EventProcedures.DEREGISTER, Nothing.NOTHING).text())
                    .isEqualTo("internal error: domain event 0 not registered");
        }
    }

    @Test
    void aKindNobodyKnowsIsRefused() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            for (int id : new int[] {30, 1000, -1}) {
                RemoteError error = client.refused(EventProcedures.CALLBACK_REGISTER_ANY,
                        new EventProcedures.CallbackRegisterAnyArgs(id, Optional.empty()));
                assertThat(error.code()).isEqualTo(1);
                assertThat(error.domain()).isEqualTo(7);
                assertThat(error.text()).isEqualTo("internal error: unsupported event ID " + id);
            }
            assertThat(daemon.daemon.eventRegistrationCount()).isZero();
        }
    }

    @Test
    void aRegistrationCanBeTakenBackByItsOwnerOnly() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system");
                RawClient other = RawClient.open(daemon.tcp(), "qemu:///system")) {
            int id = register(client, 0, Optional.empty());
            var args = new EventProcedures.CallbackDeregisterAnyArgs(id);

            assertThat(other.refused(EventProcedures.CALLBACK_DEREGISTER_ANY, args).text())
                    .isEqualTo("internal error: couldn't find domain event callback " + id);
            client.call(EventProcedures.CALLBACK_DEREGISTER_ANY, args);
            assertThat(client.refused(EventProcedures.CALLBACK_DEREGISTER_ANY, args).code()).isEqualTo(1);
        }
    }

    @Test
    void registrationsEndWithTheConnection() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            register(client, 0, Optional.empty());
            register(client, 20, Optional.empty());
            client.call(EventProcedures.REGISTER, Nothing.NOTHING);
            assertThat(daemon.daemon.eventRegistrationCount()).isEqualTo(3);
        }
        TestDaemon.until("no registration is left", () -> daemon.daemon.eventRegistrationCount() == 0);
        happens(new DomainEvent.Reboot(WEB));
    }

    @Test
    void aClientThatDoesNotReadCostsTheGuestNoTimeAndLosesItsConnection() throws Exception {
        try (RawClient lazy = RawClient.open(daemon.tcp(), "qemu:///system");
                RawClient reader = RawClient.open(daemon.tcp(), "qemu:///system")) {
            register(lazy, 0, Optional.empty());
            register(reader, 20, Optional.empty());
            long began = System.nanoTime();
            int sent = 0;
            while (daemon.daemon.connectionCount() == 2) {
                happens(new DomainEvent.LifecycleChange(WEB, Lifecycle.RESUMED_UNPAUSED));
                sent++;
                assertThat(sent).isLessThan(5_000_000);
            }
            assertThat(Duration.ofNanos((System.nanoTime() - began) / sent)).isLessThan(Duration.ofMillis(2));

            happens(new DomainEvent.MigrationIteration(WEB, 1));
            assertThat(reader.next().header().procedure()).isEqualTo(359);
        }
    }
}
