package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.UnmanagedMigration;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.MigrationCapability;
import dev.godwit.driver.qemu.qmp.MigrationCommands.Migrate;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateCancel;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetParameters;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrate;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrateCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationParameters;
import dev.godwit.driver.qemu.qmp.MigrationStatus;
import dev.godwit.driver.qemu.qmp.QmpEvent;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.driver.qemu.qmp.QmpListener;
import dev.godwit.driver.qemu.qmp.RunStateCommands.QueryStatus;
import dev.godwit.driver.qemu.qmp.RunStateCommands.RunState;
import dev.godwit.guest.Guest;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.GuestMigrations;
import dev.godwit.guest.MigrationJob;
import dev.godwit.guest.Transfer;
import dev.godwit.guest.UnmanagedMigrations;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A QEMU guest is sent to a bare receiver: a QEMU that waits at a TCP port or a Unix socket, made by whatever manages that host.
 *
 * <p>QEMU gets the connection and everything it has to know, and is then left alone: it pauses for nobody before the switchover,
 * and goes on by itself when it fails. What it says in the end includes the receiver's own word, which comes back over the same
 * connection when all has been loaded there. Whether the receiver then lets the guest run is the receiver's affair: one without
 * {@code -S} does.
 *
 * <p>A migration that is not live must not stop the guest first, because it would arrive stopped and nobody could start it there.
 * It is given so much time for the pause at the end that QEMU stops it at once.
 */
public final class QemuUnmanagedMigration implements UnmanagedMigration {

    /** How often the one who waits is shown figures and asked whether he goes on. */
    private static final long BEAT_MILLIS = 100;

    /** The longest pause that QEMU can be asked for. */
    private static final long LONGEST_PAUSE_MILLIS = 2_000_000;

    private final HostSetting setting;
    private final GuestMigrations migrations;
    private final QemuMigrationChecks checks;
    private final QemuMigrationTls tls;
    private final QemuMigrationReach reach;
    private final UnmanagedMigrations unmanaged;

    /**
     * For the guests of a host.
     *
     * @param setting who the host is
     * @param manager its guests
     * @param checks  what stands against a migration
     */
    public QemuUnmanagedMigration(HostSetting setting, GuestManager manager, QemuMigrationChecks checks) {
        this.setting = setting;
        this.migrations = manager.migrations();
        this.checks = checks;
        this.tls = new QemuMigrationTls(QemuTlsSetting.of(setting.options()));
        this.reach = QemuMigrationReach.of(setting);
        this.unmanaged = new UnmanagedMigrations(migrations, ErrorDomain.QEMU);
    }

    @Override
    public JobStats send(MigrationRequest request, PerformControl control) {
        QemuMigrationSupport.checkUnmanaged(request);
        tls.requireWanted(request);
        QemuMigrationUri uri = QemuMigrationUri.parse(request.uri().orElseThrow(() -> new VirtException(
                ErrorCode.INVALID_ARG, ErrorDomain.QEMU,
                "a direct migration needs the migration URI of its receiver, such as tcp://HOST:PORT; virsh sends it as"
                        + " --migrateuri alone")));
        return unmanaged.send(request, new Sending(request, uri, control));
    }

    /** Takes up a transfer that an earlier daemon began, and returns at once. */
    public void takeUp(MigrationJob job) {
        unmanaged.takeUp(job, new Following(PerformControl.NONE));
    }

    /** The daemon ends: transfers go on without it. */
    public void close() {
        unmanaged.close();
    }

    private QemuMachine machine(MigrationJob job) {
        return (QemuMachine) migrations.run(job).machine().orElseThrow();
    }

    private QemuMigrationStatistics begun(MigrationJob job) {
        return QemuMigrationStatistics.begun(
                job.note().started().orElseGet(setting.clock()::instant), JobOperation.MIGRATION_OUT);
    }

    /** What can happen while a guest is sent. */
    private sealed interface News {
        /** QEMU is in another state. */
        record Status(MigrationStatus status) implements News {}

