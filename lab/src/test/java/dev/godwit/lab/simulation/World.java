package dev.godwit.lab.simulation;

import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.simulated.Fabric;
import dev.godwit.driver.simulated.SimulatedHost;
import dev.godwit.driver.simulated.SimulatedMachine;
import dev.godwit.driver.simulated.SimulatedWorld;
import dev.godwit.lab.simulation.world.LateCall;
import dev.godwit.lab.simulation.world.Network;
import dev.godwit.lab.simulation.world.Scheduler;
import dev.godwit.lab.simulation.world.Trace;
import dev.godwit.migration.MigrationEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/** Everything that exists in one run. */
final class World implements Fabric {

    private static final UUID GUEST = new UUID(0x11111111_22224333L, 0x8444_555555555555L);
    private static final String NAME = "web1";

    private final Defect defect;
    private final SplittableRandom dice;
    private final Trace trace;
    private final Scheduler scheduler;
    private final Network network;
    private final SimulatedWorld machines = new SimulatedWorld(this);
    private final Map<String, Site> sites = new LinkedHashMap<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final List<SimulatedOperator> operators = new ArrayList<>();
    private final List<SimulatedEcho> echoes = new ArrayList<>();
    private final Fate fate = new Fate();
    /** Machines whose CPUs have run. */
    private final Set<SimulatedMachine> ran = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Who wants the guest destroyed, and on which host. */
    private final Map<SimulatedOperator, String> destroying = new LinkedHashMap<>();
    private Duration longestLife = Duration.ZERO;
    private Optional<String> setBack = Optional.empty();
    private boolean loseLastBytes;
    private long daemonStarts;
    private long tornEnds;
    private long moments;

    World(long seed, int hosts, Defect defect, boolean traced) {
        this.defect = defect;
        SplittableRandom all = new SplittableRandom(seed);
        this.trace = new Trace(traced);
        this.scheduler = new Scheduler(all.split());
        trace.of(scheduler);
        this.network = new Network(scheduler, all.split(), trace);
        network.onMoment(this::moment);
        this.dice = all.split();
        for (int number = 1; number <= hosts; number++) {
            Site site = new Site(this, "kvm" + number, number);
            sites.put(site.name(), site);
        }
    }

    // Looking

    Scheduler scheduler() {
        return scheduler;
    }

    Network network() {
        return network;
    }

    Trace trace() {
        return trace;
    }

    SimulatedWorld machines() {
        return machines;
    }

    /** What is wrong with the product. */
    boolean has(Defect mistake) {
        return defect == mistake;
    }

    /** The mistake. */
    Defect defect() {
        return defect;
    }

    SplittableRandom dice() {
        return dice;
    }

    Collection<Site> sites() {
        return sites.values();
    }

    Site site(String name) {
        return Optional.ofNullable(sites.get(name)).orElseThrow();
    }

    List<SimulatedClient> clients() {
        return clients;
    }

    UUID guest() {
        return GUEST;
    }

    List<SimulatedOperator> operators() {
        return operators;
    }

    List<SimulatedEcho> echoes() {
        return echoes;
    }

    /** What may rightly have become of the guest. */
    Fate fate() {
        return fate;
    }

    /** The migration that it is all about. */
    Move move() {
        return clients.getFirst().move();
    }

    /** How a host is reached by others. */
    static String uri(String host) {
        return "test+tls://" + host + "/default";
    }

    static String definition() {
        return """
                <domain type='test'>
                  <name>%s</name>
                  <uuid>%s</uuid>
                  <memory unit='KiB'>512</memory>
                  <vcpu>1</vcpu>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """.formatted(NAME, GUEST);
    }

    /** The guest's machine on a host. */
    Optional<SimulatedMachine> copy(Site site) {
        return machines.find(site.name()).flatMap(host -> host.machine(GUEST));
    }

    /** The hosts on which its CPUs run. Looked at after every step, so without detours. */
    List<Site> running() {
        List<Site> running = new ArrayList<>(1);
        for (Site site : sites.values()) {
            Optional<SimulatedMachine> machine = machines.host(site.name()).machine(GUEST);
            if (machine.isPresent() && machine.get().isRunning()) {
                running.add(site);
            }
        }
        return running;
    }

    /** The hosts that have a machine of it, running or not. */
    List<Site> copies() {
        return sites().stream().filter(site -> copy(site).isPresent()).toList();
    }

    /** That the guest's life went back to an earlier moment, if it did. */
    Optional<String> setBack() {
        return setBack;
    }

    // Doing

    SimulatedClient migrate(String client, Move move) {
        SimulatedClient started = new SimulatedClient(this, client, move);
        clients.add(started);
        return started;
    }

