package dev.godwit.daemon.event;

import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.domain.DomainEvent;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.remote.DomainEvents;
import dev.godwit.wire.remote.Event;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.PlainDomainEvents;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** The wire's messages for what happens to guests: a table, a row a kind of event. */
final class EventMessages {

    private EventMessages() {}

    /**
     * An event as one kind of registration gets it.
     *
     * @param eventId  the kind, libvirt's event id
     * @param numbered the message for a registration with a callback id
     * @param plain    the message for a registration without one, where there is such a form
     */
    record Message(int eventId, IntFunction<Frame> numbered, Optional<Frame> plain) {}

    /** The messages for an event; those of an I/O error come in two kinds. */
    static List<Message> of(DomainEvent event) {
        NonnullDomain dom = WireForms.wire(event.guest());
        // @formatter:off
        return switch (event) {
            case DomainEvent.LifecycleChange(_, var change) -> List.of(message(
                    DomainEvents.LIFECYCLE, id -> new DomainEvents.LifecycleMsg(id, dom, change.event(), change.detail()),
                    PlainDomainEvents.LIFECYCLE, new PlainDomainEvents.LifecycleMsg(dom, change.event(), change.detail())));
            case DomainEvent.Reboot _ -> List.of(message(
                    DomainEvents.REBOOT, id -> new DomainEvents.RebootMsg(id, dom),
                    PlainDomainEvents.REBOOT, new PlainDomainEvents.RebootMsg(dom)));
            case DomainEvent.RtcChange(_, long offset) -> List.of(message(
                    DomainEvents.RTC_CHANGE, id -> new DomainEvents.RtcChangeMsg(id, dom, offset),
                    PlainDomainEvents.RTC_CHANGE, new PlainDomainEvents.RtcChangeMsg(dom, offset)));
            case DomainEvent.Watchdog(_, int action) -> List.of(message(
                    DomainEvents.WATCHDOG, id -> new DomainEvents.WatchdogMsg(id, dom, action),
                    PlainDomainEvents.WATCHDOG, new PlainDomainEvents.WatchdogMsg(dom, action)));
            case DomainEvent.IoError(_, var path, var alias, int action, var reason) -> List.of(
                    message(
                            DomainEvents.IO_ERROR, id -> new DomainEvents.IoErrorMsg(id, dom, path, alias, action),
                            PlainDomainEvents.IO_ERROR, new PlainDomainEvents.IoErrorMsg(dom, path, alias, action)),
                    message(
                            DomainEvents.IO_ERROR_REASON, id -> new DomainEvents.IoErrorReasonMsg(id, dom, path, alias, action, reason),
                            PlainDomainEvents.IO_ERROR_REASON, new PlainDomainEvents.IoErrorReasonMsg(dom, path, alias, action, reason)));
            case DomainEvent.ControlError _ -> List.of(message(
                    DomainEvents.CONTROL_ERROR, id -> new DomainEvents.ControlErrorMsg(id, dom),
                    PlainDomainEvents.CONTROL_ERROR, new PlainDomainEvents.ControlErrorMsg(dom)));
            case DomainEvent.TrayChange(_, var alias, int reason) -> List.of(message(
                    DomainEvents.TRAY_CHANGE, id -> new DomainEvents.TrayChangeMsg(id, dom, alias, reason),
                    PlainDomainEvents.TRAY_CHANGE, new PlainDomainEvents.TrayChangeMsg(dom, alias, reason)));
            case DomainEvent.BalloonChange(_, long actual) -> List.of(message(
                    DomainEvents.BALLOON_CHANGE, id -> new DomainEvents.BalloonChangeMsg(id, dom, actual),
                    PlainDomainEvents.BALLOON_CHANGE, new PlainDomainEvents.BalloonChangeMsg(dom, actual)));
            case DomainEvent.AgentLifecycle(_, int state, int reason) -> List.of(message(
                    DomainEvents.AGENT_LIFECYCLE, id -> new DomainEvents.AgentLifecycleMsg(id, dom, state, reason)));
            case DomainEvent.MigrationIteration(_, int iteration) -> List.of(message(
                    DomainEvents.MIGRATION_ITERATION, id -> new DomainEvents.MigrationIterationMsg(id, dom, iteration)));
            case DomainEvent.JobCompleted(_, var stats) -> List.of(message(
                    DomainEvents.JOB_COMPLETED, id -> new DomainEvents.JobCompletedMsg(id, dom, WireForms.params(stats))));
            case DomainEvent.MetadataChange(_, int type, var namespace) -> List.of(message(
                    DomainEvents.METADATA_CHANGE, id -> new DomainEvents.MetadataChangeMsg(id, dom, type, namespace)));
        };
        // @formatter:on
    }

    private static <T, P> Message message(Event<T> event, IntFunction<T> body, Event<P> plainEvent, P plainBody) {
        return new Message(event.eventId().orElseThrow(), id -> frame(event, body.apply(id)),
                Optional.of(frame(plainEvent, plainBody)));
    }

    private static <T> Message message(Event<T> event, IntFunction<T> body) {
        return new Message(event.eventId().orElseThrow(), id -> frame(event, body.apply(id)), Optional.empty());
    }

    private static <T> Frame frame(Event<T> event, T body) {
        return Frame.of(event.header(), event.codec(), body);
    }
}
