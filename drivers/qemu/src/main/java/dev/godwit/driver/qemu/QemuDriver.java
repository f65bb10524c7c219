package dev.godwit.driver.qemu;

import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.qemu.process.QemuLauncher;

/** The driver of {@code qemu:///system} and {@code qemu:///session}. */
public final class QemuDriver implements HypervisorDriver {

    /** The driver, as a service. */
    public QemuDriver() {}

    @Override
    public String scheme() {
        return "qemu";
    }

    @Override
    public HostSession open(HostSetting setting) {
        return new QemuSession(setting, QemuLauncher.usual(System.getenv()));
    }
}
