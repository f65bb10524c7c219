package dev.godwit.driver.simulated;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** One host: its disk and the machines on it. Outlives every session that looks at it. */
public final class SimulatedHost {

    private final String name;
    private final Fabric fabric;
    private final MemoryFiles files = new MemoryFiles();
    private final ConcurrentMap<UUID, SimulatedMachine> machines = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, SimulatedMachine> receivers = new ConcurrentHashMap<>();

    SimulatedHost(String name, Fabric fabric) {
        this.name = name;
        this.fabric = fabric;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Its disk. */
    public MemoryFiles files() {
        return files;
    }

    /** The machine of a guest, while there is one. */
    public Optional<SimulatedMachine> machine(UUID guest) {
        return Optional.ofNullable(machines.get(guest));
    }

    /** All machines, in the order of their guests' UUIDs. */
    public List<SimulatedMachine> machines() {
        return machines.values().stream().sorted(Comparator.comparing(SimulatedMachine::guest)).toList();
    }

    /** How many machines there are. */
    public int machineCount() {
        return machines.size();
    }

    /** The machine that waits for its guest on a port. */
    public Optional<SimulatedMachine> receiver(int port) {
        return Optional.ofNullable(receivers.get(port));
    }

    /** How many ports are listened on. */
    public int receiverCount() {
        return receivers.size();
    }

    /**
     * Lets a machine wait for its guest.
     *
     * @param machine  the machine
     * @param firstPort of the range
     * @param lastPort of the range, inclusive
     * @return the port
     * @throws VirtException 1 when all are taken, 55 when the machine is gone
     */
    public int listen(SimulatedMachine machine, int firstPort, int lastPort) {
        for (int port = firstPort; port <= lastPort; port++) {
            if (receivers.putIfAbsent(port, machine) == null) {
                if (machine.isEnded()) {
                    closePort(machine); // nobody else would
                    throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain is not running");
                }
                return port;
            }
        }
        throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.TEST,
                "Unable to find an unused port in range 'migration' (" + firstPort + "-" + lastPort + ")");
    }

    /** Ends a machine's listening; does nothing where it does not listen. */
    public void closePort(SimulatedMachine machine) {
        receivers.values().removeIf(machine::equals);
    }

    Fabric fabric() {
        return fabric;
    }

    void put(SimulatedMachine machine) {
        if (machines.putIfAbsent(machine.guest(), machine) != null) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.TEST,
                    "Host " + name + " has a machine for guest " + machine.guest() + " already");
        }
    }

    void remove(SimulatedMachine machine) {
        machines.remove(machine.guest(), machine);
        closePort(machine);
    }
}
