package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.Unsigned;
import java.util.Optional;

/** What QEMU's monitor reported, passed on as it stands. */
public final class QemuEvents {

    /** An event of the monitor, for {@link QemuProcedures#MONITOR_EVENT_REGISTER}. */
    public static final Event<MonitorEventMsg> MONITOR_EVENT =
            Event.event(Program.QEMU, 6, MonitorEventMsg.class);

    /**
     * The body of {@link #MONITOR_EVENT}.
     *
     * @param callbackID the registration it is for
     * @param dom        the guest
     * @param event      the event's name
     * @param seconds    when, since 1970
     * @param micros     and microseconds
     * @param details    its data as JSON
     */
    public record MonitorEventMsg(int callbackID, NonnullDomain dom, String event, long seconds,
                                  @Unsigned int micros, Optional<String> details) implements DomainEvent {}

    private QemuEvents() {}
}