        /** Another pass over memory began. */
        record Pass(int number) implements News {}

        /** QEMU, or its monitor, is gone. */
        record Gone(QmpException.Disconnected why) implements News {}

        /** Time to look whether it is still wanted. */
        record Wake() implements News {}
    }

    /** A transfer that has been begun, by this daemon or an earlier one. */
    private class Following implements UnmanagedMigrations.Sending, QmpListener {

        private final PerformControl control;
        private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
        private Optional<Client.Registration> ear = Optional.empty();
        private boolean interrupted;

        Following(PerformControl control) {
            this.control = control;
        }

        @Override
        public void prepare(MigrationJob job, Transfer transfer) {
            throw new IllegalStateException("It has been begun already");
        }

        @Override
        public void begin(MigrationJob job) {
            throw new IllegalStateException("It has been begun already");
        }

        final void listen(QemuMachine machine) {
            if (ear.isEmpty()) {
                ear = Optional.of(machine.listen(this));
            }
        }

        final void stopListening() {
            ear.ifPresent(Client.Registration::close);
        }

        @Override
        public JobStats follow(MigrationJob job, Transfer transfer) {
            QemuMachine machine = machine(job);
            listen(machine);
            boolean sent = false;
            try {
                job.progress(() -> begun(job).with(machine.ask(new QueryMigrate())).elapsed(setting.clock().instant())
                        .stats(JobType.UNBOUNDED));
                migrations.run(job).expectResume(StateReason.RUNNING_MIGRATION_CANCELED);
                now(machine).ifPresent(end -> news.add(new News.Status(end)));
                JobStats last = toTheEnd(machine, job, transfer);
                sent = true;
                return last;
            } finally {
                stopListening();
                if (!sent && !unmanaged.isClosed()) {
                    QemuMigrationReset.restore(machine);
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /**
         * How it ended, if it did before anybody listened. A QEMU that was told nothing yet may still speak of the migration by which
         * its guest arrived; one that has sent its guest has stopped it.
         */
        private static Optional<MigrationStatus> now(QemuMachine machine) {
            MigrationStatus said = machine.ask(new QueryMigrate()).status();
            RunState state = machine.ask(new QueryStatus()).state();
            boolean stopped = state == RunState.POSTMIGRATE || state == RunState.FINISH_MIGRATE;
            if (said == MigrationStatus.NONE || said == MigrationStatus.COMPLETED && !stopped) {
                return Optional.of(MigrationStatus.CANCELLED);
            }
            return Optional.of(said).filter(MigrationStatus::isFinal);
        }

        private JobStats toTheEnd(QemuMachine machine, MigrationJob job, Transfer transfer) {
            boolean cancelling = false;
            while (true) {
                switch (await()) {
                    case News.Wake() -> {
                        cancelling = look(machine, job, transfer, cancelling);
                        if (control != PerformControl.NONE) {
                            control.progress(job.stats());
                        }
                    }
                    case News.Pass(int number) -> migrations.iteration(job, number);
                    case News.Gone(QmpException.Disconnected why) -> {
                        if (unmanaged.isClosed()) {
                            throw unmanaged.leftAlone(job.guest().name());
                        }
                        throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, why.getMessage(), why);
                    }
                    case News.Status(MigrationStatus status) -> {
                        switch (status) {
                            case COMPLETED -> {
                                return begun(job).with(machine.ask(new QueryMigrate()))
                                        .elapsed(setting.clock().instant()).stats(JobType.COMPLETED);
                            }
                            case FAILED -> throw cancelling ? QemuTransfer.cancelled() : failed(machine); // see QemuTransfer
                            case CANCELLED -> throw QemuTransfer.cancelled();
                            default -> {}
                        }
                    }
                }
            }
        }

        private boolean look(QemuMachine machine, MigrationJob job, Transfer transfer, boolean cancelling) {
            if (unmanaged.isClosed()) {
                throw unmanaged.leftAlone(job.guest().name());
            }
            if (control.cancelled()) {
                transfer.cancel();
            }
            if (transfer.cancelled() && !cancelling) {
                machine.ask(new MigrateCancel());
                return true;
            }
            return cancelling;
        }

        /** What happens next. An interrupt changes nothing: whoever waits may go, and the guest goes on. */
        private News await() {
            try {
                return Optional.ofNullable(news.poll(BEAT_MILLIS, TimeUnit.MILLISECONDS)).orElse(new News.Wake());
            } catch (InterruptedException e) {
                interrupted = true;
                return new News.Wake();
            }
        }

        private static VirtException failed(QemuMachine machine) {
            return new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "job 'migration out' failed: "
                    + machine.ask(new QueryMigrate()).errorDescription().orElse("unexpectedly failed"));
        }

        @Override
        public void wake() {
            news.add(new News.Wake());
        }

        @Override
        public void event(QmpEvent event, Instant at) {
            switch (event) {
                case QmpEvent.Migration(MigrationStatus status) -> news.add(new News.Status(status));
                case QmpEvent.MigrationPass(long pass) -> news.add(new News.Pass((int) pass));
                default -> {}
            }
        }

        @Override
        public void disconnected(QmpException.Disconnected why) {
            news.add(new News.Gone(why));
        }
    }

