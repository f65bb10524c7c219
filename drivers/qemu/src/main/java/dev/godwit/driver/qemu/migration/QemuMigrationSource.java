package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.qemu.definition.InactiveForm;
import dev.godwit.driver.qemu.definition.MigratableForm;
import dev.godwit.driver.qemu.machine.QemuHypervisor;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.migration.QemuMigrationCookie.From;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrateCapabilities;
import dev.godwit.guest.AbandonedMigration;
import dev.godwit.guest.Definition;
import dev.godwit.guest.Guest;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.MigrationJob;
import dev.godwit.guest.OutgoingMigrations;
import dev.godwit.guest.Transfer;
import dev.godwit.xml.Element;
import java.util.Optional;

/**
 * A QEMU guest leaves this host.
 *
 * <p>BEGIN looks for what stands against it and describes the guest. PERFORM ({@link QemuTransfer}) lets QEMU send it. CONFIRM
 * ends the original. Who may do what when, what is noted, and what happens when somebody is left alone, is
 * {@link OutgoingMigrations}.
 */
public final class QemuMigrationSource implements MigrationSource {

    /** Where the CPU definition is noted that a guest arrived with, while its live definition shows the one it really has. */
    private static final String ORIGINAL_CPU = "cpu";

    private final HostSetting setting;
    private final GuestManager manager;
    private final QemuHypervisor hypervisor;
    private final QemuMigrationChecks checks;
    private final QemuMigrationTls tls;
    private final QemuMigrationReach reach;
    private final OutgoingMigrations outgoing;

    /**
     * For the guests of a host.
     *
     * @param setting    who the host is
     * @param manager    its guests
     * @param hypervisor its QEMU
     * @param checks     what stands against a migration
     * @param abandoned  what is done with a migration that is left alone
     */
    public QemuMigrationSource(HostSetting setting, GuestManager manager, QemuHypervisor hypervisor,
            QemuMigrationChecks checks, AbandonedMigration abandoned) {
        this.setting = setting;
        this.manager = manager;
        this.hypervisor = hypervisor;
        this.checks = checks;
        this.tls = new QemuMigrationTls(QemuTlsSetting.of(setting.options()));
        this.reach = QemuMigrationReach.of(setting);
        this.outgoing = new OutgoingMigrations(manager, abandoned, ErrorDomain.QEMU);
    }

    @Override
    public Offer begin(MigrationRequest request) {
        QemuMigrationSupport.check(request, Host.SOURCE);
        tls.requireWanted(request);
        return outgoing.begin(request, job -> describe(job, request));
    }

    private Offer describe(MigrationJob job, MigrationRequest request) {
        Guest guest = job.guest();
        QemuMachine machine = machine(job);
        Element live = manager.migrations().live(job);
        checks.check(machine, live, guest.state(), request);
        QemuMigrationCookie cookie = cookie(guest)
                .withTicket(job.ticket())
                .withFeature(QemuMigrationCookie.LOCKSTATE)
                .withCapabilities(QemuMigrationCapabilities.of(machine.ask(new QueryMigrateCapabilities())));
        if (machine.noted(ORIGINAL_CPU).isPresent() && live.has("cpu")) {
            cookie = cookie.withCpu(live.child("cpu").orElseThrow());
        }
        if (!guest.persistent()) {
            cookie = cookie.withTransientGuest();
        }
        Element offered = MigratableForm.of(live, startedFrom(guest, live, machine));
        return new Offer(offered.print(), cookie.print(From.BEGIN),
                guest.state().state() == DomainState.PAUSED);
    }

    /** The definition the run began with, as far as it is still known: what this host chose itself is not sent. */
    private static Optional<Element> startedFrom(Guest guest, Element live, QemuMachine machine) {
        Element known = guest.configuration().orElse(live);
        Optional<Element> cpu = machine.noted(ORIGINAL_CPU).or(() -> live.child("cpu"));
        return Optional.of(cpu.map(known::withReplaced).orElse(known));
    }

    @Override
    public Sent perform(MigrationRequest request, Receiver receiver, PerformControl control) {
        QemuMigrationSupport.check(request, Host.SOURCE);
        tls.requireWanted(request);
        Optional<QemuMigrationUri> uri = receiver.tunnel().isPresent()
                ? Optional.empty()
                : Optional.of(QemuMigrationUri.parse(request.uri().orElse("")));
        String name = manager.registry().of(request.guest()).name();
        QemuMigrationCookie told = QemuMigrationCookie.read(
                receiver.cookie(), From.PREPARE, name, request.guest().uuid(), setting.host());
        return outgoing.perform(request, told.ticket(), new Sending(request, uri, receiver.tunnel(), told, control));
    }

