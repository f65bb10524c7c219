package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobType;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.MigrationCapability;
import dev.godwit.driver.qemu.qmp.MigrationCommands.Migrate;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateCancel;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetParameters;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrate;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrateCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationInfo;
import dev.godwit.driver.qemu.qmp.MigrationParameters;
import dev.godwit.driver.qemu.qmp.MigrationStatus;
import dev.godwit.driver.qemu.qmp.QmpEvent;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.driver.qemu.qmp.QmpListener;
import dev.godwit.guest.GuestMigrations;
import dev.godwit.guest.MigrationJob;
import dev.godwit.guest.MigrationLimits;
import dev.godwit.guest.Transfer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * QEMU sends one guest: what it is told before, how its events are followed, what its end means.
 *
 * <pre>
 *   migrate ─► setup ─► active ─► device ─► completed
 *                         │          │
 *                         └─ cancel ─┴────► cancelled, failed; or completed, when it came too late for QEMU
 * </pre>
 *
 * <p>A cancel that QEMU was too late for is obeyed here: nobody has been told yet that all was sent.
 *
 * <p>One thread runs it and waits for news: an event of QEMU, the end of its monitor, or somebody who wants it given up. Nothing is
 * asked again and again; the wait ends now and then only to look whether the one who drives has given up, and to show him
 * figures.
 */
public final class QemuTransfer {

    /** How often the one who drives is shown figures and asked whether he goes on. */
    private static final long BEAT_MILLIS = 100;

    /** How long QEMU may take to give up a transfer. */
    private static final long STOP_SECONDS = 30;

    private static final int MIB_BITS = 20;

    private final MigrationRequest request;
    private final Optional<QemuMigrationUri> uri;
    private final QemuMigrationTls tls;
    private final GuestMigrations migrations;
    private final PerformControl control;
    private final InstantSource clock;
    private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
    /** Whether the thread that runs it was interrupted; set aside, because QEMU still has to be spoken to. */
    private boolean interrupted;

    /** What can happen while a guest is sent. */
    private sealed interface News {
        /** QEMU is in another state. */
        record Status(MigrationStatus status) implements News {}

        /** The guest was stopped. */
        record Stopped(Instant at) implements News {}

        /** Another pass over memory began. */
        record Pass(int number) implements News {}

        /** QEMU is gone. */
        record Gone(QmpException.Disconnected why) implements News {}

        /** The way through the daemons is broken. */
        record Broken(VirtException why) implements News {}

        /** Somebody wants it given up. */
        record Wake() implements News {}
    }

    QemuTransfer(MigrationRequest request, Optional<QemuMigrationUri> uri, QemuMigrationTls tls,
            GuestMigrations migrations, PerformControl control, InstantSource clock) {
        this.request = request;
        this.tls = tls;
        this.uri = uri;
        this.migrations = migrations;
        this.control = control;
        this.clock = clock;
    }

    /** Wakes the thread that runs it. */
    void wake() {
        news.add(new News.Wake());
    }

    /** Says to the thread that runs it that the way is broken. */
    void broken(VirtException why) {
        news.add(new News.Broken(why));
    }

