package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetParameters;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrateParameters;
import dev.godwit.driver.qemu.qmp.MigrationParameters;
import dev.godwit.guest.Machine;
import dev.godwit.guest.MigrationTuning;

/** The knobs of QEMU's migration, before it and while it goes on. */
public final class QemuMigrationTuning implements MigrationTuning {

    /** For any QEMU. */
    public QemuMigrationTuning() {}

    @Override
    public long maxDowntimeMillis(Machine machine) {
        return parameters(machine).downtimeLimit()
                .orElseThrow(() -> missing("Querying migration downtime is not supported by QEMU binary"));
    }

    @Override
    public void maxDowntimeMillis(Machine machine, long millis) {
        set(machine, MigrationParameters.NONE.withDowntimeLimit(millis));
    }

    @Override
    public void maxSpeedMiB(Machine machine, long mib) {
        set(machine, MigrationParameters.NONE.withMaxBandwidth(QemuTransfer.bytes(mib)));
    }

    @Override
    public long compressionCacheBytes(Machine machine) {
        return parameters(machine).xbzrleCacheSize()
                .orElseThrow(() -> missing("Compressed migration is not supported by QEMU binary"));
    }

    @Override
    public void compressionCacheBytes(Machine machine, long bytes) {
        set(machine, new MigrationParameters(Json.EMPTY.with("xbzrle-cache-size", bytes)));
    }

    private static MigrationParameters parameters(Machine machine) {
        return ((QemuMachine) machine).ask(new QueryMigrateParameters());
    }

    private static void set(Machine machine, MigrationParameters parameters) {
        ((QemuMachine) machine).ask(new MigrateSetParameters(parameters));
    }

    private static VirtException missing(String what) {
        return new VirtException(ErrorCode.OPERATION_UNSUPPORTED, ErrorDomain.QEMU, what);
    }
}
