package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Event.event;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;
import java.util.Optional;

/**
 * What a daemon tells those who asked with {@link EventProcedures#CALLBACK_REGISTER_ANY}: one message for each
 * registration, which starts with its callback id.
 *
 * <p>Numbers inside the messages are libvirt's public constants. Those that steer this project have a type:
 * {@link LifecycleEvent}.
 */
public final class DomainEvents {

    /** The guest was defined, started, suspended, stopped, …: {@link LifecycleEvent}. */
    public static final Event<LifecycleMsg> LIFECYCLE = event(318, LifecycleMsg.class).id(0);

    /** The guest restarted itself. */
    public static final Event<RebootMsg> REBOOT = event(319, RebootMsg.class).id(1);

    /** The guest set its clock; {@code offset} seconds from UTC. */
    public static final Event<RtcChangeMsg> RTC_CHANGE = event(320, RtcChangeMsg.class).id(2);

    /** A watchdog fired. */
    public static final Event<WatchdogMsg> WATCHDOG = event(321, WatchdogMsg.class).id(3);

    /** A disk failed. */
    public static final Event<IoErrorMsg> IO_ERROR = event(322, IoErrorMsg.class).id(4);

    /** A viewer connected ({@code phase} 0), authenticated (1) or left (2). */
    public static final Event<GraphicsMsg> GRAPHICS = event(323, GraphicsMsg.class).id(5);

    /** A disk failed, and why: "enospc" or empty. */
    public static final Event<IoErrorReasonMsg> IO_ERROR_REASON = event(324, IoErrorReasonMsg.class).id(6);

    /** The daemon lost its way to the guest's monitor. */
    public static final Event<ControlErrorMsg> CONTROL_ERROR = event(325, ControlErrorMsg.class).id(7);

    /** A job on a disk ended or got ready; names the disk by its file. */
    public static final Event<BlockJobMsg> BLOCK_JOB = event(326, BlockJobMsg.class).id(8);

    /** A medium was changed or lost. */
    public static final Event<DiskChangeMsg> DISK_CHANGE = event(327, DiskChangeMsg.class).id(9);

    /** A tray was opened (0) or closed (1). */
    public static final Event<TrayChangeMsg> TRAY_CHANGE = event(328, TrayChangeMsg.class).id(10);

    /** The guest woke up. {@code reason} stands before the guest. */
    public static final Event<PmwakeupMsg> PMWAKEUP = event(329, PmwakeupMsg.class).id(11);

    /** The guest went to sleep. {@code reason} stands before the guest. */
    public static final Event<PmsuspendMsg> PMSUSPEND = event(330, PmsuspendMsg.class).id(12);

    /** The balloon moved; the guest now has {@code actual} KiB. */
    public static final Event<BalloonChangeMsg> BALLOON_CHANGE = event(331, BalloonChangeMsg.class).id(13);

    /** The guest hibernated. {@code reason} stands before the guest. */
    public static final Event<PmsuspendDiskMsg> PMSUSPEND_DISK = event(332, PmsuspendDiskMsg.class).id(14);

    /** A device was unplugged. */
    public static final Event<DeviceRemovedMsg> DEVICE_REMOVED = event(333, DeviceRemovedMsg.class).id(15);

    /** A job on a disk ended or got ready; names the disk by its target. */
    public static final Event<BlockJob2Msg> BLOCK_JOB_2 = event(339, BlockJob2Msg.class).id(16);

    /** A tunable changed. */
    public static final Event<TunableMsg> TUNABLE = event(346, TunableMsg.class).id(17);

    /** The guest's agent connected (1) or disconnected (2). */
    public static final Event<AgentLifecycleMsg> AGENT_LIFECYCLE = event(348, AgentLifecycleMsg.class).id(18);

    /** A device was plugged in. */
    public static final Event<DeviceAddedMsg> DEVICE_ADDED = event(354, DeviceAddedMsg.class).id(19);

    /** A new pass over memory began. */
    public static final Event<MigrationIterationMsg> MIGRATION_ITERATION = event(359, MigrationIterationMsg.class).id(20);

    /** A job came to its end; the parameters are those of {@link JobProcedures#GET_JOB_STATS}. */
    public static final Event<JobCompletedMsg> JOB_COMPLETED = event(363, JobCompletedMsg.class).id(21);

    /** The guest refused to let a device go. */
    public static final Event<DeviceRemovalFailedMsg> DEVICE_REMOVAL_FAILED = event(367, DeviceRemovalFailedMsg.class).id(22);

    /** Description, title or another piece of metadata changed. */
    public static final Event<MetadataChangeMsg> METADATA_CHANGE = event(379, MetadataChangeMsg.class).id(23);

    /** A disk grew beyond a mark, by {@code excess} bytes. */
    public static final Event<BlockThresholdMsg> BLOCK_THRESHOLD = event(385, BlockThresholdMsg.class).id(24);

    /** The host found broken memory. */
    public static final Event<MemoryFailureMsg> MEMORY_FAILURE = event(423, MemoryFailureMsg.class).id(25);

