package dev.godwit.driver.simulated;

import dev.godwit.driver.Client;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.guest.GuestManager;
import java.util.Set;

/** The driver of {@code test:///default}: a host with one running guest called {@code test}. */
public final class SimulatedDriver implements HypervisorDriver {

    private static final String FIRST_GUEST = """
            <domain type='test'>
              <name>test</name>
              <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
              <memory unit='KiB'>8388608</memory>
              <currentMemory unit='KiB'>2097152</currentMemory>
              <vcpu placement='static'>2</vcpu>
              <os>
                <type arch='x86_64'>hvm</type>
                <boot dev='hd'/>
              </os>
              <on_poweroff>destroy</on_poweroff>
              <on_reboot>restart</on_reboot>
              <on_crash>destroy</on_crash>
            </domain>
            """;

    private final SimulatedWorld world;

    /** A driver with a world of its own. */
    public SimulatedDriver() {
        this(new SimulatedWorld());
    }

    /**
     * A driver of hosts that exist already.
     *
     * @param world the hosts
     */
    public SimulatedDriver(SimulatedWorld world) {
        this.world = world;
    }

    @Override
    public String scheme() {
        return "test";
    }

    @Override
    public HostSession open(HostSetting setting) {
        SimulatedHost host = world.host(setting.host().name());
        boolean isNew = host.files().all().isEmpty();
        SimulatedSession session = new SimulatedSession(setting, world, GuestManager.PATIENCE);
        if (isNew) {
            session.manager().start(
                    session.manager().define(FIRST_GUEST, Set.of()), Set.of(), Client.NONE);
        }
        return session;
    }
}