    /** A transfer that this daemon begins. */
    private final class Sending extends Following {

        private final MigrationRequest request;
        private final QemuMigrationUri uri;
        private final PerformControl control;
        private Optional<QemuOutlet> way = Optional.empty();

        Sending(MigrationRequest request, QemuMigrationUri uri, PerformControl control) {
            super(control);
            this.request = request;
            this.uri = uri;
            this.control = control;
        }

        @Override
        public void prepare(MigrationJob job, Transfer transfer) {
            Guest guest = job.guest();
            QemuMachine machine = machine(job);
            String expected = QemuMigrationTls.expectedName(request, uri);
            checks.check(machine, guest.live().orElseThrow(), guest.state(), request);
            way = Optional.of(reach.open(uri, guest.name(), () -> control.cancelled() || transfer.cancelled()));
            whole(machine, () -> {
                if (request.has(MigrationFlag.LIVE)) {
                    QemuMigrationReset.remember(machine);
                } else {
                    QemuMigrationReset.rememberWithDowntime(machine);
                }
                MigrationParameters parameters = tls.enable(machine, request, Host.SOURCE, expected);
                Set<MigrationCapability> here =
                        QemuMigrationCapabilities.of(machine.ask(new QueryMigrateCapabilities()));
                machine.ask(new MigrateSetCapabilities(QemuMigrationCapabilities.unmanaged(request, here)));
                long mib = QemuMigrationSupport.bandwidthMiB(request).orElse(guest.limits().maxSpeedMiB());
                parameters = parameters.withMaxBandwidth(QemuTransfer.bytes(mib));
                machine.ask(new MigrateSetParameters(request.has(MigrationFlag.LIVE)
                        ? parameters
                        : parameters.withDowntimeLimit(LONGEST_PAUSE_MILLIS)));
            });
        }

        @Override
        public void begin(MigrationJob job) {
            QemuMachine machine = machine(job);
            whole(machine, () -> {
                migrations.run(job).expectResume(StateReason.RUNNING_MIGRATION_CANCELED);
                listen(machine);
                machine.log().note("initiating migration");
                try (QemuOutlet out = way.orElseThrow()) {
                    machine.ask(new Migrate(out.handOver(machine)));
                }
            });
        }

        /** Does all of it, or leaves QEMU as it was. */
        private void whole(QemuMachine machine, Runnable steps) {
            boolean done = false;
            try {
                steps.run();
                done = true;
            } finally {
                if (!done) {
                    stopListening();
                    way.ifPresent(QemuOutlet::close);
                    QemuMigrationReset.restore(machine);
                }
            }
        }
    }
}
