package dev.godwit.lab.simulation;

import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.simulated.SimulatedMachine;
import dev.godwit.journal.FileJournal;
import dev.godwit.lab.simulation.world.Disk;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A host: its power, its disk, and the daemon on it while one runs. Its machines are in the driver's world. */
final class Site {

    static final Path CONFIG = Path.of("/etc/godwit/test");
    static final Path STATE = Path.of("/var/lib/godwit/test");
    static final Path RUN = Path.of("/run/godwit/test");
    static final Path LOG = Path.of("/var/log/godwit/test");

    private final World world;
    private final String name;
    private final UUID uuid;
    private final Disk disk;
    private Optional<SimulatedDaemon> daemon = Optional.empty();
    private Duration clockError = Duration.ZERO;
    private boolean powered = true;
    private boolean hasFailed;
    private int incarnations;
    private int boots;

    Site(World world, String name, int number) {
        this.world = world;
        this.name = name;
        this.uuid = new UUID(0x6b766d00_00004000L, 0x8000000000000000L + number);
        this.disk = new Disk(name, world.trace(), world::moment, world.dice().split());
        this.disk.booted(0);
        this.disk.journal().describer(Entries::describe);
    }

    String name() {
        return name;
    }

    HostIdentity identity() {
        return new HostIdentity(name, uuid);
    }

    Disk disk() {
        return disk;
    }

    /** What its journal says. */
    List<MigrationEntry> journal() {
        if (disk.journal().content().isEmpty()) {
            return List.of();
        }
        try (FileJournal<MigrationEntry> journal =
                FileJournal.open(disk.journal().look(), MigrationEntry.class, uuid)) {
            return journal.replay();
        }
    }

    /** Whether its journal says that a guest was handed over to it last. */
    boolean wasHandedOver(UUID guest) {
        return MigrationHistory.of(journal()).migrations().stream()
                .filter(migration -> migration.opened().isPresent() && migration.guest().equals(Optional.of(guest)))
                .reduce((older, newer) -> newer)
                .filter(JournaledMigration::arrived).isPresent();
    }

    /** The disk refuses to make things safe, or does so again. A daemon that met it may have to be started again. */
    void diskFails(boolean fails) {
        world.trace().say(name, () -> fails ? "disk fails from now on" : "disk is well again");
        disk.failing(fails);
        hasFailed |= fails;
    }

    /** The disk has no room, or has it again. */
    void diskFull(boolean full) {
        world.trace().say(name, () -> full ? "disk is full from now on" : "disk has room again");
        disk.full(full);
        hasFailed |= full;
    }

    /** Whether the disk has failed or been full since the daemon started. */
    boolean hasFailed() {
        return hasFailed;
    }

    Duration clockError() {
        return clockError;
    }

    /** Makes the wall clock wrong by so much. */
    void clockError(Duration error) {
        world.trace().say(name, () -> "clock jumps to an error of " + error);
        clockError = error;
        daemon.ifPresent(running -> running.process().clockError(error));
    }

    /** The daemon; absent while none runs. */
    Optional<SimulatedDaemon> daemon() {
        return daemon.filter(running -> running.process().isAlive());
    }

    boolean isUp() {
        return daemon().filter(SimulatedDaemon::isUp).isPresent();
    }

    boolean isPowered() {
        return powered;
    }

    /** Starts a daemon where none runs and there is power. */
    void start() {
        if (powered && daemon().isEmpty()) {
            world.trace().say(name, () -> "daemon starts");
            world.daemonStarts(disk.journal().isTorn());
            hasFailed = disk.isFailing() || disk.isFull();
            daemon = Optional.of(new SimulatedDaemon(world, this, ++incarnations));
        }
    }

    /** Kills the daemon. Its machines go on. */
    void kill() {
        daemon().ifPresent(running -> {
            world.trace().say(name, () -> "daemon is killed");
            running.process().kill();
            world.machines().host(name).machines().forEach(SimulatedMachine::detach);
            daemon = Optional.empty();
        });
    }

    /** The power fails: daemon and machines are gone, and what was not safe on the disk may be. */
    void powerFails() {
        world.trace().say(name, () -> "power fails");
        kill();
        powered = false;
        world.network().power(name, false);
        world.machines().host(name).machines().forEach(SimulatedMachine::crash);
        disk.powerFails();
    }

    /** The power comes back; nothing has started yet. */
    void powerReturns() {
        if (!powered) {
            world.trace().say(name, () -> "power returns");
            powered = true;
            disk.booted(++boots);
            world.network().power(name, true);
        }
    }
}
