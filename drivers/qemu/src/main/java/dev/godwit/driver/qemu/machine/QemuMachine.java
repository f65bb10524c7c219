package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.Guests.VirtualCpu;
import dev.godwit.driver.qemu.process.QemuLog;
import dev.godwit.driver.qemu.process.QemuProcess;
import dev.godwit.driver.qemu.qmp.QmpCommand;
import dev.godwit.driver.qemu.qmp.QmpConnection;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.driver.qemu.qmp.QmpListener;
import dev.godwit.driver.qemu.qmp.QueryCommands.CpuInfo;
import dev.godwit.driver.qemu.qmp.QueryCommands.QueryCpusFast;
import dev.godwit.driver.qemu.qmp.RunStateCommands.Cont;
import dev.godwit.driver.qemu.qmp.RunStateCommands.QueryStatus;
import dev.godwit.driver.qemu.qmp.RunStateCommands.RunState;
import dev.godwit.driver.qemu.qmp.RunStateCommands.Stop;
import dev.godwit.driver.qemu.qmp.RunStateCommands.SystemPowerdown;
import dev.godwit.driver.qemu.qmp.RunStateCommands.SystemReset;
import dev.godwit.guest.Machine;
import dev.godwit.guest.MachineGone;
import dev.godwit.xml.Element;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A running QEMU: its process, its monitor and what the host keeps for it.
 *
 * <p>A machine whose monitor does not answer is <em>silent</em>: it can be ended, and nothing else.
 */
public final class QemuMachine implements Machine {

    /**
     * The name of a note: the CPU as the guest's configuration has it, when the live definition has it spelt out. Libvirt's status
     * files say it the same way.
     */
    public static final String ORIGINAL_CPU = "cpu";

    /** The name of a note: somebody has spoken to QEMU past the daemon. */
    private static final String MONITOR_USED = "customMonitor";

    /** How long QEMU may take to write what its disks still have under way before it is ended by force. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    /** How long a listener may take with the events before an answer. */
    private static final Duration EVENTS = Duration.ofSeconds(5);

    /** How long one that may be stuck may take to say whether it runs. */
    private static final Duration TO_SAY_HOW_IT_IS = Duration.ofSeconds(10);

    /** How long it may take until what an ended QEMU has said is read; its monitor is closed by then, as a rule. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final String guest;
    private final QemuPlace place;
    private final QemuProcess process;
    private final Optional<QmpConnection> monitor;
    private final QemuMachineEvents events;
    private final List<AutoCloseable> kept;
    private final ConcurrentMap<String, Element> notes = new ConcurrentHashMap<>();
    private volatile long memoryKiB;
    /** How often it had said that its CPUs run when it was told to let them, the last time. */
    private volatile long resumesBefore;
    private volatile List<CpuInfo> cpus = List.of();

    QemuMachine(
            String guest,
            QemuPlace place,
            QemuProcess process,
            Optional<QmpConnection> monitor,
            QemuMachineEvents events,
            long memoryKiB,
            List<AutoCloseable> kept) {
        this.guest = guest;
        this.place = place;
        this.process = process;
        this.monitor = monitor;
        this.events = events;
        this.memoryKiB = memoryKiB;
        this.kept = new CopyOnWriteArrayList<>(kept);
        events.bind(this);
    }

    /** Its process. */
    public QemuProcess process() {
        return process;
    }

    /** Its log. */
    public QemuLog log() {
        return process.log();
    }

    /** Where its files are. */
    public QemuPlace place() {
        return place;
    }

    @Override
    public boolean answers() {
        return monitor.filter(QmpConnection::isOpen).isPresent();
    }

