package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobType;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.DataTransport;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.qemu.machine.QemuHypervisor;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.migration.QemuMigrationCookie.From;
import dev.godwit.driver.qemu.migration.QemuMigrationListener.Place;
import dev.godwit.driver.qemu.process.PortAllocator;
import dev.godwit.driver.qemu.process.UnixSocketPath;
import dev.godwit.driver.qemu.qmp.MigrationCapability;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateIncoming;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetParameters;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrateCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationParameters;
import dev.godwit.guest.Definition;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.IncomingMigrations;
import dev.godwit.guest.IncomingMigrations.Answer;
import dev.godwit.guest.IncomingMigrations.Complete;
import dev.godwit.guest.MigrationJob;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A QEMU guest arrives at this host.
 *
 * <p>PREPARE starts a QEMU that waits. FINISH waits until all has come, which it mostly has by then, and lets the guest run. Who
 * may do what when, what is noted, and what happens when somebody is left alone, is {@link IncomingMigrations}.
 */
public final class QemuMigrationDestination implements MigrationDestination {

    private static final System.Logger LOG = System.getLogger(QemuMigrationDestination.class.getName());

    private final HostSetting setting;
    private final GuestManager manager;
    private final QemuHypervisor hypervisor;
    private final QemuMigrationListener listener;
    private final QemuMigrationTls tls;
    private final IncomingMigrations incoming;
    private final InstantSource clock;
    private final ConcurrentMap<MigrationJob, Reception> receptions = new ConcurrentHashMap<>();

    /** What is known of a guest that arrives, from PREPARE on. */
    private record Reception(String nameAtSource, QemuArrival arrival, Optional<Place> place) {}

    /**
     * For the guests of a host.
     *
     * @param setting    who the host is
     * @param manager    its guests
     * @param hypervisor its QEMU
     * @param ports      its ports
     */
    public QemuMigrationDestination(
            HostSetting setting, GuestManager manager, QemuHypervisor hypervisor, PortAllocator ports) {
        this.setting = setting;
        this.manager = manager;
        this.hypervisor = hypervisor;
        this.listener = new QemuMigrationListener(setting, ports);
        this.tls = new QemuMigrationTls(QemuTlsSetting.of(setting.options()));
        this.incoming = new IncomingMigrations(
                manager, setting.migration().transientDropsConfig(), ErrorDomain.QEMU);
        this.clock = setting.clock();
    }

    @Override
    public Receiver prepare(MigrationRequest request, Offer offer) {
        receptions.keySet().removeIf(job -> !job.active());
        QemuMigrationSupport.check(request, Host.DESTINATION);
        tls.requireWanted(request);
        Element sent = Definition.parse(request.destinationXml().orElse(offer.xml()));
        String nameAtSource = Definition.name(sent);
        QemuMigrationCookie told = QemuMigrationCookie.read(offer.cookie(), From.BEGIN, nameAtSource,
                Definition.uuid(sent).orElseThrow(() -> noUuid(nameAtSource)), setting.host());
        Element definition = hypervisor.complete(
                Definition.withName(sent, request.destinationName().orElse(nameAtSource)), false);
        Optional<Place> place = request.has(MigrationFlag.TUNNELLED)
                ? Optional.empty()
                : Optional.of(listener.find(request));
        boolean waits = false;
        try {
            Receiver receiver = incoming.prepare(definition, told.cpu().map(List::of).orElse(List.of()), request,
                    told.ticket(), job -> listen(job, request, nameAtSource, told, place));
            waits = true;
            return receiver;
        } finally {
            if (!waits) {
                place.ifPresent(QemuMigrationDestination::giveBack);
            }
        }
    }

    private Receiver listen(MigrationJob job, MigrationRequest request, String nameAtSource,
            QemuMigrationCookie told, Optional<Place> place) {
        QemuMachine machine = machine(job);
        place.map(Place::lease).ifPresent(machine::keep);
        QemuMigrationReset.remember(machine);
        MigrationParameters encryption = tls.enable(machine, request, Host.DESTINATION, "");
        Set<MigrationCapability> here = QemuMigrationCapabilities.of(machine.ask(new QueryMigrateCapabilities()));
        machine.ask(new MigrateSetCapabilities(
                QemuMigrationCapabilities.decide(Host.DESTINATION, request, here, told.capabilities())));
        machine.ask(new MigrateSetParameters(encryption));
        QemuArrival arrival = new QemuArrival(machine);
        place.map(Place::incoming).ifPresent(where ->
                machine.ask(MigrateIncoming.stayingOnError(where, machine.monitor().version())));
        receptions.put(job, new Reception(nameAtSource, arrival, place));
        DataTransport transport = place
                .<DataTransport>map(found -> new DataTransport.Native(found.answered()))
                .orElseGet(() -> new DataTransport.Tunnelled(tunnel(machine, arrival)));
        return new Receiver(transport, QemuMigrationCookie.of(nameAtSource, job.guest().uuid(), setting.host())
                .withCapabilities(here)
                .withTicket(job.ticket())
                .print(From.PREPARE));
    }

