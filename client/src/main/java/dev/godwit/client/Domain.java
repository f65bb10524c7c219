package dev.godwit.client;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.CreateFlag;
import dev.godwit.driver.DestroyFlag;
import dev.godwit.driver.ShutdownFlag;
import dev.godwit.driver.UndefineFlag;
import dev.godwit.driver.WireFlag;
import dev.godwit.driver.XmlFlag;
import dev.godwit.wire.remote.ConsoleProcedures;
import dev.godwit.wire.remote.DomainArgs;
import dev.godwit.wire.remote.DomainFlagsArgs;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.QemuProcedures;
import dev.godwit.wire.xdr.Opaque;
import java.nio.channels.ByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A guest at the far end of a connection.
 *
 * <p>A handle: it holds the guest's UUID and what was known of it when it was made, and every method is a
 * call. Methods block, can be interrupted, and throw {@link VirtException} with the host's own words;
 * {@code NO_DOMAIN} when the guest is gone.
 */
public final class Domain {

    private final Connection connection;
    private final DomainRef ref;

    Domain(Connection connection, DomainRef ref) {
        this.connection = connection;
        this.ref = ref;
    }

    /** The connection this handle belongs to. */
    public Connection connection() {
        return connection;
    }

    /** Name, UUID and id as they were when this handle was made. */
    public DomainRef ref() {
        return ref;
    }

    /** Its name. */
    public String name() {
        return ref.name();
    }

    /** Its identity, the same on every host. */
    public UUID uuid() {
        return ref.uuid();
    }

    /** Starts it from its configuration (procedure 9). */
    public void start() {
        connection.call(DomainProcedures.CREATE, args());
    }

    /**
     * Starts it from its configuration (procedure 196).
     *
     * @param flags how
     * @return a handle that knows the id it runs under
     */
    public Domain start(Set<CreateFlag> flags) {
        return new Domain(connection,
                WireNames.ref(connection.call(DomainProcedures.CREATE_WITH_FLAGS, args(flags)).dom()));
    }

    /** Stops its CPUs (procedure 34). */
    public void suspend() {
        connection.call(DomainProcedures.SUSPEND, args());
    }

    /** Lets its CPUs run again (procedure 28). */
    public void resume() {
        connection.call(DomainProcedures.RESUME, args());
    }

    /** Asks it to shut down and returns at once (procedure 33; 258 where a way is named). */
    public void shutdown(Set<ShutdownFlag> ways) {
        if (ways.isEmpty()) {
            connection.call(DomainProcedures.SHUTDOWN, args());
        } else {
            connection.call(DomainProcedures.SHUTDOWN_FLAGS, args(ways));
        }
    }

    /** Asks it to reboot and returns at once (procedure 27). */
    public void reboot(Set<ShutdownFlag> ways) {
        connection.call(DomainProcedures.REBOOT, args(ways));
    }

    /** Presses its reset button (procedure 245). */
    public void reset() {
        connection.call(DomainProcedures.RESET, args(Set.of()));
    }

    /** Ends it by force (procedure 12; 234 with flags). */
    public void destroy(Set<DestroyFlag> flags) {
        if (flags.isEmpty()) {
            connection.call(DomainProcedures.DESTROY, args());
        } else {
            connection.call(DomainProcedures.DESTROY_FLAGS, args(flags));
        }
    }

    /** Takes its configuration away; if it runs, it becomes transient (procedure 231). */
    public void undefine(Set<UndefineFlag> flags) {
        connection.call(DomainProcedures.UNDEFINE_FLAGS, args(flags));
    }

    /** Its definition (procedure 14). */
    public String xml(Set<XmlFlag> flags) {
        return connection.call(DomainQueryProcedures.GET_XML_DESC, args(flags)).xml();
    }

    /**
     * Its state and why (procedure 212). A reason this release does not know is given as the unknown one of
     * its state.
     */
    public StateReason state() {
        return askForState().get();
    }

    /** Sends {@link #state}, and gives what waits for the answer. */
    Supplier<StateReason> askForState() {
        Supplier<DomainQueryProcedures.GetStateRet> answer =
                connection.send(DomainQueryProcedures.GET_STATE, args(Set.of()));
        return () -> {
            DomainQueryProcedures.GetStateRet ret = answer.get();
            DomainState state = DomainState.of(ret.state()).orElse(DomainState.NOSTATE);
            return StateReason.of(state, ret.reason())
                    .or(() -> StateReason.of(state, 0))
                    .orElse(StateReason.NOSTATE_UNKNOWN);
        };
    }

    /** Its figures (procedure 16). */
    public Info info() {
        DomainQueryProcedures.GetInfoRet ret = connection.call(DomainQueryProcedures.GET_INFO, args());
        return new Info(DomainState.of(ret.state()).orElse(DomainState.NOSTATE), ret.maxMem(), ret.memory(),
                ret.nrVirtCpu(), ret.cpuTime());
    }

    /** Whether it runs or is paused (procedure 150). */
    public boolean isActive() {
        return connection.call(DomainQueryProcedures.IS_ACTIVE, args()).active() != 0;
    }

