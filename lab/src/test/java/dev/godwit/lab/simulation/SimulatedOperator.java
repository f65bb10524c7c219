package dev.godwit.lab.simulation;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.lab.simulation.world.Process;

/** Somebody who gives one command on one host, with the real client library. */
final class SimulatedOperator {

    private final World world;
    private final String name;
    private final Command command;
    private final Site site;
    private final Process process;
    private boolean over;

    /** Begins. */
    SimulatedOperator(World world, String name, Command command, Site site) {
        this.world = world;
        this.name = name;
        this.command = command;
        this.site = site;
        this.process = new Process(world.scheduler(), name);
        process.start("main", this::run);
    }

    private void run() {
        try (Connection host = SimulatedClient.connect(world, process, name, site.name())) {
            Domain guest = command.needsGuest() ? host.domains().byUuid(world.guest()) : null;
            world.trace().say(name, () -> command + " on " + site.name());
            command.expect(world.fate());
            world.destroying(this, site, command == Command.DESTROY);
            command.run(host, guest);
            world.destroying(this, site, false);
            world.trace().say(name, () -> command + " on " + site.name() + " is done");
        } catch (VirtException e) {
            if (!(e instanceof LostConnectionException)) {
                world.destroying(this, site, false);
            }
            world.trace().say(name, () -> command + " on " + site.name() + " failed: " + e.getMessage());
        } finally {
            over = true;
        }
    }

    Command command() {
        return command;
    }

    Process process() {
        return process;
    }

    boolean isOver() {
        return over || !process.isAlive();
    }
}
