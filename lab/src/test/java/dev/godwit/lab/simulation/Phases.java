package dev.godwit.lab.simulation;

import dev.godwit.driver.simulated.SimulatedSession;
import dev.godwit.guest.MigrationJob;
import dev.godwit.guest.MigrationPhase;
import java.util.Optional;

/** How far the guest's migration is on the two hosts, for statistics. */
final class Phases {

    private Phases() {}

    /** Both sides, such as {@code perform3/prepare}. */
    static String of(World world) {
        return at(world, world.move().from()) + "/" + at(world, world.move().to());
    }

    private static String at(World world, String host) {
        Optional<SimulatedSession> session = world.site(host).daemon().flatMap(SimulatedDaemon::session);
        if (session.isEmpty()) {
            return "down";
        }
        return session.get().manager().registry().find(world.guest()).flatMap(guest -> guest.jobs().migration())
                .map(MigrationJob::phase).orElse(MigrationPhase.NONE).text();
    }
}
