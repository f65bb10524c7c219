package dev.godwit.driver.qemu.qmp;

import java.util.Optional;

/**
 * What QEMU says unasked. One record an event; those for which there is none arrive as {@link Unknown}.
 *
 * <p>An event of a known name whose data have not the expected shape arrives as {@link Unknown} too:
 * a newer QEMU must not cost us the monitor.
 */
public sealed interface QmpEvent {

    /** {@code STOP}: the vCPUs stopped. */
    record Stop() implements QmpEvent {}

    /** {@code RESUME}: the vCPUs run again. */
    record Resume() implements QmpEvent {}

    /** {@code SUSPEND}: the guest went to sleep (S3). */
    record Suspend() implements QmpEvent {}

    /** {@code SUSPEND_DISK}: the guest went to sleep on disk (S4). */
    record SuspendDisk() implements QmpEvent {}

    /** {@code WAKEUP}: the guest woke up. */
    record Wakeup() implements QmpEvent {}

    /** {@code POWERDOWN}: the guest was asked by ACPI to power down. */
    record Powerdown() implements QmpEvent {}

    /**
     * {@code SHUTDOWN}: the guest is down, and QEMU ends unless it was started with {@code -no-shutdown}.
     *
     * @param guest  true if the guest itself wanted it
     * @param reason why
     */
    record Shutdown(boolean guest, ShutdownCause reason) implements QmpEvent {}

    /**
     * {@code RESET}: the guest was reset.
     *
     * @param guest  true if the guest itself wanted it
     * @param reason why
     */
    record Reset(boolean guest, ShutdownCause reason) implements QmpEvent {}

    /**
     * {@code MIGRATION}: the state of the migration changed. Sent only with the capability {@code events}.
     *
     * @param status the new state
     */
    record Migration(MigrationStatus status) implements QmpEvent {}

    /**
     * {@code MIGRATION_PASS}: a pass over the guest's memory began.
     *
     * @param pass which, from 1
     */
    record MigrationPass(long pass) implements QmpEvent {}

    /**
     * {@code GUEST_PANICKED}: the guest's kernel says that it has crashed.
     *
     * @param action what QEMU does: {@code pause}, {@code poweroff} or {@code run}
     * @param info   the details some guests give
     */
    record GuestPanicked(String action, Optional<Json.Obj> info) implements QmpEvent {}

    /**
     * {@code GUEST_CRASHLOADED}: the guest has crashed and runs its crash kernel.
     *
     * @param action what QEMU does, {@code run}
     */
    record GuestCrashloaded(String action) implements QmpEvent {}

    /**
     * {@code BALLOON_CHANGE}: the guest's memory changed.
     *
     * @param actual the memory it has now, in bytes
     */
    record BalloonChange(long actual) implements QmpEvent {}

    /**
     * {@code RTC_CHANGE}: the guest set its clock.
     *
     * @param offset how far it is from the clock it was started with, in seconds
     */
    record RtcChange(long offset) implements QmpEvent {}

    /**
     * {@code WATCHDOG}: the watchdog ran out.
     *
     * @param action what QEMU does: {@code reset}, {@code shutdown}, {@code poweroff}, {@code pause},
     *               {@code debug}, {@code none} or {@code inject-nmi}
     */
    record Watchdog(String action) implements QmpEvent {}

    /**
     * {@code BLOCK_IO_ERROR}: a disk could not be read or written.
     *
     * @param device    the drive's name; empty with {@code -blockdev}
     * @param nodeName  the block node
     * @param qomPath   the disk's device
     * @param operation {@code read} or {@code write}
     * @param action    what QEMU does: {@code ignore}, {@code report} or {@code stop}
     * @param noSpace   true if the reason is a full disk
     * @param reason    QEMU's sentence, for people
     */
    record BlockIoError(String device, Optional<String> nodeName, Optional<String> qomPath, String operation,
            String action, boolean noSpace, String reason) implements QmpEvent {}

    /**
     * {@code DEVICE_DELETED}: the guest let go of a device.
     *
     * @param device its alias, if it had one
     * @param path   its QOM path
     */
    record DeviceDeleted(Optional<String> device, String path) implements QmpEvent {}

    /**
     * {@code DEVICE_TRAY_MOVED}: a tray was opened or closed.
     *
     * @param device   the drive's name; empty with {@code -blockdev}
     * @param id       the device's QOM path
     * @param trayOpen true if it is open now
     */
    record DeviceTrayMoved(String device, String id, boolean trayOpen) implements QmpEvent {}

    /**
     * {@code VSERPORT_CHANGE}: a program in the guest opened or closed a port of a virtio console.
     *
     * @param id   the port's alias
     * @param open true if it is open now
     */
    record VserportChange(String id, boolean open) implements QmpEvent {}

