package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Event.event;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;
import java.util.Optional;

/**
 * The older event messages, without callback ids, for clients that asked with {@link EventProcedures#REGISTER} or
 * {@link EventProcedures#REGISTER_ANY}. A daemon that has {@link Feature#REMOTE_EVENT_CALLBACK} sees them only from clients
 * older than libvirt 1.3.
 */
public final class PlainDomainEvents {

    /** The guest was defined, started, suspended, stopped, …: {@link LifecycleEvent}. */
    public static final Event<LifecycleMsg> LIFECYCLE = event(107, LifecycleMsg.class).id(0);

    /** The guest restarted itself. */
    public static final Event<RebootMsg> REBOOT = event(169, RebootMsg.class).id(1);

    /** The guest set its clock; {@code offset} seconds from UTC. */
    public static final Event<RtcChangeMsg> RTC_CHANGE = event(170, RtcChangeMsg.class).id(2);

    /** A watchdog fired. */
    public static final Event<WatchdogMsg> WATCHDOG = event(171, WatchdogMsg.class).id(3);

    /** A disk failed. */
    public static final Event<IoErrorMsg> IO_ERROR = event(172, IoErrorMsg.class).id(4);

    /** A viewer connected ({@code phase} 0), authenticated (1) or left (2). */
    public static final Event<GraphicsMsg> GRAPHICS = event(173, GraphicsMsg.class).id(5);

    /** A disk failed, and why: "enospc" or empty. */
    public static final Event<IoErrorReasonMsg> IO_ERROR_REASON = event(195, IoErrorReasonMsg.class).id(6);

    /** The daemon lost its way to the guest's monitor. */
    public static final Event<ControlErrorMsg> CONTROL_ERROR = event(224, ControlErrorMsg.class).id(7);

    /** A job on a disk ended or got ready; names the disk by its file. */
    public static final Event<BlockJobMsg> BLOCK_JOB = event(241, BlockJobMsg.class).id(8);

    /** A medium was changed or lost. */
    public static final Event<DiskChangeMsg> DISK_CHANGE = event(248, DiskChangeMsg.class).id(9);

    /** A tray was opened (0) or closed (1). */
    public static final Event<TrayChangeMsg> TRAY_CHANGE = event(268, TrayChangeMsg.class).id(10);

    /** The guest woke up. {@code reason} stands before the guest. */
    public static final Event<PmwakeupMsg> PMWAKEUP = event(269, PmwakeupMsg.class).id(11);

    /** The guest went to sleep. {@code reason} stands before the guest. */
    public static final Event<PmsuspendMsg> PMSUSPEND = event(270, PmsuspendMsg.class).id(12);

    /** The balloon moved; the guest now has {@code actual} KiB. */
    public static final Event<BalloonChangeMsg> BALLOON_CHANGE = event(276, BalloonChangeMsg.class).id(13);

    /** The guest hibernated. {@code reason} stands before the guest. */
    public static final Event<PmsuspendDiskMsg> PMSUSPEND_DISK = event(292, PmsuspendDiskMsg.class).id(14);

    /** A device was unplugged. */
    public static final Event<DeviceRemovedMsg> DEVICE_REMOVED = event(311, DeviceRemovedMsg.class).id(15);

    // @formatter:off
    public record LifecycleMsg(NonnullDomain dom, int event, int detail) implements PlainDomainEvent {}
    public record RebootMsg(NonnullDomain dom) implements PlainDomainEvent {}
    public record RtcChangeMsg(NonnullDomain dom, long offset) implements PlainDomainEvent {}
    public record WatchdogMsg(NonnullDomain dom, int action) implements PlainDomainEvent {}
    public record IoErrorMsg(NonnullDomain dom, String srcPath, String devAlias, int action) implements PlainDomainEvent {}
    public record GraphicsMsg(NonnullDomain dom, int phase, GraphicsAddress local, GraphicsAddress remote,
                              String authScheme, @AtMost(20) List<GraphicsIdentity> subject) implements PlainDomainEvent {}
    public record IoErrorReasonMsg(NonnullDomain dom, String srcPath, String devAlias, int action, String reason) implements PlainDomainEvent {}
    public record ControlErrorMsg(NonnullDomain dom) implements PlainDomainEvent {}
    public record BlockJobMsg(NonnullDomain dom, String path, int type, int status) implements PlainDomainEvent {}
    public record DiskChangeMsg(NonnullDomain dom, Optional<String> oldSrcPath, Optional<String> newSrcPath,
                                String devAlias, int reason) implements PlainDomainEvent {}
    public record TrayChangeMsg(NonnullDomain dom, String devAlias, int reason) implements PlainDomainEvent {}
    public record PmwakeupMsg(NonnullDomain dom) implements PlainDomainEvent {}
    public record PmsuspendMsg(NonnullDomain dom) implements PlainDomainEvent {}
    public record BalloonChangeMsg(NonnullDomain dom, @Unsigned long actual) implements PlainDomainEvent {}
    public record PmsuspendDiskMsg(NonnullDomain dom) implements PlainDomainEvent {}
    public record DeviceRemovedMsg(NonnullDomain dom, String devAlias) implements PlainDomainEvent {}
    // @formatter:on

    private PlainDomainEvents() {}
}
