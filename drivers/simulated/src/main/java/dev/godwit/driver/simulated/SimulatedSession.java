package dev.godwit.driver.simulated;

import dev.godwit.driver.DomainEvents;
import dev.godwit.driver.Facet;
import dev.godwit.driver.Guests;
import dev.godwit.driver.HostInformation;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.Jobs;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.MigrationSource;
import dev.godwit.guest.AbandonedMigration;
import dev.godwit.guest.FileAccess;
import dev.godwit.guest.GuestJobs;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.GuestResolution;
import dev.godwit.guest.GuestStore;
import dev.godwit.guest.MigrationCustody;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One daemon's view of one simulated host. */
public final class SimulatedSession implements HostSession {

    private final GuestManager manager;
    private final SimulatedMigrationSource source;
    private final Map<Class<? extends Facet>, Facet> facets = new LinkedHashMap<>();

    /**
     * Finds the guests of a host.
     *
     * @param setting  who the host is
     * @param world    the hosts there are
     * @param patience how long a call waits for another one on the same guest
     */
    public SimulatedSession(HostSetting setting, SimulatedWorld world, Duration patience) {
        this(setting, world, patience, world.host(setting.host().name()).files());
    }

    /**
     * Finds the guests of a host, which has a disk of somebody else's.
     *
     * @param setting  who the host is
     * @param world    the hosts there are
     * @param patience how long a call waits for another one on the same guest
     * @param files    its disk
     */
    public SimulatedSession(HostSetting setting, SimulatedWorld world, Duration patience, FileAccess files) {
        SimulatedHost host = world.host(setting.host().name());
        SimulatedHypervisor hypervisor = new SimulatedHypervisor(host, setting.waiting());
        manager = new GuestManager(
                hypervisor,
                new GuestStore(files, setting.configDir(), setting.runDir()),
                setting.clock(),
                setting.random(),
                patience,
                MigrationCustody.of(setting));
        facets.put(Guests.class, manager);
        facets.put(DomainEvents.class, manager);
        facets.put(HostInformation.class, new SimulatedHostInformation(setting.host()));
        // Nothing goes on sending when the daemon that sent has ended.
        AbandonedMigration abandoned = new AbandonedMigration(manager, _ -> {});
        source = new SimulatedMigrationSource(setting, manager, hypervisor, world, abandoned);
        facets.put(MigrationSource.class, source);
        SimulatedMigrationDestination destination =
                new SimulatedMigrationDestination(setting, manager, hypervisor, host);
        facets.put(MigrationDestination.class, destination);
        facets.put(MigrationResolution.class, new GuestResolution(manager, destination.incoming()));
        facets.put(Jobs.class, new GuestJobs(manager.registry(), new SimulatedTuning(), hypervisor.errorDomain()));
        manager.recover(abandoned);
    }

    /** Its guests, for tests that look deeper. */
    public GuestManager manager() {
        return manager;
    }

    @Override
    public <F extends Facet> Optional<F> facet(Class<F> type) {
        return Optional.ofNullable(type.cast(facets.get(type)));
    }

    @Override
    public void autostart() {
        manager.autostart();
    }

    @Override
    public void close() {
        source.close();
        manager.detach();
    }
}