    /** Nothing is broken any more, and everybody is there. */
    void mend() {
        List<String> names = new ArrayList<>(sites.keySet());
        names.add("client");
        for (String one : names) {
            for (String other : names) {
                network.cut(one, other, false);
                network.slow(one, other, Duration.ZERO);
            }
        }
        loseLastBytes = false;
        clients.forEach(client -> client.process().freeze(false));
        for (Site site : sites()) {
            site.diskFull(false);
            site.diskFails(false);
            if (site.hasFailed()) {
                // A journal may refuse everything until it is opened anew, or have an end that could not be written.
                site.kill();
            }
            site.daemon().ifPresent(daemon -> daemon.process().freeze(false));
            site.powerReturns();
            site.start();
        }
    }

    /** Lets somebody do something on a host. */
    void command(Command command, Site site) {
        operators.add(new SimulatedOperator(this, "admin" + (operators.size() + 1), command, site));
    }

    /** Lets a call come once more. */
    void echo(LateCall call, Duration staysFor) {
        echoes.add(new SimulatedEcho(this, "echo" + (echoes.size() + 1), call, staysFor));
    }

    /** The copy on a host is about to be lost. That matters unless it only waits to become one. */
    void lost(Site site) {
        copy(site).filter(this::mayBeTheGuest).ifPresent(_ -> fate.mayBeGone());
    }

    private boolean mayBeTheGuest(SimulatedMachine machine) {
        return ran.contains(machine) || site(machine.host().name()).wasHandedOver(GUEST) || wasHandedOver(machine) || fate.canBePaused() || move().has(MigrationFlag.PAUSED);
    }

    /** The guest is gone, and starts anew. */
    void anotherLife() {
        longestLife = Duration.ZERO;
    }

    /** Whether its host has promised that it is the guest from now on, although its CPUs may not run yet. */
    private boolean wasHandedOver(SimulatedMachine machine) {
        return site(machine.host().name()).journal().stream().anyMatch(MigrationEntry.HandedOver.class::isInstance);
    }

    /** Somebody wants the guest destroyed on a host, or is known not to any more. */
    void destroying(SimulatedOperator who, Site site, boolean wanted) {
        if (wanted) {
            destroying.put(who, site.name());
        } else {
            destroying.remove(who);
        }
    }

    /** A daemon starts on a host. */
    void daemonStarts(boolean withTornEnd) {
        daemonStarts++;
        tornEnds += withTornEnd ? 1 : 0;
    }

    /** How often daemons have started. */
    long daemonStarts() {
        return daemonStarts;
    }

    /** How often one has found half an entry at the end of its journal. */
    long tornEnds() {
        return tornEnds;
    }

    /** Something happened at which something else may happen. */
    void moment() {
        moments++;
    }

    /** How many such moments there were. */
    long moments() {
        return moments;
    }

    // What the driver is embedded in

    @Override
    public void before(String step, SimulatedMachine machine) {
        Thread.yield();
        trace.say(machine.host().name(), () -> "machine " + step);
        if (machine.guest().equals(GUEST)) {
            follow(step, machine);
        }
        moment();
    }

    /** A guest that goes on where it had been before has lost what it did meanwhile. */
    private void follow(String step, SimulatedMachine machine) {
        if (step.equals("runs")) {
            if (machine.isEnded()) {
                return; // what is told to run is not there any more
            }
            ran.add(machine);
        } else if (step.equals("is ended") && destroying.containsValue(machine.host().name())) {
            lost(site(machine.host().name()));
        }
        Duration life = machine.heartbeat();
        if (machine.isRunning()) {
            longestLife = life.compareTo(longestLife) > 0 ? life : longestLife;
        } else if (step.equals("runs") && life.compareTo(longestLife) < 0) {
            setBack = Optional.of("it goes on at " + life.toMillis() + " ms of its life on " + machine.host().name()
                    + ", and had come to " + longestLife.toMillis() + " ms");
        }
    }

    @Override
    public boolean carries(SimulatedHost from, SimulatedHost to) {
        return network.carries(from.name(), to.name());
    }

    @Override
    public boolean arrives(SimulatedHost from, SimulatedHost to) {
        boolean lost = loseLastBytes;
        loseLastBytes = false;
        return !lost;
    }

    /** Whether the end of the next transfer is lost. */
    void loseLastBytes(boolean lost) {
        loseLastBytes = lost;
    }

    @Override
    public void reports(SimulatedMachine machine, Runnable report) {
        site(machine.host().name()).daemon().ifPresent(daemon -> daemon.process().start("monitor", report));
    }
}
