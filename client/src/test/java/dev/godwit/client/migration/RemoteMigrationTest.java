package dev.godwit.client.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Connection;
import dev.godwit.client.ScriptedHost;
import dev.godwit.client.ScriptedHost.Refusal;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.driver.PerformControl;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.JobProcedures;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the two hosts hear when something goes wrong, and who has the guest then. */
@Timeout(60)
class RemoteMigrationTest {

    private static final DomainRef GUEST = new DomainRef("web1", new UUID(1, 2), 3);
    private static final Opaque COOKIE = Opaque.ofTextWithNul("<qemu-migration/>");

    private final ScriptedHost source = new ScriptedHost();
    private final ScriptedHost destination = new ScriptedHost();
    private final AtomicReference<MigrationProcedures.FinishArgs> finished = new AtomicReference<>();
    private final AtomicReference<MigrationProcedures.ConfirmArgs> confirmed = new AtomicReference<>();

    @BeforeEach
    void allGoesWell() {
        source.on(MigrationProcedures.BEGIN, args -> new MigrationProcedures.BeginRet(COOKIE, "<domain/>"))
                .on(DomainQueryProcedures.GET_STATE, args -> new DomainQueryProcedures.GetStateRet(1, 1))
                .on(MigrationProcedures.PERFORM, args -> new MigrationProcedures.PerformRet(COOKIE))
                .on(MigrationProcedures.CONFIRM, args -> {
                    confirmed.set(args);
                    return new Nothing();
                });
        destination.on(MigrationProcedures.PREPARE,
                        args -> new MigrationProcedures.PrepareRet(COOKIE, Optional.of("tcp:b:49152")))
                .on(MigrationProcedures.FINISH, args -> {
                    finished.set(args);
                    if (args.cancelled() != 0) {
                        throw new Refusal(93, 10, "migration successfully aborted");
                    }
                    return new MigrationProcedures.FinishRet(new NonnullDomain("web1", GUEST.uuid(), 9), COOKIE);
                });
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    private MigrationOutcome run(PerformControl control) {
        try (Connection from = source.connect(); Connection to = destination.connect()) {
            return Migration.of(from.domains().of(GUEST), to).live()
                    .progressEvery(Duration.ofMillis(5)).run(control);
        }
    }

    @Test
    void theGuestIsSomewhereElseAfterwards() {
        assertThat(run(PerformControl.NONE))
                .isEqualTo(new MigrationOutcome.Completed(new DomainRef("web1", GUEST.uuid(), 9)));
        assertThat(confirmed.get().flags()).isEqualTo(0x101);
        assertThat(finished.get().flags()).isEqualTo(1);
    }

    @Test
    void aPausedGuestStaysPaused() {
        source.on(DomainQueryProcedures.GET_STATE, args -> new DomainQueryProcedures.GetStateRet(3, 1));
        run(PerformControl.NONE);
        assertThat(finished.get().flags()).isEqualTo(0x21);
        assertThat(confirmed.get().flags()).isEqualTo(0x121);
    }

    @Test
    void aSourceThatCannotProtectIsNotAskedToAndHearsOfNoCancel() {
        source.on(ConnectProcedures.SUPPORTS_FEATURE,
                args -> new ConnectProcedures.SupportsFeatureRet(args.feature() == 7 ? 0 : 1));
        AtomicReference<Integer> flags = new AtomicReference<>();
        source.on(MigrationProcedures.BEGIN, args -> {
            flags.set(args.flags());
            return new MigrationProcedures.BeginRet(COOKIE, "<domain/>");
        });
        destination.on(MigrationProcedures.PREPARE, args -> {
            throw new Refusal(1, 10, "no memory");
        });
        assertThat(run(PerformControl.NONE).owner()).isEqualTo(Owner.SOURCE);
        assertThat(flags.get()).isEqualTo(1);
        assertThat(confirmed.get()).isNull();
    }

    @Test
    void whenPrepareFailsOnlyTheSourceHearsOfIt() {
        destination.on(MigrationProcedures.PREPARE, args -> {
            throw new Refusal(1, 10, "no memory");
        });
        MigrationOutcome outcome = run(PerformControl.NONE);
        assertThat(outcome.owner()).isEqualTo(Owner.SOURCE);
        assertThat(outcome.failure().orElseThrow()).hasMessage("no memory");
        assertThat(confirmed.get().cancelled()).isEqualTo(1);
        assertThat(confirmed.get().cookieIn().isEmpty()).isTrue();
        assertThat(finished.get()).isNull();
    }

    @Test
    void whenPerformFailsOnlyTheDestinationHearsOfIt() {
        source.on(MigrationProcedures.PERFORM, args -> {
            throw new Refusal(9, 10, "operation failed: job 'migration out' failed: broken pipe");
        });
        assertThat(run(PerformControl.NONE).owner()).isEqualTo(Owner.SOURCE);
        assertThat(finished.get().cancelled()).isEqualTo(1);
        assertThat(finished.get().cookieIn().isEmpty()).isTrue();
        assertThat(confirmed.get()).isNull();
    }

    @Test
    void aHostWithoutParametersIsToldApartByName() {
        destination.on(ConnectProcedures.SUPPORTS_FEATURE, args -> new ConnectProcedures.SupportsFeatureRet(0));
        MigrationOutcome outcome = run(PerformControl.NONE);
        assertThat(outcome.failure().orElseThrow().is(ErrorCode.ARGUMENT_UNSUPPORTED)).isTrue();
        assertThat(outcome.owner()).isEqualTo(Owner.SOURCE);
        assertThat(destination.procedures()).doesNotContain(303);
    }

    @Test
    void silenceAtFinishIsDoubt() {
        destination.on(MigrationProcedures.FINISH, args -> {
            destination.cut();
            throw new Refusal(1, 7, "never sent");
        });
        MigrationOutcome outcome = run(PerformControl.NONE);
        assertThat(outcome).isInstanceOf(MigrationOutcome.InDoubt.class);
        assertThat(outcome.owner()).isEqualTo(Owner.UNKNOWN);
        assertThat(confirmed.get()).isNull();
    }

    /** A PERFORM that lasts until somebody aborts it, as a stock source's does. */
    private CountDownLatch performUntilAborted() {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> aborted = new CompletableFuture<>();
        AtomicBoolean early = new AtomicBoolean(true);
        source.on(MigrationProcedures.PERFORM, args -> {
            begun.countDown();
            aborted.join();
            throw new Refusal(78, 10, "operation aborted: job 'migration out' canceled by client");
        });
        source.on(JobProcedures.ABORT_JOB, args -> {
            if (early.getAndSet(false)) {
                throw new Refusal(55, 10, "Requested operation is not valid: no job is active on the domain");
            }
            aborted.complete(true);
            return new Nothing();
        });
        return begun;
    }

    @Test
    void aWishToCancelAbortsTheJobAndIsRepeatedUntilHeard() {
        CountDownLatch begun = performUntilAborted();
        MigrationOutcome outcome = run(new PerformControl() {
            @Override
            public void progress(JobStats stats) {}

            @Override
            public boolean cancelled() {
                return begun.getCount() == 0;
            }
        });
        assertThat(outcome.failure().orElseThrow().is(ErrorCode.OPERATION_ABORTED)).isTrue();
        assertThat(outcome.owner()).isEqualTo(Owner.SOURCE);
        assertThat(finished.get().cancelled()).isEqualTo(1);
        assertThat(source.procedures().stream().filter(procedure -> procedure == 164)).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void anInterruptCancelsAndIsKept() throws InterruptedException {
        CountDownLatch begun = performUntilAborted();
        CompletableFuture<MigrationOutcome> outcome = new CompletableFuture<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread mover = Thread.ofVirtual().start(() -> {
            MigrationOutcome result = run(PerformControl.NONE);
            interrupted.set(Thread.currentThread().isInterrupted());
            outcome.complete(result);
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        mover.interrupt();
        assertThat(outcome.join().failure().orElseThrow().is(ErrorCode.OPERATION_ABORTED)).isTrue();
        assertThat(interrupted).isTrue();
        assertThat(finished.get().cancelled()).isEqualTo(1);
    }

    @Test
    void progressComesWhileItIsSent() {
        CountDownLatch seen = new CountDownLatch(3);
        source.on(JobProcedures.GET_JOB_STATS, args -> new JobProcedures.GetJobStatsRet(2,
                List.of(TypedParam.unsigned("data_total", 1000))));
        source.on(MigrationProcedures.PERFORM, args -> {
            try {
                seen.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new MigrationProcedures.PerformRet(COOKIE);
        });
        AtomicBoolean wrong = new AtomicBoolean();
        MigrationOutcome outcome = run(new PerformControl() {
            @Override
            public void progress(JobStats stats) {
                wrong.compareAndSet(false, stats.orZero(JobField.DATA_TOTAL) != 1000);
                seen.countDown();
            }

            @Override
            public boolean cancelled() {
                return false;
            }
        });
        assertThat(outcome.owner()).isEqualTo(Owner.DESTINATION);
        assertThat(wrong).isFalse();
    }
}