    /** Whether it has a configuration (procedure 151). */
    public boolean isPersistent() {
        return connection.call(DomainQueryProcedures.IS_PERSISTENT, args()).persistent() != 0;
    }

    /** Whether its configuration was changed while it runs (procedure 202). */
    public boolean isUpdated() {
        return connection.call(DomainQueryProcedures.IS_UPDATED, args()).updated() != 0;
    }

    /** Whether it is started with the host (procedure 15). */
    public boolean autostart() {
        return connection.call(DomainQueryProcedures.GET_AUTOSTART, args()).autostart() != 0;
    }

    /** Sets that (procedure 29). */
    public void autostart(boolean on) {
        connection.call(DomainProcedures.SET_AUTOSTART,
                new DomainProcedures.SetAutostartArgs(wire(), on ? 1 : 0));
    }

    /** Whether it is started with the host, the next time only (procedure 449); empty where the host is older. */
    public Optional<Boolean> autostartOnce() {
        return Refusals.unlessUnsupported(() ->
                connection.call(DomainQueryProcedures.GET_AUTOSTART_ONCE, args()).autostart() != 0);
    }

    /** Sets that (procedure 450). */
    public void autostartOnce(boolean on) {
        connection.call(DomainProcedures.SET_AUTOSTART_ONCE,
                new DomainProcedures.SetAutostartOnceArgs(wire(), on ? 1 : 0));
    }

    /** Whether there is a saved memory image (procedure 183); empty where the host cannot have one. */
    public Optional<Boolean> hasManagedSaveImage() {
        return Refusals.unlessUnsupported(() ->
                connection.call(DomainQueryProcedures.HAS_MANAGED_SAVE_IMAGE, args(Set.of())).result() != 0);
    }

    /** How many snapshots there are (procedure 187); empty where the host cannot have any. */
    public Optional<Integer> snapshotCount() {
        return Refusals.unlessUnsupported(() ->
                connection.call(DomainQueryProcedures.SNAPSHOT_NUM, args(Set.of())).num());
    }

    /** What kind of system it is: {@code hvm} (procedure 19). */
    public String osType() {
        return connection.call(DomainQueryProcedures.GET_OS_TYPE, args()).type();
    }

    /** What there is to warn about (procedure 426); empty also where the host is older. */
    public List<String> messages() {
        return Refusals.unlessUnsupported(() ->
                connection.call(DomainQueryProcedures.GET_MESSAGES, args(Set.of())).msgs()).orElse(List.of());
    }

    /** The label of its process (procedure 121); empty where the host labels none. */
    public Optional<SecurityLabel> securityLabel() {
        return Refusals.unlessUnsupported(() -> {
            DomainQueryProcedures.GetSecurityLabelRet ret =
                    connection.call(DomainQueryProcedures.GET_SECURITY_LABEL, args());
            return new SecurityLabel(ret.label().text(), ret.enforcing() != 0);
        }).filter(label -> !label.label().isEmpty());
    }

    /** How the host's control over it does (procedure 229). */
    public Control control() {
        DomainQueryProcedures.GetControlInfoRet ret =
                connection.call(DomainQueryProcedures.GET_CONTROL_INFO, args(Set.of()));
        return new Control(ret.state(), ret.details(), ret.stateTime());
    }

    /** Its title (procedure 265), where it has one. */
    public Optional<String> title() {
        try {
            return Optional.of(connection.call(DomainQueryProcedures.GET_METADATA,
                    new DomainQueryProcedures.GetMetadataArgs(wire(), 1, Optional.empty(), 0)).metadata());
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN_METADATA)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * How many virtual CPUs it has (procedure 200).
     *
     * @param which where to look, and whether the most it can have is meant
     */
    public int virtualCpuCount(Set<CpuCount> which) {
        return connection.call(DomainQueryProcedures.GET_VCPUS_FLAGS, args(which)).num();
    }

    /**
     * Its virtual CPUs (procedure 20). Refused for a guest that does not run.
     *
     * @param hostCpus how many CPUs of the host to say the affinity for
     */
    public List<VirtualCpu> virtualCpus(int hostCpus) {
        int bytes = (hostCpus + 7) / 8;
        DomainQueryProcedures.GetVcpusRet ret = connection.call(DomainQueryProcedures.GET_VCPUS,
                new DomainQueryProcedures.GetVcpusArgs(wire(), info().virtualCpus(), bytes));
        List<VirtualCpu> cpus = new ArrayList<>();
        for (int i = 0; i < ret.info().size(); i++) {
            var info = ret.info().get(i);
            cpus.add(new VirtualCpu(info.number(), info.state(), info.cpuTime(), info.cpu(),
                    bits(ret.cpumaps(), i * bytes, hostCpus)));
        }
        return cpus;
    }

    /**
     * Where its virtual CPUs may run by its configuration (procedure 230), one list of bits a virtual CPU.
     *
     * @param hostCpus how many CPUs of the host to say it for
     */
    public List<List<Boolean>> configuredAffinity(int hostCpus) {
        int bytes = (hostCpus + 7) / 8;
        int count = virtualCpuCount(Set.of(CpuCount.CONFIG, CpuCount.MAXIMUM));
        DomainQueryProcedures.VcpuPinInfoRet ret = connection.call(DomainQueryProcedures.GET_VCPU_PIN_INFO,
                new DomainQueryProcedures.VcpuPinInfoArgs(wire(), count, bytes, CpuCount.CONFIG.bit()));
        List<List<Boolean>> maps = new ArrayList<>();
        for (int i = 0; i < ret.num(); i++) {
            maps.add(bits(ret.cpumaps(), i * bytes, hostCpus));
        }
        return maps;
    }

    static List<Boolean> bits(Opaque bytes, int from, int count) {
        List<Boolean> bits = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = from + i / 8;
            bits.add(at < bytes.size() && (bytes.get(at) >> (i % 8) & 1) != 0);
        }
        return bits;
    }