    /**
     * {@code NIC_RX_FILTER_CHANGED}: the guest changed which frames an interface takes.
     *
     * @param name the interface's alias, if it has one
     * @param path its QOM path
     */
    record NicRxFilterChanged(Optional<String> name, String path) implements QmpEvent {}

    /**
     * {@code JOB_STATUS_CHANGE}: a job went on to its next state.
     *
     * @param id     the job
     * @param status {@code created}, {@code running}, {@code paused}, {@code ready}, {@code standby},
     *               {@code waiting}, {@code pending}, {@code aborting}, {@code concluded} or {@code null}
     */
    record JobStatusChange(String id, String status) implements QmpEvent {}

    /**
     * {@code BLOCK_JOB_READY}, {@code _COMPLETED}, {@code _CANCELLED}: a block job got there.
     *
     * @param step   which of the three
     * @param type   {@code mirror}, {@code commit}, {@code stream}, {@code backup}, …
     * @param device the job's name
     * @param length how much there is to do, in bytes
     * @param offset how much is done, in bytes
     * @param speed  the limit, in bytes a second; 0 is none
     * @param error  why it failed; empty when it did not
     */
    record BlockJob(BlockJobStep step, String type, String device, long length, long offset, long speed,
            Optional<String> error) implements QmpEvent {}

    /** Where a block job got. */
    enum BlockJobStep {
        /** It goes along with the guest now and can be ended at any time. */
        READY,
        /** It is over, well or with an error. */
        COMPLETED,
        /** It was cancelled. */
        CANCELLED
    }

    /**
     * {@code BLOCK_JOB_ERROR}: a block job met an error on the way.
     *
     * @param device    the job's name
     * @param operation {@code read} or {@code write}
     * @param action    what QEMU does: {@code ignore}, {@code report} or {@code stop}
     */
    record BlockJobError(String device, String operation, String action) implements QmpEvent {}

    /**
     * {@code BLOCK_WRITE_THRESHOLD}: the guest wrote beyond the mark that was set.
     *
     * @param nodeName       the block node
     * @param amountExceeded by how many bytes
     * @param writeThreshold the mark, in bytes
     */
    record BlockWriteThreshold(String nodeName, long amountExceeded, long writeThreshold) implements QmpEvent {}

    /**
     * {@code VNC_CONNECTED}, {@code _INITIALIZED}, {@code _DISCONNECTED}: a viewer came, was let in, or left.
     *
     * @param step   which of the three
     * @param server where it connected to
     * @param client where it comes from
     */
    record Vnc(VncStep step, VncEndpoint server, VncEndpoint client) implements QmpEvent {}

    /** What a viewer did. */
    enum VncStep {
        /** It connected. */
        CONNECTED,
        /** It was let in. */
        INITIALIZED,
        /** It left. */
        DISCONNECTED
    }

    /**
     * One end of a viewer's connection.
     *
     * @param host    an address, or the path of a Unix socket
     * @param service a port; empty for a Unix socket
     * @param family  {@code ipv4}, {@code ipv6}, {@code unix}, {@code vsock} or {@code unknown}
     * @param auth    how the viewer has to say who it is; only of the server
     * @param details the SASL user name or the name in the certificate, of a client that gave one
     */
    record VncEndpoint(String host, String service, String family, Optional<String> auth, Optional<String> details) {
        private static VncEndpoint of(Json.Obj end) {
            return new VncEndpoint(end.text("host"), end.text("service"), end.text("family"), end.optText("auth"),
                    end.optText("sasl_username").or(() -> end.optText("x509_dname")));
        }
    }

    /**
     * {@code MEMORY_DEVICE_SIZE_CHANGE}: the guest took or gave back memory of a device.
     *
     * @param id      the device's alias, if it has one
     * @param size    what the guest has of it now, in bytes
     * @param qomPath the device
     */
    record MemoryDeviceSizeChange(Optional<String> id, long size, String qomPath) implements QmpEvent {}

    /**
     * Any other event.
     *
     * @param name its name
     * @param data its data; empty when it has none
     */
    record Unknown(String name, Json.Obj data) implements QmpEvent {}

    /** Why a guest was shut down or reset. */
    enum ShutdownCause {
        /** No reason given. */
        NONE("none"),
        /** An error of the host. */
        HOST_ERROR("host-error"),
        /** The command {@code quit}. */
        HOST_QMP_QUIT("host-qmp-quit"),
        /** The command {@code system_reset}. */
        HOST_QMP_SYSTEM_RESET("host-qmp-system-reset"),
        /** A signal, such as SIGTERM. */
        HOST_SIGNAL("host-signal"),
        /** The window of a graphical QEMU was closed. */
        HOST_UI("host-ui"),
        /** The guest powered down. */
        GUEST_SHUTDOWN("guest-shutdown"),
        /** The guest reset itself. */
        GUEST_RESET("guest-reset"),
        /** The guest panicked. */
        GUEST_PANIC("guest-panic"),
        /** A part of the machine was reset. */
        SUBSYSTEM_RESET("subsystem-reset"),
        /** A snapshot was loaded. */
        SNAPSHOT_LOAD("snapshot-load"),
        /** A reason this release does not know. */
        UNKNOWN("");