    /** A memory device now has {@code size} KiB. */
    public static final Event<MemoryDeviceSizeChangeMsg> MEMORY_DEVICE_SIZE_CHANGE = event(438, MemoryDeviceSizeChangeMsg.class).id(26);

    /** The guest changed a MAC address. Since libvirt 11.2. */
    public static final Event<NicMacChangeMsg> NIC_MAC_CHANGE = event(453, NicMacChangeMsg.class).id(27);

    /** A virtual CPU was unplugged. Since libvirt 12.4. */
    public static final Event<VcpuRemovedMsg> VCPU_REMOVED = event(454, VcpuRemovedMsg.class).id(28);

    /** A guest channel connected or disconnected. Since libvirt 12.4. */
    public static final Event<ChannelLifecycleMsg> CHANNEL_LIFECYCLE = event(455, ChannelLifecycleMsg.class).id(29);

    // @formatter:off
    public record LifecycleMsg(int callbackID, NonnullDomain dom, int event, int detail) implements DomainEvent {}
    public record RebootMsg(int callbackID, NonnullDomain dom) implements DomainEvent {}
    public record RtcChangeMsg(int callbackID, NonnullDomain dom, long offset) implements DomainEvent {}
    public record WatchdogMsg(int callbackID, NonnullDomain dom, int action) implements DomainEvent {}
    public record IoErrorMsg(int callbackID, NonnullDomain dom, String srcPath, String devAlias, int action) implements DomainEvent {}
    public record GraphicsMsg(int callbackID, NonnullDomain dom, int phase, GraphicsAddress local,
                              GraphicsAddress remote, String authScheme,
                              @AtMost(20) List<GraphicsIdentity> subject) implements DomainEvent {}
    public record IoErrorReasonMsg(int callbackID, NonnullDomain dom, String srcPath, String devAlias, int action,
                                   String reason) implements DomainEvent {}
    public record ControlErrorMsg(int callbackID, NonnullDomain dom) implements DomainEvent {}
    public record BlockJobMsg(int callbackID, NonnullDomain dom, String path, int type, int status) implements DomainEvent {}
    public record DiskChangeMsg(int callbackID, NonnullDomain dom, Optional<String> oldSrcPath,
                                Optional<String> newSrcPath, String devAlias, int reason) implements DomainEvent {}
    public record TrayChangeMsg(int callbackID, NonnullDomain dom, String devAlias, int reason) implements DomainEvent {}
    public record PmwakeupMsg(int callbackID, int reason, NonnullDomain dom) implements DomainEvent {}
    public record PmsuspendMsg(int callbackID, int reason, NonnullDomain dom) implements DomainEvent {}
    public record BalloonChangeMsg(int callbackID, NonnullDomain dom, @Unsigned long actual) implements DomainEvent {}
    public record PmsuspendDiskMsg(int callbackID, int reason, NonnullDomain dom) implements DomainEvent {}
    public record DeviceRemovedMsg(int callbackID, NonnullDomain dom, String devAlias) implements DomainEvent {}
    public record BlockJob2Msg(int callbackID, NonnullDomain dom, String dst, int type, int status) implements DomainEvent {}
    public record TunableMsg(int callbackID, NonnullDomain dom, @AtMost(2048) List<TypedParam> params) implements DomainEvent {}
    public record AgentLifecycleMsg(int callbackID, NonnullDomain dom, int state, int reason) implements DomainEvent {}
    public record DeviceAddedMsg(int callbackID, NonnullDomain dom, String devAlias) implements DomainEvent {}
    public record MigrationIterationMsg(int callbackID, NonnullDomain dom, int iteration) implements DomainEvent {}
    public record JobCompletedMsg(int callbackID, NonnullDomain dom,
                                  @AtMost(Limits.PARAMS) List<TypedParam> params) implements DomainEvent {}
    public record DeviceRemovalFailedMsg(int callbackID, NonnullDomain dom, String devAlias) implements DomainEvent {}
    public record MetadataChangeMsg(int callbackID, NonnullDomain dom, int type, Optional<String> nsuri) implements DomainEvent {}
    public record BlockThresholdMsg(int callbackID, NonnullDomain dom, String dev, Optional<String> path,
                                    @Unsigned long threshold, @Unsigned long excess) implements DomainEvent {}
    public record MemoryFailureMsg(int callbackID, NonnullDomain dom, int recipient, int action,
                                   @Unsigned int flags) implements DomainEvent {}
    public record MemoryDeviceSizeChangeMsg(int callbackID, NonnullDomain dom, String alias, @Unsigned long size) implements DomainEvent {}
    public record NicMacChangeMsg(int callbackID, NonnullDomain dom, String alias, String oldMAC, String newMAC) implements DomainEvent {}
    public record VcpuRemovedMsg(int callbackID, NonnullDomain dom, @Unsigned int vcpuid) implements DomainEvent {}
    public record ChannelLifecycleMsg(int callbackID, NonnullDomain dom, String channelName, int state, int reason) implements DomainEvent {}
    // @formatter:on

    private DomainEvents() {}
}
