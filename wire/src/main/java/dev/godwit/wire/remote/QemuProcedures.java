package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.CONNECT_WRITE;
import static dev.godwit.wire.remote.Permission.CONNECT_SEARCH_DOMAINS;
import static dev.godwit.wire.remote.Permission.DOMAIN_START;
import static dev.godwit.wire.remote.Permission.DOMAIN_WRITE;

import dev.godwit.wire.xdr.Unsigned;
import java.util.Optional;

/**
 * What only QEMU has, in a program of its own.
 */
public final class QemuProcedures {

    /** Passes a command to the monitor as it stands. {@code flags} bit 0: the human monitor instead of QMP. */
    public static final Procedure<MonitorCommandArgs, MonitorCommandRet> MONITOR_COMMAND =
            Procedure.call(Program.QEMU, 1, MonitorCommandArgs.class, MonitorCommandRet.class)
                    .api("virDomainQemuMonitorCommand").allow(DOMAIN_WRITE);

    /** Takes over a QEMU that somebody else started. Answered as unsupported since libvirt 5.5. */
    public static final Procedure<AttachArgs, DomainRet> ATTACH =
            Procedure.call(Program.QEMU, 2, AttachArgs.class, DomainRet.class).api("virDomainQemuAttach")
                    .allow(DOMAIN_START, DOMAIN_WRITE);

    /**
     * Passes a command to the guest's agent. {@code timeout} in seconds; -2 waits without end, -1 for the
     * default time, 0 not at all.
     */
    public static final Procedure<AgentCommandArgs, AgentCommandRet> AGENT_COMMAND =
            Procedure.call(Program.QEMU, 3, AgentCommandArgs.class, AgentCommandRet.class)
                    .api("virDomainQemuAgentCommand").allow(DOMAIN_WRITE);

    /**
     * Asks for events of the monitor as they stand; without a name for all of them. {@code flags}: 1 the name
     * is a regular expression, 2 ignoring case.
     */
    public static final Procedure<MonitorEventRegisterArgs, MonitorEventRegisterRet> MONITOR_EVENT_REGISTER =
            Procedure.call(Program.QEMU, 4, MonitorEventRegisterArgs.class, MonitorEventRegisterRet.class)
                    .api("virConnectDomainQemuMonitorEventRegister")
                    .allow(CONNECT_SEARCH_DOMAINS, CONNECT_WRITE);

    /** Ends such a registration. */
    public static final Procedure<MonitorEventDeregisterArgs, Nothing> MONITOR_EVENT_DEREGISTER =
            Procedure.call(Program.QEMU, 5, MonitorEventDeregisterArgs.class, Nothing.class)
                    .api("virConnectDomainQemuMonitorEventDeregister").allow(CONNECT_WRITE);

    // @formatter:off
    public record MonitorCommandArgs(NonnullDomain dom, String cmd, @Unsigned int flags) {}
    public record MonitorCommandRet(String result) {}
    public record AttachArgs(@Unsigned int pid, @Unsigned int flags) {}
    public record AgentCommandArgs(NonnullDomain dom, String cmd, int timeout, @Unsigned int flags) {}
    public record AgentCommandRet(Optional<String> result) {}
    public record MonitorEventRegisterArgs(Optional<NonnullDomain> dom, Optional<String> event,
                                           @Unsigned int flags) {}
    public record MonitorEventRegisterRet(int callbackID) {}
    public record MonitorEventDeregisterArgs(int callbackID) {}
    // @formatter:on

    private QemuProcedures() {}
}
