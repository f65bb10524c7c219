/** A hypervisor without hardware: {@code test:///default}, and the substrate of tests. */
module dev.godwit.driver.simulated {
    requires dev.godwit.core;

    exports dev.godwit.driver.simulated;

    provides dev.godwit.driver.HypervisorDriver with
            dev.godwit.driver.simulated.SimulatedDriver;
}