    /** One transfer, from the settings of QEMU to the cookie for FINISH. */
    private final class Sending implements OutgoingMigrations.Sending {

        private final MigrationRequest request;
        private final QemuMigrationCookie told;
        private final PerformControl control;
        private final Optional<QemuMigrationUri> uri;
        private final Optional<Tunnel> tunnel;
        private final QemuTransfer transfer;

        /** Over QEMU's own way to a URI, or through a tunnel. */
        Sending(MigrationRequest request, Optional<QemuMigrationUri> uri, Optional<Tunnel> tunnel,
                QemuMigrationCookie told, PerformControl control) {
            this.request = request;
            this.uri = uri;
            this.tunnel = tunnel;
            this.told = told;
            this.control = control;
            this.transfer = new QemuTransfer(request, uri, tls, manager.migrations(), control, setting.clock());
        }

        @Override
        public Cookie send(MigrationJob job, Transfer wanted) {
            QemuMachine machine = machine(job);
            Optional<Element> persistent = persistent(job.guest(), request);
            QemuMigrationStatistics figures;
            try (QemuOutlet way = way(job, wanted)) {
                figures = transfer.run(machine, job, wanted, way, told.capabilities());
            }
            wanted.keep(figures);
            job.progress(() -> figures.elapsed(setting.clock().instant()).stats(JobType.UNBOUNDED));
            QemuMigrationCookie cookie = cookie(job.guest())
                    .withTicket(job.ticket())
                    .withStatistics(figures.sent(setting.clock().instant()));
            cookie = persistent.map(cookie::withPersistent).orElse(cookie);
            return (job.guest().persistent() ? cookie : cookie.withTransientGuest()).print(From.PERFORM);
        }

        private QemuOutlet way(MigrationJob job, Transfer wanted) {
            return tunnel.map(this::through)
                    .orElseGet(() -> reach.open(uri.orElseThrow(), job.guest().name(),
                            () -> control.cancelled() || wanted.cancelled()));
        }

        private QemuOutlet through(Tunnel into) {
            return into.connection().<QemuOutlet>map(own -> new QemuConnectionOutlet(into, own))
                    .orElseGet(() -> new QemuTunnelPump(into, transfer::broken));
        }

        @Override
        public void wake() {
            transfer.wake();
        }
    }

    /** The configuration for the destination; made before anything is sent, so that a bad one costs nothing. */
    private Optional<Element> persistent(Guest guest, MigrationRequest request) {
        if (!request.has(MigrationFlag.PERSIST_DEST)) {
            return Optional.empty();
        }
        return Optional.of(request.persistentXml()
                .map(xml -> hypervisor.complete(Definition.parse(xml), false))
                .or(guest::configuration)
                .orElseGet(() -> InactiveForm.of(guest.live().orElseThrow())));
    }

    @Override
    public void confirm(MigrationRequest request, Cookie cookie, Verdict verdict) {
        outgoing.confirm(request, verdict, QemuMigrationCookie.ticketIn(cookie), job -> completed(job, cookie));
    }

    /** The last figures: the source's own, and what only the destination knows. */
    private JobStats completed(MigrationJob job, Cookie cookie) {
        QemuMigrationStatistics own = Transfer.of(job).kept(QemuMigrationStatistics.class)
                .orElseGet(() -> QemuMigrationStatistics.begun(setting.clock().instant(), JobOperation.MIGRATION_OUT))
                .elapsed(setting.clock().instant());
        if (cookie.isEmpty()) {
            return own.stats(JobType.COMPLETED);
        }
        try {
            return QemuMigrationCookie.read(
                            cookie, From.FINISH, job.guest().name(), job.guest().uuid(), setting.host())
                    .statistics().map(own::confirmed).orElse(own).stats(JobType.COMPLETED);
        } catch (VirtException e) {
            // The guest runs there; figures that cannot be read are no reason to leave a copy behind.
            return own.stats(JobType.COMPLETED);
        }
    }

    @Override
    public void abandon(MigrationRequest request) {
        outgoing.abandon(request);
    }

    /** The daemon ends: transfers are left to the next one. */
    public void close() {
        outgoing.close();
    }

    private QemuMigrationCookie cookie(Guest guest) {
        return QemuMigrationCookie.of(guest.name(), guest.uuid(), setting.host());
    }

    private QemuMachine machine(MigrationJob job) {
        return (QemuMachine) manager.migrations().run(job).machine().orElseThrow();
    }
}