    private static Tunnel tunnel(QemuMachine machine, QemuArrival arrival) {
        Tunnel tunnel = new QemuTunnelEntrance(
                machine, UnixSocketPath.checked(machine.place().tunnel(), "run_dir"), arrival::nothingComes);
        machine.keep(tunnel);
        return tunnel;
    }

    @Override
    public boolean sourceAsks(Sent sent) {
        return QemuMigrationCookie.ticketIn(sent.cookie()).isPresent();
    }

    @Override
    public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
        if (verdict == Verdict.CANCEL) {
            Optional<VirtException> why = refused(request);
            VirtException answer = incoming.cancel(request);
            throw answer.is(ErrorCode.MIGRATE_FINISH_OK) ? why.orElse(answer) : answer;
        }
        return incoming.finish(request, QemuMigrationCookie.ticketIn(sent.cookie()), job -> complete(job, sent));
    }

    /** Why a receiver did not take an encrypted guest: only its own QEMU knows what it has against a certificate. */
    private Optional<VirtException> refused(MigrationRequest request) {
        if (!request.has(MigrationFlag.TLS)) {
            return Optional.empty();
        }
        return receptions.entrySet().stream()
                .filter(one -> one.getKey().active()
                        && one.getKey().guest().name().equals(request.nameAtDestination()))
                .findFirst()
                .flatMap(one -> one.getValue().arrival().failure());
    }

    private Complete complete(MigrationJob job, Sent sent) {
        Reception reception = Optional.ofNullable(receptions.remove(job)).orElseThrow();
        QemuMachine machine = machine(job);
        QemuMigrationCookie told = QemuMigrationCookie.read(
                sent.cookie(), From.PERFORM, reception.nameAtSource(), job.guest().uuid(), setting.host());
        QemuMigrationStatistics received = told.statistics()
                .orElseGet(() -> QemuMigrationStatistics.begun(clock.instant(), JobOperation.MIGRATION_IN))
                .received(clock.instant());
        Optional<Element> configuration = told.persistent().map(element -> hypervisor.complete(element, false));
        reception.arrival().await();
        return new Complete(configuration, told.transientGuest(),
                received.as(JobOperation.MIGRATION_IN).stats(JobType.COMPLETED),
                done -> arrived(done, machine, reception, received));
    }

    /** The guest runs: says how long it stood still, and puts things back. */
    private Answer arrived(
            MigrationJob job, QemuMachine machine, Reception reception, QemuMigrationStatistics received) {
        Instant now = clock.instant();
        QemuMigrationStatistics last = received.elapsed(now).down(now);
        reception.place().ifPresent(QemuMigrationDestination::giveBack);
        QemuMigrationReset.restore(machine);
        return new Answer(
                QemuMigrationCookie.of(reception.nameAtSource(), job.guest().uuid(), setting.host())
                        .withTicket(job.ticket())
                        .withStatistics(last)
                        .print(From.FINISH),
                last.as(JobOperation.MIGRATION_IN).stats(JobType.COMPLETED));
    }

    /** The guests that come. */
    public IncomingMigrations incoming() {
        return incoming;
    }

    @Override
    public void abandon(MigrationRequest request) {
        incoming.abandon(request);
    }

    private QemuMachine machine(MigrationJob job) {
        return (QemuMachine) manager.migrations().run(job).machine().orElseThrow();
    }

    private static void giveBack(Place place) {
        try {
            place.lease().close();
        } catch (Exception e) {
            LOG.log(Level.WARNING, "A migration port could not be given back", e);
        }
    }

    private static VirtException noUuid(String name) {
        return new VirtException(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, "guest '" + name + "' has no uuid");
    }
}
