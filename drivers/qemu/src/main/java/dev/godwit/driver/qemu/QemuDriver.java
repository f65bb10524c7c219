package dev.godwit.driver.qemu;

import dev.godwit.driver.BareReceiver;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.qemu.migration.QemuBareReceiver;
import dev.godwit.driver.qemu.process.QemuLauncher;
import java.util.Optional;

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

    @Override
    public Optional<BareReceiver> receive(HostSetting setting, BareReceiver.Order order) {
        return Optional.of(QemuBareReceiver.start(setting, QemuLauncher.usual(System.getenv()), order));
    }
}
