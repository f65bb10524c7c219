package dev.godwit.lab.simulation;

import dev.godwit.driver.Facet;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.simulated.SimulatedSession;
import java.util.Optional;

/** A host's session whose sides have one of the {@link Defect}s. */
final class DefectiveSession implements HostSession {

    private final World world;
    private final Site site;
    private final SimulatedSession real;

    private DefectiveSession(World world, Site site, SimulatedSession real) {
        this.world = world;
        this.site = site;
        this.real = real;
    }

    /** The session that a daemon serves its clients with. */
    static HostSession of(World world, Site site, SimulatedSession real) {
        return world.has(Defect.NONE) ? real : new DefectiveSession(world, site, real);
    }

    @Override
    public <F extends Facet> Optional<F> facet(Class<F> type) {
        return real.facet(type).map(side -> type.cast(switch (side) {
            case MigrationSource source -> new DefectiveSource(source, world, real.manager());
            case MigrationDestination destination -> new DefectiveDestination(destination, world, site);
            case MigrationResolution resolution -> new DefectiveResolution(resolution, world, real.manager());
            default -> side;
        }));
    }

    @Override
    public void autostart() {
        real.autostart();
    }

    @Override
    public void close() {
        real.close();
    }
}