    /** The long work it is in, and the knobs of its migration. */
    public DomainJobs jobs() {
        return new DomainJobs(this);
    }

    /**
     * Opens a console (procedure 201).
     *
     * @param device the alias of a console, serial or parallel device; the first console when absent
     * @param flags  how
     * @return the guest's output to read and its input to write; closing it lets go
     */
    public ByteChannel openConsole(Optional<String> device, Set<ConsoleFlag> flags) {
        return connection.openStream(ConsoleProcedures.OPEN_CONSOLE,
                new ConsoleProcedures.OpenConsoleArgs(wire(), device, WireFlag.mask(flags)));
    }

    /**
     * Sends a command to the hypervisor's own control channel (QEMU program, procedure 1).
     *
     * @param command a QMP command, or one of the human monitor
     * @param human   which of the two
     * @return the answer as text
     */
    public String monitorCommand(String command, boolean human) {
        return connection.call(QemuProcedures.MONITOR_COMMAND,
                new QemuProcedures.MonitorCommandArgs(wire(), command, human ? 1 : 0)).result();
    }

    private NonnullDomain wire() {
        return WireNames.wire(ref);
    }

    private DomainArgs args() {
        return new DomainArgs(wire());
    }

    private DomainFlagsArgs args(Set<? extends WireFlag> flags) {
        return new DomainFlagsArgs(wire(), WireFlag.mask(flags));
    }

    @Override
    public String toString() {
        return ref.name() + " at " + connection.peer();
    }

    /**
     * A guest's figures.
     *
     * @param state        its state
     * @param maxMemoryKiB the most it may have
     * @param memoryKiB    what it has now
     * @param virtualCpus  how many
     * @param cpuTimeNanos CPU time used since its start
     */
    public record Info(DomainState state, long maxMemoryKiB, long memoryKiB, int virtualCpus, long cpuTimeNanos) {}

    /**
     * One virtual CPU.
     *
     * @param number       from 0
     * @param state        0 offline, 1 running, 2 blocked
     * @param cpuTimeNanos used since its start
     * @param hostCpu      the host CPU it runs on, -1 when not known
     * @param affinity     for each host CPU whether it may run there
     */
    public record VirtualCpu(int number, int state, long cpuTimeNanos, int hostCpu, List<Boolean> affinity) {

        public VirtualCpu {
            affinity = List.copyOf(affinity);
        }
    }

    /**
     * The state of the host's control over a guest (libvirt's {@code virDomainControlInfo}).
     *
     * @param state       0 ok, 1 job, 2 occupied, 3 error
     * @param details     why, with state 3
     * @param sinceMillis for how long
     */
    public record Control(int state, int details, long sinceMillis) {}

    /**
     * The label of a guest's process.
     *
     * @param label     in the words of the security model
     * @param enforcing whether it is enforced
     */
    public record SecurityLabel(String label, boolean enforcing) {}

    /** Which number of virtual CPUs (libvirt's {@code virDomainVcpuFlags}). */
    public enum CpuCount implements WireFlag {
        /** Of the running guest. */
        LIVE(1),
        /** Of its configuration. */
        CONFIG(2),
        /** The most it can have. */
        MAXIMUM(4),
        /** As the guest's agent sees it. */
        GUEST(8);

        private final int bit;

        CpuCount(int bit) {
            this.bit = bit;
        }

        @Override
        public int bit() {
            return bit;
        }
    }

    /** How a console is opened (libvirt's {@code virDomainConsoleFlags}). */
    public enum ConsoleFlag implements WireFlag {
        /** Taken away from whoever holds it. */
        FORCE(1),
        /** Only where nobody else can write to it. */
        SAFE(2);

        private final int bit;

        ConsoleFlag(int bit) {
            this.bit = bit;
        }

        @Override
        public int bit() {
            return bit;
        }
    }

    /** Calls without a result are declared with {@link Nothing}; this keeps the generic call usable for them. */
    <R> R ask(Procedure<DomainArgs, R> procedure) {
        return connection.call(procedure, args());
    }

    /** A call with flags that no enum of ours names. */
    <R> R ask(Procedure<DomainFlagsArgs, R> procedure, int flags) {
        return connection.call(procedure, new DomainFlagsArgs(wire(), flags));
    }
}
