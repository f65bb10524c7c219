package dev.godwit.driver.qemu;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MonitorAccess;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.GuestCommands.HumanMonitorCommand;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.driver.qemu.qmp.JsonException;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.guest.GuestRegistry;
import java.time.Duration;

/** QEMU's monitor, as it is, for {@code virsh qemu-monitor-command}. */
final class QemuMonitorAccess implements MonitorAccess {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final GuestRegistry registry;

    QemuMonitorAccess(GuestRegistry registry) {
        this.registry = registry;
    }

    @Override
    public String command(DomainRef guest, String command, boolean human) {
        QemuMachine machine = RunningQemu.of(registry, guest);
        machine.noteMonitorUsed();
        if (human) {
            return machine.ask(new HumanMonitorCommand(command));
        }
        try {
            Json.Obj request = Json.parse(command).asObject();
            return machine.monitor().executeRaw(request, PATIENCE).toString();
        } catch (JsonException e) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                    "cannot parse json " + command + ": " + e.getMessage());
        } catch (QmpException e) {
            throw e.toVirtException();
        }
    }
}
