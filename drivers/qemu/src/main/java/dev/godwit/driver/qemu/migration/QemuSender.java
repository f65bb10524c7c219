package dev.godwit.driver.qemu.migration;

import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.guest.AbandonedMigration;
import dev.godwit.guest.MigrationJob;

/** What a QEMU that sends is told when its migration ends without CONFIRM's GO. */
public final class QemuSender implements AbandonedMigration.Sender {

    /** For the guests of this host. */
    public QemuSender() {}

    @Override
    public void cancel(MigrationJob job) {
        QemuTransfer.stop(job);
    }

    @Override
    public void putBack(MigrationJob job) {
        job.guest().machine().map(QemuMachine.class::cast).ifPresent(QemuMigrationReset::restore);
    }
}
