package dev.godwit.driver.simulated;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Hosts that can reach each other by name. */
public final class SimulatedWorld {

    private final ConcurrentMap<String, SimulatedHost> hosts = new ConcurrentHashMap<>();
    private final Fabric fabric;

    /** A world without hosts. */
    public SimulatedWorld() {
        this(Fabric.PLAIN);
    }

    /**
     * A world without hosts in one of somebody else's.
     *
     * @param fabric what it is embedded in
     */
    public SimulatedWorld(Fabric fabric) {
        this.fabric = fabric;
    }

    /** What it is embedded in. */
    Fabric fabric() {
        return fabric;
    }

    /** The host with a name; made when it is asked for the first time. */
    public SimulatedHost host(String name) {
        return hosts.computeIfAbsent(name, made -> new SimulatedHost(made, fabric));
    }

    /** The host with a name, if it was made. */
    public Optional<SimulatedHost> find(String name) {
        return Optional.ofNullable(hosts.get(name));
    }

    /** On how many hosts the CPUs of a guest run: never more than one. */
    public long running(UUID guest) {
        return hosts.values().stream()
                .filter(host -> host.machine(guest).filter(SimulatedMachine::isRunning).isPresent())
                .count();
    }
}
