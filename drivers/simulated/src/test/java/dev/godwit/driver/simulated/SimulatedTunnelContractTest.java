package dev.godwit.driver.simulated;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.contract.ContractHost;
import dev.godwit.driver.contract.TunnelContract;
import dev.godwit.guest.GuestManager;
import java.util.UUID;

class SimulatedTunnelContractTest extends TunnelContract {

    private final SimulatedWorld world = new SimulatedWorld();

    /** The driver of an empty world: without the guest that every other simulated host begins with. */
    @Override
    protected HypervisorDriver newDriver() {
        return new HypervisorDriver() {
            @Override
            public String scheme() {
                return "test";
            }

            @Override
            public HostSession open(HostSetting setting) {
                return new SimulatedSession(setting, world, GuestManager.PATIENCE);
            }
        };
    }

    @Override
    protected ErrorDomain errorDomain() {
        return ErrorDomain.TEST;
    }

    @Override
    protected String definition(String name, UUID uuid) {
        return """
                <domain type='test'>
                  <name>%s</name>
                  <uuid>%s</uuid>
                  <memory unit='MiB'>64</memory>
                  <vcpu>1</vcpu>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """.formatted(name, uuid);
    }

    @Override
    protected void crash(ContractHost host, DomainRef guest) {
        world.host(host.setting().host().name()).machine(guest.uuid()).orElseThrow().crash();
    }
}