    /**
     * Its monitor.
     *
     * @throws VirtException 55 when QEMU is gone, 1/10 when it is silent
     */
    public QmpConnection monitor() {
        if (!process.isAlive()) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain is not running");
        }
        return monitor.orElseThrow(() -> new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                "the monitor of guest '" + guest + "' does not answer"));
    }

    /**
     * Gives a command and waits for its answer.
     *
     * @throws VirtException as {@link QmpException#toVirtException} says, 55 when QEMU is gone
     */
    public <R> R ask(QmpCommand<R> command) {
        try {
            return monitor().execute(command);
        } catch (QmpException e) {
            throw e.toVirtException();
        }
    }

    /**
     * Gives a command that takes an open file, and waits for its answer.
     *
     * @param descriptor the file's number in this process
     * @throws VirtException as {@link #ask}
     */
    public <R> R ask(QmpCommand<R> command, int descriptor) {
        try {
            return monitor().execute(command, descriptor);
        } catch (QmpException e) {
            throw e.toVirtException();
        }
    }

    /** Waits until what QEMU had said before this call has been turned into states and events. */
    public void awaitEvents() {
        monitor.ifPresent(connection -> connection.awaitEvents(EVENTS));
    }

    /**
     * Hears the events of QEMU, after the guest's state has been changed by them.
     *
     * @param listener called on the monitor's event thread
     * @return taking it back
     */
    public Client.Registration listen(QmpListener listener) {
        return events.listen(listener);
    }

    /** Keeps something until the machine is over, and closes it then; closing it before does no harm. */
    public void keep(AutoCloseable one) {
        kept.add(one);
    }

    /** Keeps an element in the status file, under its name, from the next writing on. */
    public void note(Element element) {
        notes.put(element.name(), element);
    }

    /** An element that was kept in the status file, also by an earlier daemon. */
    public Optional<Element> noted(String name) {
        return Optional.ofNullable(notes.get(name));
    }

    /** Forgets such an element. */
    public void forget(String name) {
        notes.remove(name);
    }

    /** Notes that somebody speaks to QEMU past the daemon, which then may not know what has become of the guest. */
    public void noteMonitorUsed() {
        note(Element.of(MONITOR_USED));
    }

    @Override
    public List<String> messages() {
        List<String> taints = new ArrayList<>();
        if (noted(MONITOR_USED).isPresent()) {
            taints.add("tainted: custom monitor control commands issued");
        }
        if (process.ownedByRoot()) {
            taints.add("tainted: running with undesirable elevated privileges");
        }
        return taints;
    }

    @Override
    public void stop() {
        ask(new Stop());
        awaitEvents();
    }

    @Override
    public void resume() {
        resumesBefore = resumes();
        try {
            ask(new Cont());
        } catch (VirtException e) {
            boolean gone = e.getCause() instanceof QmpException.Disconnected over && (over.untold() || endedWithoutRunning());
            throw gone ? new MachineGone(e.getCause()) : e;
        }
        awaitEvents();
    }

    private long resumes() {
        return monitor.map(QmpConnection::resumes).orElse(0L);
    }

    /** Whether it has ended, and had not said before that its CPUs run, which it does before they do. */
    private boolean endedWithoutRunning() {
        return process.awaitEnd(QemuMachineEvents.LAST_WORK) && monitor.filter(QmpConnection::heardOut).isPresent()
                && resumes() == resumesBefore;
    }

    @Override
    public boolean stoodStill() {
        if (monitor.filter(QmpConnection::isOpen).isPresent()) {
            try {
                // Answered after whatever it was told before.
                RunState now = monitor.get().execute(new QueryStatus(), TO_SAY_HOW_IT_IS).state();
                return now != RunState.RUNNING && resumes() == resumesBefore;
            } catch (QmpException e) {
                if (!(e instanceof QmpException.Disconnected)) {
                    return false; // it may yet do what it was told
                }
            }
        }
        return endedWithoutRunning();
    }

    @Override
    public void powerDown() {
        ask(new SystemPowerdown());
    }

    @Override
    public void reset() {
        ask(new SystemReset());
    }

    @Override
    public void kill(boolean graceful) {
        if (!graceful) {
            process.terminate(GRACE);
        } else if (!process.terminateGently(GRACE)) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "failed to kill qemu process with SIGTERM");
        }
        monitor.ifPresent(qmp -> {
            qmp.hearOut(LAST_WORDS);
            qmp.close();
        });
    }

    @Override
    public long cpuTimeNanos() {
        return process.cpuNanos().orElse(0);
    }

    @Override
    public long memoryKiB() {
        return memoryKiB;
    }

    void memoryKiB(long now) {
        memoryKiB = now;
    }

    @Override
    public List<VirtualCpu> virtualCpus() {
        if (cpus.isEmpty()) {
            cpus = ask(new QueryCpusFast());
        }
        return cpus.stream()
                .map(cpu -> new VirtualCpu(cpu.index(), 1, process.threadCpuNanos(cpu.threadId()).orElse(0), -1))
                .toList();
    }

    @Override
    public List<Element> status() {
        List<Element> elements = new ArrayList<>(place.status(Optional.of(process.identity())));
        elements.addAll(notes.values());
        return elements;
    }

    @Override
    public Element asAsked(Element live) {
        return noted(ORIGINAL_CPU).map(cpu -> live.mapElements(ORIGINAL_CPU, _ -> cpu)).orElse(live);
    }

    @Override
    public void over(StateReason state) {
        monitor.ifPresent(QmpConnection::close);
        String reason = state.name().substring(state.state().name().length() + 1).toLowerCase(Locale.ROOT);
        log().note("shutting down, reason=" + reason);
        place.remove();
        kept.forEach(QemuStart::giveBack);
    }

    @Override
    public void detach() {
        events.mute();
        monitor.ifPresent(QmpConnection::close);
    }

    @Override
    public String toString() {
        return process + " of guest " + guest;
    }
}
