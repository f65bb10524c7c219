package dev.godwit.driver.simulated;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.DataTransport;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationContradictions;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.guest.Definition;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.IncomingMigrations;
import dev.godwit.guest.IncomingMigrations.Answer;
import dev.godwit.guest.IncomingMigrations.Complete;
import dev.godwit.guest.MigrationJob;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Receives a machine that is a few numbers. */
public final class SimulatedMigrationDestination implements MigrationDestination {

    private final HostSetting setting;
    private final GuestManager manager;
    private final SimulatedHypervisor hypervisor;
    private final SimulatedHost host;
    private final IncomingMigrations incoming;
    private final ConcurrentMap<MigrationJob, SimulatedTunnel> tunnels = new ConcurrentHashMap<>();

    SimulatedMigrationDestination(
            HostSetting setting, GuestManager manager, SimulatedHypervisor hypervisor, SimulatedHost host) {
        this.setting = setting;
        this.manager = manager;
        this.hypervisor = hypervisor;
        this.host = host;
        this.incoming = new IncomingMigrations(
                manager, setting.migration().transientDropsConfig(), ErrorDomain.TEST);
    }

    @Override
    public Receiver prepare(MigrationRequest request, Offer offer) {
        tunnels.keySet().removeIf(job -> !job.active());
        MigrationContradictions.of(request, ErrorDomain.TEST).ifPresent(contradiction -> {
            throw contradiction;
        });
        SimulatedMigrationCookie told = SimulatedMigrationCookie.read(offer.cookie(), setting.host());
        Optional<SimulatedMigrationUri> asked = request.uri().map(SimulatedMigrationUri::parse);
        Element definition = Definition.withName(
                Definition.parse(request.destinationXml().orElse(offer.xml())), IncomingMigrations.name(request));
        return incoming.prepare(hypervisor.complete(definition, false), List.of(), request, told.ticket(), job -> {
            Cookie cookie = new SimulatedMigrationCookie(
                    setting.host().uuid().toString(), false, Optional.empty(), job.ticket()).print();
            if (request.has(MigrationFlag.TUNNELLED)) {
                SimulatedTunnel tunnel = new SimulatedTunnel(machine(job));
                tunnels.put(job, tunnel);
                return new Receiver(new DataTransport.Tunnelled(tunnel), cookie);
            }
            Optional<Integer> askedPort = asked.flatMap(SimulatedMigrationUri::port);
            int port = host.listen(machine(job), askedPort.orElse(setting.migration().portMin()),
                    askedPort.orElse(setting.migration().portMax()));
            return new Receiver(
                    askedPort.isPresent() ? Optional.empty() : Optional.of("tcp:" + host.name() + ":" + port),
                    cookie);
        });
    }

    @Override
    public boolean sourceAsks(Sent sent) {
        return SimulatedMigrationCookie.ticketIn(sent.cookie()).isPresent();
    }

    @Override
    public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
        if (verdict == Verdict.CANCEL) {
            throw incoming.cancel(request);
        }
        return incoming.finish(request, SimulatedMigrationCookie.ticketIn(sent.cookie()), job -> {
            SimulatedMigrationCookie said = SimulatedMigrationCookie.read(sent.cookie(), setting.host());
            Optional.ofNullable(tunnels.remove(job)).ifPresent(SimulatedTunnel::finish);
            SimulatedMachine machine = machine(job);
            host.closePort(machine);
            if (!machine.isComplete()) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.TEST,
                        "job 'migration in' failed: the guest's data ended before the guest did");
            }
            JobStats figures = new JobStats(JobType.COMPLETED, Map.of(
                    JobField.OPERATION, (long) JobOperation.MIGRATION_IN.ordinal(),
                    JobField.MEMORY_TOTAL, machine.memoryBytes(),
                    JobField.DATA_TOTAL, machine.memoryBytes()));
            return new Complete(said.configuration(), said.sourceTransient(), figures,
                    _ -> new Answer(said.print(), figures));
        });
    }

    IncomingMigrations incoming() {
        return incoming;
    }

    @Override
    public void abandon(MigrationRequest request) {
        incoming.abandon(request);
    }

    private SimulatedMachine machine(MigrationJob job) {
        return (SimulatedMachine) manager.migrations().run(job).machine().orElseThrow();
    }
}
