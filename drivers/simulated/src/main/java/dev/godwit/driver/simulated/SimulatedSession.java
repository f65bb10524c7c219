package dev.godwit.driver.simulated;

import dev.godwit.driver.DomainEvents;
import dev.godwit.driver.Facet;
import dev.godwit.driver.Guests;
import dev.godwit.driver.HostInformation;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.GuestStore;
import dev.godwit.guest.MigrationRecovery;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One daemon's view of one simulated host. */
public final class SimulatedSession implements HostSession {

    private final GuestManager manager;
    private final Map<Class<? extends Facet>, Facet> facets = new LinkedHashMap<>();

    /**
     * Finds the guests of a host.
     *
     * @param setting  who the host is
     * @param host     the host
     * @param patience how long a call waits for another one on the same guest
     */
    public SimulatedSession(HostSetting setting, SimulatedHost host, Duration patience) {
        manager = new GuestManager(
                new SimulatedHypervisor(host, setting.clock()),
                new GuestStore(host.files(), setting.configDir(), setting.runDir()),
                setting.clock(),
                setting.random(),
                patience);
        facets.put(Guests.class, manager);
        facets.put(DomainEvents.class, manager);
        facets.put(HostInformation.class, new SimulatedHostInformation(setting.host()));
        manager.recover(MigrationRecovery.CAUTIOUS);
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
        manager.detach();
    }
}
