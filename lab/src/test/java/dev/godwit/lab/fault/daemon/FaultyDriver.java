package dev.godwit.lab.fault.daemon;

import dev.godwit.driver.BareReceiver;
import dev.godwit.driver.Facet;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.PeerAccess;
import java.util.Optional;

/**
 * A driver with points in it.
 *
 * @param real   the driver
 * @param points the line to the lab
 */
record FaultyDriver(HypervisorDriver real, Points points) implements HypervisorDriver {

    @Override
    public String scheme() {
        return real.scheme();
    }

    @Override
    public HostSession open(HostSetting host) {
        PeerAccess peers = new PeerAccess(host.peers().reachableAt(), new FaultySides.Asking(host.peers().question(), points));
        return new Session(real.open(new HostSetting(host.host(), host.privileged(), host.configDir(), host.stateDir(),
                host.runDir(), host.logDir(), host.migration(), host.options(), host.clock(), host.random(), host.waiting(),
                () -> new FaultyStorage(host.journal().get(), points), peers)), points);
    }

    @Override
    public Optional<BareReceiver> receive(HostSetting setting, BareReceiver.Order order) {
        return real.receive(setting, order);
    }

    private record Session(HostSession real, Points points) implements HostSession {

        @Override
        public <F extends Facet> Optional<F> facet(Class<F> type) {
            return real.facet(type).map(facet -> type.cast(around(type, facet)));
        }

        private Facet around(Class<?> type, Facet facet) {
            if (type == MigrationSource.class) {
                return new FaultySides.Leaving((MigrationSource) facet, points);
            }
            if (type == MigrationDestination.class) {
                return new FaultySides.Coming((MigrationDestination) facet, points);
            }
            return type == MigrationResolution.class ? new FaultySides.Asked((MigrationResolution) facet, points) : facet;
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
}
