package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.driver.Client;
import dev.godwit.driver.qemu.definition.LiveForm;
import dev.godwit.driver.qemu.process.QemuProcess;
import dev.godwit.driver.qemu.qmp.QmpEvent;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.driver.qemu.qmp.QmpListener;
import dev.godwit.guest.MachineEvents;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What QEMU says unasked, as the guest's reports; then for whoever else listens to this QEMU. */
final class QemuMachineEvents implements QmpListener {

    private static final System.Logger LOG = System.getLogger(QemuMachineEvents.class.getName());

    /** How long a QEMU that has closed its monitor may still need until it is gone. */
    static final Duration LAST_WORK = Duration.ofSeconds(30);

    private final String guest;
    private final MachineEvents to;
    private final QemuProcess process;
    private final LiveDefinition definition;
    private final List<QmpListener> others = new CopyOnWriteArrayList<>();
    private volatile Optional<QemuMachine> machine = Optional.empty();
    private volatile boolean muted;

    QemuMachineEvents(String guest, MachineEvents to, QemuProcess process, LiveDefinition definition) {
        this.guest = guest;
        this.to = to;
        this.process = process;
        this.definition = definition;
    }

    void bind(QemuMachine of) {
        machine = Optional.of(of);
    }

    Client.Registration listen(QmpListener listener) {
        others.add(listener);
        return () -> others.remove(listener);
    }

    /** Reports nothing more, because the daemon ends. */
    void mute() {
        muted = true;
    }

    @Override
    public void event(QmpEvent event, Instant at) {
        if (muted) {
            return;
        }
        report(event);
        for (QmpListener other : others) {
            other.event(event, at);
        }
    }

    private void report(QmpEvent event) {
        switch (event) {
            case QmpEvent.Stop() -> to.stopped();
            case QmpEvent.Resume() -> to.resumed();
            case QmpEvent.Suspend() ->
                    to.became(StateReason.PMSUSPENDED_UNKNOWN, Lifecycle.PMSUSPENDED_MEMORY);
            case QmpEvent.SuspendDisk() ->
                    to.became(StateReason.PMSUSPENDED_UNKNOWN, Lifecycle.PMSUSPENDED_DISK);
            case QmpEvent.Wakeup() -> to.became(StateReason.RUNNING_WAKEUP, Lifecycle.STARTED_WAKEUP);
            case QmpEvent.Shutdown(boolean byGuest, _) -> to.shutDown(Optional.of(byGuest));
            case QmpEvent.Reset _ -> to.rebooted();
            case QmpEvent.GuestPanicked _ -> to.panicked();
            case QmpEvent.GuestCrashloaded _ -> to.report(guest ->
                    new DomainEvent.LifecycleChange(guest, Lifecycle.CRASHED_CRASHLOADED));
            case QmpEvent.BalloonChange(long bytes) -> {
                machine.ifPresent(one -> one.memoryKiB(bytes / 1024));
                // Also for the status file: nobody tells the next daemon how large the balloon is.
                to.definition(live -> LiveForm.withCurrentMemory(live, bytes / 1024));
                to.report(guest -> new DomainEvent.BalloonChange(guest, bytes / 1024));
            }
            case QmpEvent.RtcChange(long offset) -> to.report(guest -> new DomainEvent.RtcChange(guest, offset));
            case QmpEvent.Watchdog(String action) -> watchdog(action);
            case QmpEvent.BlockIoError error -> diskFailed(error);
            case QmpEvent.DeviceTrayMoved(_, String alias, boolean open) -> {
                to.definition(live -> LiveDefinition.withTray(live, alias, open));
                to.report(guest -> new DomainEvent.TrayChange(guest, alias, open ? 0 : 1));
            }
            case QmpEvent.VserportChange(String alias, boolean open) -> channel(alias, open);
            default -> {}
        }
    }

    /** Numbers of libvirt's virDomainEventWatchdogAction. */
    private void watchdog(String action) {
        int number = switch (action) {
            case "pause" -> 1;
            case "reset" -> 2;
            case "poweroff" -> 3;
            case "shutdown" -> 4;
            case "debug" -> 5;
            case "inject-nmi" -> 6;
            default -> 0;
        };
        if (action.equals("pause")) {
            to.stopped(StateReason.PAUSED_WATCHDOG, Lifecycle.SUSPENDED_WATCHDOG);
        }
        to.report(guest -> new DomainEvent.Watchdog(guest, number));
    }

    /** Numbers of libvirt's virDomainEventIOErrorAction. */
    private void diskFailed(QmpEvent.BlockIoError error) {
        int number = switch (error.action()) {
            case "stop" -> 1;
            case "report" -> 2;
            default -> 0;
        };
        if (error.action().equals("stop")) {
            to.stopped(StateReason.PAUSED_IOERROR, Lifecycle.SUSPENDED_IOERROR);
        }
        Optional<LiveDefinition.Disk> disk = definition.diskOf(error);
        String path = disk.map(LiveDefinition.Disk::path).orElse("");
        String alias = disk.map(LiveDefinition.Disk::alias).orElse(error.device());
        to.report(guest -> new DomainEvent.IoError(guest, path, alias, number, error.noSpace() ? "enospc" : ""));
    }

    /** State and reason by libvirt's numbers: 1 connected, 2 disconnected; 2 because of the channel. */
    private void channel(String alias, boolean open) {
        to.definition(live -> LiveForm.withChannelStates(live, Map.of(alias, open)));
        if (definition.isAgentChannel(alias)) {
            to.report(guest -> new DomainEvent.AgentLifecycle(guest, open ? 1 : 2, 2));
        }
    }

    @Override
    public void disconnected(QmpException.Disconnected why) {
        if (muted || why.closedHere()) {
            return;
        }
        for (QmpListener other : others) {
            other.disconnected(why);
        }
        if (process.awaitEnd(LAST_WORK)) {
            to.ended();
        } else {
            LOG.log(Level.ERROR, "Guest {0} closed its monitor but still runs; it can only be destroyed now", guest);
            to.report(DomainEvent.ControlError::new);
        }
    }
}
