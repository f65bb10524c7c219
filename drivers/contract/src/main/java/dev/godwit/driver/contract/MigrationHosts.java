package dev.godwit.driver.contract;

import static dev.godwit.driver.Verdict.CANCEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationProtocol;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;

/** Two hosts and one guest, and the ways to bring a migration to a certain point: what the contracts of migration begin with. */
abstract class MigrationHosts extends DriverContract {

    static final Set<MigrationFlag> LIVE = Set.of(MigrationFlag.LIVE);

    final UUID uuid = UUID.randomUUID();
    ContractHost a;
    ContractHost b;
    Sent lastSent;

    @BeforeEach
    void twoHosts() {
        a = host("a");
        b = host("b");
    }

    DomainRef create(ContractHost host) {
        return host.guests().create(definition("web1", uuid), Set.of(), ContractHost.CLIENT);
    }

    DomainRef persistent(ContractHost host) {
        return host.guests().start(host.guests().define(definition("web1", uuid), Set.of()), Set.of(),
                ContractHost.CLIENT);
    }

    static MigrationOutcome migrate(ContractHost from, ContractHost to, MigrationRequest request) {
        return MigrationProtocol.run(from.source(), to.destination(), request, PerformControl.NONE);
    }

    static MigrationRequest protectedRequest(DomainRef guest) {
        return MigrationRequest.of(guest, Set.of(MigrationFlag.LIVE, MigrationFlag.CHANGE_PROTECTION));
    }

    /** BEGIN and PREPARE, as the protocol does them; the request as it is then. */
    static MigrationRequest prepareOnly(ContractHost from, ContractHost to, DomainRef guest) {
        MigrationRequest request = protectedRequest(guest);
        Offer offer = from.source().begin(request);
        MigrationRequest prepared = MigrationRequest.of(guest, LIVE).withDestinationXml(offer.xml());
        Receiver receiver = to.destination().prepare(prepared, offer);
        return prepared.withUri(receiver.uri().orElseThrow()).withDestinationName(guest.name());
    }

    /** BEGIN, PREPARE and PERFORM from a to b. */
    MigrationRequest performOnly(DomainRef guest) {
        MigrationRequest request = protectedRequest(guest);
        Offer offer = a.source().begin(request);
        MigrationRequest prepared = request.withDestinationXml(offer.xml());
        Receiver receiver = b.destination().prepare(prepared.withFlags(LIVE), offer);
        MigrationRequest sending = prepared.withUri(receiver.uri().orElseThrow()).withDestinationName(guest.name());
        lastSent = a.source().perform(sending, receiver, PerformControl.NONE);
        return sending;
    }

    /** Migrates slowly from a to b, does something in the middle of it, and waits for the end. */
    MigrationOutcome interrupted(DomainRef guest, Consumer<Watched> accident) throws Exception {
        Watched watched = new Watched();
        MigrationRequest plain = MigrationRequest.of(guest, LIVE);
        MigrationRequest slow = plain.withBandwidthMiB(1);
        CompletableFuture<MigrationOutcome> moving =
                apart(() -> MigrationProtocol.run(a.source(), b.destination(), slow, watched));
        watched.awaitProgress();
        accident.accept(watched);
        return get(moving);
    }

    void cancelled(ContractHost host, MigrationRequest request) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> host.destination().finish(request, Sent.NOTHING, Verdict.CANCEL))
                .withMessage("migration successfully aborted")
                .satisfies(error -> assertThat(error.codeNumber()).isEqualTo(93));
    }

    /** Waits for what the source does alone: the guest runs on there, and its job is over. */
    void awaitRunsOnAtSource(DomainRef guest) {
        await("the guest runs on at the source",
                () -> a.state(guest).equals(Optional.of(StateReason.RUNNING_MIGRATION_CANCELED))
                        && a.jobs().stats(guest).type() == JobType.NONE
                        && a.resolution().reports(guest.uuid()).stream().noneMatch(MigrationResolution.Report::open));
        assertRunsAtSourceAlone(guest);
    }

    void assertRunsAtSourceAlone(DomainRef guest) {
        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(b.guests().list(Set.of()).stream().filter(one -> b.guests().isActive(one))).isEmpty();
    }

    /** Whatever happened: it can be done again. */
    void migratesAgain(DomainRef guest) {
        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).as("the same guest again").isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.state(guest).filter(state -> state.state() != DomainState.SHUTOFF)).isEmpty();
    }

    static void refused(int code, int domain, String message, Runnable call) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(call::run)
                .withMessage(message)
                .satisfies(error -> {
                    assertThat(error.codeNumber()).isEqualTo(code);
                    assertThat(error.domainNumber()).isEqualTo(domain);
                });
    }

    static <T> CompletableFuture<T> apart(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().name("driver of a migration").start(() -> {
            try {
                result.complete(work.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    static <T> T get(CompletableFuture<T> result) throws InterruptedException, ExecutionException {
        try {
            return result.get(90, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("The migration does not end", e);
        }
    }

    /** Sees that there are figures, and can cancel. */
    static final class Watched implements PerformControl {
        private final CountDownLatch seen = new CountDownLatch(1);
        private volatile boolean cancelled;

        @Override
        public void progress(JobStats stats) {
            seen.countDown();
        }

        @Override
        public boolean cancelled() {
            return cancelled;
        }

        void awaitProgress() throws InterruptedException {
            assertThat(seen.await(60, TimeUnit.SECONDS)).as("there were figures").isTrue();
        }

        void cancel() {
            cancelled = true;
        }
    }
}