        private final String qemuName;

        ShutdownCause(String qemuName) {
            this.qemuName = qemuName;
        }

        static ShutdownCause of(String qemuName) {
            for (ShutdownCause cause : values()) {
                if (cause.qemuName.equals(qemuName)) {
                    return cause;
                }
            }
            return UNKNOWN;
        }
    }

    /**
     * Turns an event into its record.
     *
     * @param name the event's name
     * @param data its data; an empty object if it has none
     * @return the record; {@link Unknown} for a name or data that are not known here
     */
    static QmpEvent of(String name, Json.Obj data) {
        try {
            return known(name, data);
        } catch (JsonException unexpectedShape) {
            return new Unknown(name, data);
        }
    }

    private static QmpEvent known(String name, Json.Obj data) {
        return switch (name) {
            case "STOP" -> new Stop();
            case "RESUME" -> new Resume();
            case "SUSPEND" -> new Suspend();
            case "SUSPEND_DISK" -> new SuspendDisk();
            case "WAKEUP" -> new Wakeup();
            case "POWERDOWN" -> new Powerdown();
            case "SHUTDOWN" -> new Shutdown(data.optBool("guest").orElse(false), cause(data));
            case "RESET" -> new Reset(data.optBool("guest").orElse(false), cause(data));
            case "MIGRATION" -> new Migration(MigrationStatus.of(data.text("status")));
            case "MIGRATION_PASS" -> new MigrationPass(data.integer("pass"));
            case "GUEST_PANICKED" -> new GuestPanicked(data.text("action"), data.optObject("info"));
            case "GUEST_CRASHLOADED" -> new GuestCrashloaded(data.text("action"));
            case "BALLOON_CHANGE" -> new BalloonChange(data.integer("actual"));
            case "RTC_CHANGE" -> new RtcChange(data.integer("offset"));
            case "WATCHDOG" -> new Watchdog(data.text("action"));
            case "BLOCK_IO_ERROR" -> new BlockIoError(data.text("device"), data.optText("node-name"),
                    data.optText("qom-path"), data.text("operation"), data.text("action"),
                    data.optBool("nospace").orElse(false), data.text("reason"));
            case "DEVICE_DELETED" -> new DeviceDeleted(data.optText("device"), data.text("path"));
            case "DEVICE_TRAY_MOVED" -> new DeviceTrayMoved(data.text("device"), data.text("id"),
                    data.bool("tray-open"));
            case "VSERPORT_CHANGE" -> new VserportChange(data.text("id"), data.bool("open"));
            case "NIC_RX_FILTER_CHANGED" -> new NicRxFilterChanged(data.optText("name"), data.text("path"));
            case "JOB_STATUS_CHANGE" -> new JobStatusChange(data.text("id"), data.text("status"));
            case "BLOCK_JOB_READY" -> blockJob(BlockJobStep.READY, data);
            case "BLOCK_JOB_COMPLETED" -> blockJob(BlockJobStep.COMPLETED, data);
            case "BLOCK_JOB_CANCELLED" -> blockJob(BlockJobStep.CANCELLED, data);
            case "BLOCK_JOB_ERROR" -> new BlockJobError(data.text("device"), data.text("operation"),
                    data.text("action"));
            case "BLOCK_WRITE_THRESHOLD" -> new BlockWriteThreshold(data.text("node-name"),
                    data.integer("amount-exceeded"), data.integer("write-threshold"));
            case "VNC_CONNECTED" -> vnc(VncStep.CONNECTED, data);
            case "VNC_INITIALIZED" -> vnc(VncStep.INITIALIZED, data);
            case "VNC_DISCONNECTED" -> vnc(VncStep.DISCONNECTED, data);
            case "MEMORY_DEVICE_SIZE_CHANGE" -> new MemoryDeviceSizeChange(data.optText("id"), data.integer("size"),
                    data.text("qom-path"));
            default -> new Unknown(name, data);
        };
    }

    private static ShutdownCause cause(Json.Obj data) {
        return data.optText("reason").map(ShutdownCause::of).orElse(ShutdownCause.NONE);
    }

    private static BlockJob blockJob(BlockJobStep step, Json.Obj data) {
        return new BlockJob(step, data.text("type"), data.text("device"), data.integer("len"), data.integer("offset"),
                data.integer("speed"), data.optText("error"));
    }

    private static Vnc vnc(VncStep step, Json.Obj data) {
        return new Vnc(step, VncEndpoint.of(data.object("server")), VncEndpoint.of(data.object("client")));
    }
}
