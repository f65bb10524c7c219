package dev.godwit.lab.simulation;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.client.Ports;
import dev.godwit.daemon.access.AccessPolicy;
import dev.godwit.daemon.access.Audit;
import dev.godwit.daemon.access.AuthRules;
import dev.godwit.daemon.access.PasswordFile;
import dev.godwit.daemon.access.SaslService;
import dev.godwit.daemon.event.EventHub;
import dev.godwit.daemon.handlers.AllHandlers;
import dev.godwit.daemon.hypervisor.Hypervisor;
import dev.godwit.daemon.hypervisor.Hypervisors;
import dev.godwit.daemon.net.Admission;
import dev.godwit.daemon.net.ConnectionLimits;
import dev.godwit.daemon.net.Server;
import dev.godwit.daemon.peer.PeerMigrations;
import dev.godwit.daemon.peer.PeerQuestions;
import dev.godwit.daemon.rpc.Dispatcher;
import dev.godwit.daemon.rpc.TunnelKeys;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.domain.ConnectUri;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.simulated.SimulatedSession;
import dev.godwit.guest.GuestManager;
import dev.godwit.lab.simulation.world.Process;
import dev.godwit.wire.rpc.Threads;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The daemon of one host, from its start to its end: what {@code dev.godwit.daemon.Daemon} is made of, without configuration files,
 * sockets and certificates.
 */
final class SimulatedDaemon {

    private static final SaslService NOBODY_LOGS_IN = new SaslService(
            List.of(), new PasswordFile(Path.of("/none")), Optional.empty(), Optional.empty(), new SecureRandom());
    private static final ConnectionLimits LIMITS = new ConnectionLimits(20, 5, 5);
    private static final int MOST_CLIENTS = 100;
    private static final long VERSION = 1_000_000;
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final World world;
    private final Site site;
    private final Process process;
    private Optional<SimulatedSession> session = Optional.empty();
    private Optional<Server> server = Optional.empty();
    private Optional<RuntimeException> refusal = Optional.empty();

    /** Starts it; it is {@link #isUp} when it takes clients. */
    SimulatedDaemon(World world, Site site, int incarnation) {
        this.world = world;
        this.site = site;
        this.process = new Process(world.scheduler(), site.name() + "." + incarnation);
        this.process.clockError(site.clockError());
        process.start("main", this::run);
    }

    private void run() {
        try {
            SimulatedSession opened = new SimulatedSession(setting(), world.machines(), GuestManager.PATIENCE,
                    DefectiveFiles.of(site.disk(), world.defect()));
            session = Optional.of(opened);
            Hypervisors hypervisors = new Hypervisors(List.of(new Hypervisor("test", DefectiveSession.of(world, site, opened))), true);
            EventHub events = new EventHub(hypervisors.all());
            Handlers handlers = AllHandlers.of(hypervisors, events, new PeerMigrations(site::name, this::openPeer),
                    site.identity(), site::name, VERSION, NOBODY_LOGS_IN, new TunnelKeys(new SecureRandom(), false));
            Server made = new Server(List.of(world.network().listen(process, site.name())),
                    new Admission(MOST_CLIENTS, MOST_CLIENTS), AuthRules.NONE,
                    new Dispatcher(handlers, () -> AccessPolicy.EVERYTHING, new Audit()), LIMITS,
                    new dev.godwit.daemon.rpc.Ports(Threads.VIRTUAL, process, process));
            made.start();
            server = Optional.of(made);
            world.trace().say(site.name(), () -> "daemon is up");
            opened.autostart();
        } catch (RuntimeException e) {
            refusal = Optional.of(e);
            world.trace().say(site.name(), () -> "daemon could not start: " + e);
            // The service manager tries again.
            world.scheduler().after(RETRY_NANOS, () -> site.daemon().filter(running -> running == this).ifPresent(_ -> {
                site.kill();
                site.start();
            }));
        }
    }

    private HostSetting setting() {
        SplittableRandom dice = world.has(Defect.NUMBER_REPEATS) ? new SplittableRandom(site.name().hashCode())
                : world.dice().split();
        return new HostSetting(site.identity(), true, Site.CONFIG, Site.STATE, Site.RUN, Site.LOG,
                MigrationSettings.DEFAULT, Map.of(), process.clock(), dice, process,
                DefectiveJournal.of(site.disk().journal()::open, world.defect(), process, site.identity().uuid()),
                new PeerAccess(() -> List.of(World.uri(site.name()) + "?hostuuid=" + site.identity().uuid()),
                        DefectiveQuestion.of(new PeerQuestions(site::name, this::openPeer, process, PeerQuestions.PATIENCE),
                                world.defect())));
    }

    private Connection openPeer(ConnectUri uri) {
        return Connection.open(world.network().dialer(process, site.name(), uri.host().orElseThrow()), uri,
                new ConnectOptions(false, java.time.Duration.ofSeconds(5), 5), ports(process));
    }

    /** What a client library in a process needs. */
    static Ports ports(Process process) {
        return new Ports(Threads.VIRTUAL, _ -> process, process);
    }

    /** Whether it takes clients. */
    boolean isUp() {
        return process.isAlive() && server.isPresent();
    }

    /** Why it could not start. */
    Optional<RuntimeException> refusal() {
        return refusal;
    }

    /** Its program. */
    Process process() {
        return process;
    }

    /** What it knows of guests; absent while it starts. */
    Optional<SimulatedSession> session() {
        return session;
    }

    /** How many clients are connected. */
    int connectionCount() {
        return server.map(Server::connectionCount).orElse(0);
    }

    /** Ends as a program does that is asked to. */
    void stop(Runnable afterwards) {
        process.start("stop", () -> {
            server.ifPresent(Server::close);
            session.ifPresent(SimulatedSession::close);
            afterwards.run();
        });
    }
}