    /**
     * Sends the guest.
     *
     * @param way   on which it is sent
     * @param there what the destination's QEMU can do, where it said so
     * @return the figures; the guest stands still
     * @throws VirtException 9, 78 or 1; QEMU sends no more, and its settings are as before
     */
    QemuMigrationStatistics run(QemuMachine machine, MigrationJob job, Transfer wanted, QemuOutlet way,
            Optional<Set<MigrationCapability>> there) {
        // Nobody but the migration lets the guest run now; if QEMU does because it failed, this is why.
        migrations.run(job).expectResume(StateReason.RUNNING_MIGRATION_CANCELED);
        QemuMigrationStatistics begun = QemuMigrationStatistics.begun(
                job.note().started().orElseGet(clock::instant), JobOperation.MIGRATION_OUT);
        boolean done = false;
        try (Client.Registration _ = machine.listen(new Ear())) {
            QemuMigrationReset.remember(machine);
            tell(machine, job, there);
            job.progress(() -> begun.with(machine.ask(new QueryMigrate())).elapsed(clock.instant())
                    .stats(JobType.UNBOUNDED));
            QemuMigrationStatistics figures = follow(machine, job, wanted, way, begun);
            done = true;
            return figures;
        } finally {
            if (!done) {
                QemuMigrationReset.restore(machine);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void tell(QemuMachine machine, MigrationJob job, Optional<Set<MigrationCapability>> there) {
        MigrationParameters encryption =
                tls.enable(machine, request, Host.SOURCE, uri.map(to -> QemuMigrationTls.expectedName(request, to)).orElse(""));
        Set<MigrationCapability> here = QemuMigrationCapabilities.of(machine.ask(new QueryMigrateCapabilities()));
        machine.ask(new MigrateSetCapabilities(QemuMigrationCapabilities.decide(Host.SOURCE, request, here, there)));
        long mib = QemuMigrationSupport.bandwidthMiB(request).orElse(job.guest().limits().maxSpeedMiB());
        machine.ask(new MigrateSetParameters(encryption.withMaxBandwidth(bytes(mib))));
    }

    /** MiB/s as QEMU wants them. */
    static long bytes(long mib) {
        return Math.min(mib, MigrationLimits.UNLIMITED) << MIB_BITS;
    }

    private QemuMigrationStatistics follow(
            QemuMachine machine, MigrationJob job, Transfer wanted, QemuOutlet way, QemuMigrationStatistics begun) {
        Optional<Instant> stopped = Optional.empty();
        if (!request.has(MigrationFlag.LIVE) && migrations.running(job)) {
            migrations.pauseOutgoing(job);
            stopped = Optional.of(clock.instant());
        }
        if (control.cancelled() || wanted.cancelled()) {
            throw cancelled();
        }
        machine.log().note("initiating migration");
        machine.ask(new Migrate(way.handOver(machine)));
        stopped = sent(machine, job, wanted, stopped);
        way.finish();
        return completed(machine, begun, stopped);
    }

    /**
     * Returns when QEMU has sent everything.
     *
     * @param before when the guest was stopped, if that is so already
     * @return when the guest was stopped
     */
    private Optional<Instant> sent(QemuMachine machine, MigrationJob job, Transfer wanted, Optional<Instant> before) {
        Optional<Instant> stopped = before;
        Optional<VirtException> broken = Optional.empty();
        boolean cancelling = false;
        while (true) {
            switch (await()) {
                case News.Wake() -> {
                    cancelling = giveUpIfWanted(wanted, cancelling, machine);
                    show(job);
                }
                case News.Broken(VirtException why) -> {
                    broken = broken.or(() -> Optional.of(why));
                    if (!cancelling) {
                        cancelling = true;
                        machine.ask(new MigrateCancel());
                    }
                }
                case News.Stopped(Instant at) -> stopped = Optional.of(stopped.orElse(at));
                case News.Pass(int number) -> migrations.iteration(job, number);
                case News.Gone(QmpException.Disconnected why) -> throw gone(why);
                case News.Status(MigrationStatus status) -> {
                    switch (status) {
                        case ACTIVE -> show(job);
                        case COMPLETED -> {
                            if (cancelling) {
                                throw broken.orElseGet(QemuTransfer::cancelled);
                            }
                            return stopped;
                        }
                        // Told to give up, QEMU closes its connection, and now and then calls that a failure.
                        case FAILED -> throw cancelling ? broken.orElseGet(QemuTransfer::cancelled) : failed(machine);
                        case CANCELLED -> throw broken.orElseGet(QemuTransfer::cancelled);
                        default -> {}
                    }
                }
            }
        }
    }

    /** What happens next; a wake when nothing happens for a beat. */
    private News await() {
        try {
            return Optional.ofNullable(news.poll(BEAT_MILLIS, TimeUnit.MILLISECONDS)).orElse(new News.Wake());
        } catch (InterruptedException e) {
            interrupted = true;
            return new News.Wake();
        }
    }

    private void show(MigrationJob job) {
        if (control != PerformControl.NONE) {
            control.progress(job.stats());
        }
    }

    /** Tells QEMU to give up if that is wanted and has not been done; what comes of it, QEMU says. */
    private boolean giveUpIfWanted(Transfer wanted, boolean cancelling, QemuMachine machine) {
        if (!machine.answers()) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                    "the monitor of guest '" + request.guest().name() + "' was closed");
        }
        if (control.cancelled() || interrupted) {
            wanted.cancel();
        }
        if (wanted.cancelled() && !cancelling) {
            machine.ask(new MigrateCancel());
            return true;
        }
        return cancelling;
    }

    private QemuMigrationStatistics completed(
            QemuMachine machine, QemuMigrationStatistics begun, Optional<Instant> stopped) {
        MigrationInfo last = machine.ask(new QueryMigrate());
        Instant now = clock.instant();
        QemuMigrationStatistics figures = begun.with(last).elapsed(now);
        return stopped.map(at -> figures.stopped(at).down(now)).orElse(figures);
    }

    private static VirtException failed(QemuMachine machine) {
        String why = machine.ask(new QueryMigrate()).errorDescription().orElse("unexpectedly failed");
        return new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                "job 'migration out' failed: " + why);
    }

    /** It was given up because somebody wanted that. */
    static VirtException cancelled() {
        return new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU,
                "job 'migration out' canceled by client");
    }

    private static VirtException gone(QmpException.Disconnected why) {
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, why.getMessage(), why);
    }

    /**
     * Cancels a transfer that an earlier daemon began and nobody follows, and returns when QEMU sends no more.
     *
     * @param job whose
     * @throws VirtException if QEMU does not stop sending; the guest must be left as it is then
     */
    static void stop(MigrationJob job) {
        QemuMachine machine = (QemuMachine) job.guest().machine().orElseThrow();
        CompletableFuture<MigrationStatus> end = new CompletableFuture<>();
        QmpListener ear = (event, _) -> {
            if (event instanceof QmpEvent.Migration(MigrationStatus status) && status.isFinal()) {
                end.complete(status);
            }
        };
        try (Client.Registration _ = machine.listen(ear)) {
            machine.ask(new MigrateCancel());
            MigrationStatus now = machine.ask(new QueryMigrate()).status();
            if (!now.isFinal() && now != MigrationStatus.NONE) {
                end.get(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notStopped(job, e);
        } catch (ExecutionException | TimeoutException e) {
            throw notStopped(job, e);
        }
    }

    private static VirtException notStopped(MigrationJob job, Exception cause) {
        return new VirtException(ErrorCode.OPERATION_TIMEOUT, ErrorDomain.QEMU,
                "QEMU does not stop sending guest '" + job.guest().name() + "'", cause);
    }

    /** Turns what QEMU says into news, on QEMU's own thread. */
    private final class Ear implements QmpListener {
        @Override
        public void event(QmpEvent event, Instant at) {
            switch (event) {
                case QmpEvent.Migration(MigrationStatus status) -> news.add(new News.Status(status));
                case QmpEvent.Stop() -> news.add(new News.Stopped(at));
                case QmpEvent.MigrationPass(long pass) -> news.add(new News.Pass((int) pass));
                default -> {}
            }
        }

        @Override
        public void disconnected(QmpException.Disconnected why) {
            news.add(new News.Gone(why));
        }
    }
}
