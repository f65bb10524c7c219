package dev.godwit.daemon.handlers;

import dev.godwit.daemon.access.SaslService;
import dev.godwit.daemon.event.EventHub;
import dev.godwit.daemon.hypervisor.Hypervisors;
import dev.godwit.daemon.peer.PeerMigrations;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.TunnelKeys;
import dev.godwit.driver.HostIdentity;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.ConsoleProcedures;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.NodeProcedures;
import dev.godwit.wire.remote.OlderMigrationProcedures;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.QemuProcedures;
import java.util.Set;
import java.util.function.Supplier;

/** All handlers of the daemon, and the list of what it does not do. */
public final class AllHandlers {

    /**
     * The procedures that are declared and not answered: a client is told "unknown procedure" and does without. The list is
     * what is honestly missing; a test fails for a procedure that has no handler and is not on it, and for one that has a
     * handler and is.
     */
    public static final Set<Procedure<?, ?>> UNSUPPORTED = Set.of(
            // A daemon in between names its client with this; there is none in between.
            ConnectProcedures.SET_IDENTITY,
            // CPU models are not compared yet.
            ConnectProcedures.COMPARE_CPU, ConnectProcedures.BASELINE_CPU, ConnectProcedures.GET_CPU_MODEL_NAMES,
            // Figures of the host.
            NodeProcedures.GET_CPU_STATS, NodeProcedures.GET_MEMORY_STATS, NodeProcedures.GET_CELLS_FREE_MEMORY,
            // Messages with file descriptors.
            DomainProcedures.CREATE_XML_WITH_FILES, DomainProcedures.CREATE_WITH_FILES,
            ConsoleProcedures.OPEN_GRAPHICS, ConsoleProcedures.OPEN_GRAPHICS_FD,
            // Changes to a guest beyond its life and its definition.
            DomainProcedures.SET_AUTOSTART_ONCE, DomainProcedures.SET_VCPUS_FLAGS, DomainProcedures.SET_MEMORY,
            DomainProcedures.SET_MEMORY_FLAGS, DomainProcedures.SET_MAX_MEMORY, DomainProcedures.SET_METADATA,
            DomainProcedures.MANAGED_SAVE_REMOVE, ConsoleProcedures.SEND_KEY, ConsoleProcedures.SCREENSHOT,
            // Figures of a guest's devices, and what its agent knows.
            DomainQueryProcedures.GET_VCPU_PIN_INFO, DomainQueryProcedures.GET_BLOCK_INFO,
            DomainQueryProcedures.BLOCK_STATS, DomainQueryProcedures.BLOCK_STATS_FLAGS,
            DomainQueryProcedures.INTERFACE_STATS, DomainQueryProcedures.INTERFACE_ADDRESSES,
            DomainQueryProcedures.MEMORY_STATS, DomainQueryProcedures.GET_TIME, DomainQueryProcedures.GET_HOSTNAME,
            QemuProcedures.ATTACH, QemuProcedures.AGENT_COMMAND, QemuProcedures.MONITOR_EVENT_REGISTER,
            QemuProcedures.MONITOR_EVENT_DEREGISTER,
            // The versions of migration without cookies.
            OlderMigrationProcedures.PREPARE_TUNNEL, OlderMigrationProcedures.PREPARE1,
            OlderMigrationProcedures.PREPARE2, OlderMigrationProcedures.PERFORM, OlderMigrationProcedures.FINISH1,
            OlderMigrationProcedures.FINISH2);

    private AllHandlers() {}

    /**
     * The handlers of a daemon.
     *
     * @param hypervisors what clients can open
     * @param events      who asked for which events
     * @param peers       the migrations that the daemon drives itself
     * @param host        who the host is
     * @param hostName    the host's name now
     * @param version     the daemon's version, 1000000 × major + 1000 × minor + micro
     * @param sasl        how clients can log in
     * @param tunnels     which of them may get a connection of their own
     * @return complete
     */
    public static Handlers of(Hypervisors hypervisors, EventHub events, PeerMigrations peers,
            HostIdentity host, Supplier<String> hostName, long version, SaslService sasl, TunnelKeys tunnels) {
        Handlers handlers = new Handlers();
        new AuthHandlers(sasl).addTo(handlers);
        new ConnectHandlers(hypervisors, hostName, version).addTo(handlers);
        new NodeHandlers().addTo(handlers);
        new DomainLifecycleHandlers().addTo(handlers);
        new DomainQueryHandlers().addTo(handlers);
        new DomainStatsHandlers().addTo(handlers);
        new JobHandlers(peers).addTo(handlers);
        new MigrationHandlers(peers).addTo(handlers);
        new TunnelHandlers(tunnels).addTo(handlers);
        new ResolutionHandlers(host.uuid(), hostName).addTo(handlers);
        new EventHandlers(events).addTo(handlers);
        new ConsoleHandlers().addTo(handlers);
        new QemuHandlers().addTo(handlers);
        new EmptyHandlers().addTo(handlers);
        return handlers;
    }
}
