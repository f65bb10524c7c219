package dev.godwit.driver.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.Consoles;
import dev.godwit.driver.CreateFlag;
import dev.godwit.driver.DomainEvents;
import dev.godwit.driver.Guests;
import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.MonitorAccess;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Waiting;
import dev.godwit.driver.XmlFlag;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.journal.JournalFiles;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guests on a real QEMU: their lives, what is left of them, and the daemon's restart. Their only program is the firmware. */
@Tag("qemu")
@Timeout(120)
class QemuSessionLiveTest {

    private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");

    @TempDir
    Path dir;

    private final UUID uuid = UUID.randomUUID();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private QemuSession session;

    @BeforeEach
    void open() {
        assumeTrue(Files.isExecutable(QEMU), "There is no " + QEMU + " here.");
        session = newSession();
    }

    @AfterEach
    void endGuests() {
        if (session != null) {
            for (DomainRef guest : guests().list(Set.of())) {
                if (guests().isActive(guest)) {
                    guests().destroy(guest, Set.of());
                }
            }
            session.close();
        }
    }

    private static final UUID HOST = UUID.fromString("6f1d7a52-0c0b-4f0e-9a43-3b1f8b6c7d01");

    private QemuSession newSession() {
        QemuSession opened = new QemuSession(
                new HostSetting(new HostIdentity("here", HOST), false, dir.resolve("config"),
                        dir.resolve("state"), dir.resolve("run"), dir.resolve("log"), MigrationSettings.DEFAULT,
                        Map.of(), InstantSource.system(), RandomGenerator.getDefault(), Waiting.REAL,
                        () -> new JournalFiles(dir.resolve("state").resolve("migrations.journal")), PeerAccess.NONE),
                QemuLauncher.usual(System.getenv()));
        opened.facet(DomainEvents.class).orElseThrow().listen(event -> {
            switch (event) {
                case DomainEvent.LifecycleChange(DomainRef guest, var change) -> events.add(change + " " + guest.id());
                case DomainEvent.Reboot(DomainRef guest) -> events.add("reboot " + guest.id());
                default -> {}
            }
        });
        return opened;
    }

    private Guests guests() {
        return session.facet(Guests.class).orElseThrow();
    }

    private String hmp(DomainRef guest, String command) {
        return session.facet(MonitorAccess.class).orElseThrow().command(guest, command, true);
    }

    private String xml(String more) {
        return """
                <domain type='qemu'><name>g1</name><uuid>%s</uuid><memory unit='MiB'>64</memory>
                <os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
                <devices>%s</devices></domain>""".formatted(uuid, more);
    }

    private DomainRef create(String devices) {
        return guests().create(xml(devices), Set.of(), Client.NONE);
    }

    /** Waits for an event, or for one of several. */
    private void awaitEvent(String... wanted) throws InterruptedException {
        List<String> skipped = new ArrayList<>();
        for (String event = events.poll(20, TimeUnit.SECONDS); event == null || !List.of(wanted).contains(event);
                event = events.poll(20, TimeUnit.SECONDS)) {
            assertThat(event).as("waiting for %s, after %s", List.of(wanted), skipped).isNotNull();
            skipped.add(event);
        }
    }

    private List<String> takeEvents() {
        List<String> taken = new ArrayList<>();
        events.drainTo(taken);
        return taken;
    }

    /** The folders of a guest that ended by itself are removed after its last event. */
    private void assertNothingLeft() throws InterruptedException {
        for (int i = 0; i < 1000 && !filesLeft().isEmpty(); i++) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(filesLeft()).isEmpty();
        assertThat(processes()).isEmpty();
    }

    private List<String> filesLeft() {
        return Stream.of("run", "run/channel")
                .map(dir::resolve)
                .flatMap(folder -> Stream.ofNullable(folder.toFile().list()).flatMap(Stream::of))
                .filter(name -> name.contains("g1"))
                .toList();
    }

    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info().arguments()
                        .filter(words -> List.of(words).contains(uuid.toString())).isPresent())
                .toList();
    }

    @Test
    void aGuestLivesItsLife() throws Exception {
        DomainRef defined = guests().define(xml("<serial type='pty'/>"), Set.of());
        DomainRef guest = guests().start(defined, Set.of(), Client.NONE);

        assertThat(guests().state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);
        assertThat(takeEvents()).containsExactly("DEFINED_ADDED -1", "RESUMED_UNPAUSED 1", "STARTED_BOOTED 1");
        String live = guests().xml(guest, Set.of());
        assertThat(live).contains("<domain type='qemu' id='1'>", "machine='pc-q35-", "<source path='/dev/pts/",
                "<alias name='serial0'/>");
        assertThat(guests().xml(guest, Set.of(XmlFlag.INACTIVE))).doesNotContain("/dev/pts/", "<alias");
        assertThat(guests().info(guest).maxMemoryKiB()).isEqualTo(65536);
        assertThat(guests().info(guest).cpuTimeNanos()).isPositive();
        assertThat(guests().virtualCpus(guest)).hasSize(1);
        assertThat(hmp(guest, "info status")).contains("running");
        assertThat(session.facet(MonitorAccess.class).orElseThrow()
                .command(guest, "{\"execute\":\"query-status\",\"id\":\"mine\"}", false))
                .contains("\"return\"", "\"mine\"");

        guests().suspend(guest);
        assertThat(hmp(guest, "info status")).contains("paused");
        guests().resume(guest);
        guests().suspend(guest);
        assertThat(guests().state(guest)).isEqualTo(StateReason.PAUSED_USER);
        assertThat(takeEvents()).containsExactly("SUSPENDED_PAUSED 1", "RESUMED_UNPAUSED 1", "SUSPENDED_PAUSED 1");

        guests().destroy(guest, Set.of());
        assertThat(guests().state(guest)).isEqualTo(StateReason.SHUTOFF_DESTROYED);
        assertThat(takeEvents()).containsExactly("STOPPED_DESTROYED -1");
        assertNothingLeft();
        assertThat(dir.resolve("log/g1.log")).content().contains("starting up", "-uuid " + uuid,
                "shutting down, reason=destroyed");
    }

    @Test
    void theDaemonsEndAndReturnIsNothingToAGuest() throws Exception {
        DomainRef guest = create("<serial type='pty'/>");
        String live = guests().xml(guest, Set.of());
        long pid = processes().getFirst().pid();
        session.close();
        session = newSession();

        assertThat(guests().list(Set.of())).containsExactly(guest);
        assertThat(guests().state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);
        assertThat(guests().xml(guest, Set.of())).isEqualTo(live);
        assertThat(processes()).extracting(ProcessHandle::pid).containsExactly(pid);
        assertThat(hmp(guest, "info status")).contains("running");
        DomainRef second = guests().create("<domain type='qemu'><name>g2</name><memory unit='MiB'>32</memory>"
                + "<os><type machine='pc'>hvm</type></os></domain>", Set.of(), Client.NONE);
        assertThat(second.id()).isEqualTo(2);
        guests().destroy(guest, Set.of());
        assertNothingLeft();
    }

    @Test
    void aGuestThatEndedWhileNoDaemonWatchedIsOff() throws Exception {
        DomainRef guest = guests().start(guests().define(xml(""), Set.of()), Set.of(), Client.NONE);
        session.close();
        ProcessHandle qemu = processes().getFirst();
        qemu.destroyForcibly();
        qemu.onExit().get(20, TimeUnit.SECONDS);
        session = newSession();

        assertThat(guests().state(guest)).isEqualTo(StateReason.SHUTOFF_CRASHED);
        assertNothingLeft();
    }

    @Test
    void aStatusFileThatNamesAStrangerEndsNobody() throws Exception {
        create("");
        session.close();
        Path status = dir.resolve("run/g1.xml");
        ProcessHandle qemu = processes().getFirst();
        // The number of a process that is none of ours: this one.
        Files.writeString(status, Files.readString(status)
                .replace("pid='" + qemu.pid() + "'", "pid='" + ProcessHandle.current().pid() + "'"));
        session = newSession();
        assertThat(guests().list(Set.of())).isEmpty();
        assertThat(ProcessHandle.current().isAlive()).isTrue();
        qemu.destroyForcibly();
    }

    @Test
    void aStartThatTheDaemonDidNotFinishIsEnded() throws Exception {
        guests().define(xml(""), Set.of());
        DomainRef guest = guests().start(guests().byName("g1"), Set.of(CreateFlag.PAUSED), Client.NONE);
        session.close();
        Path status = dir.resolve("run/g1.xml");
        Files.writeString(status, Files.readString(status)
                .replace("state='paused' reason='user'", "state='paused' reason='starting up'"));
        session = newSession();

        assertThat(guests().state(guest)).isEqualTo(StateReason.SHUTOFF_FAILED);
        assertNothingLeft();
    }

    @Test
    void aProcessThatWasNotYetNotedIsFoundByItsMonitor() throws Exception {
        guests().define(xml(""), Set.of());
        guests().start(guests().byName("g1"), Set.of(CreateFlag.PAUSED), Client.NONE);
        session.close();
        Path status = dir.resolve("run/g1.xml");
        Files.writeString(status, Files.readString(status)
                .replace("reason='user'", "reason='starting up'").replaceAll("<process [^>]*/>", ""));
        session = newSession();

        assertNothingLeft();
    }

    @Test
    void aGuestThatDoesNotAnswerIsLeftAloneAndCanBeDestroyed() throws Exception {
        DomainRef guest = create("");
        session.close();
        ProcessHandle qemu = processes().getFirst();
        signal(qemu, "STOP");
        session = newSession();

        assertThat(qemu.isAlive()).isTrue();
        assertThat(guests().state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);
        assertThatThrownBy(() -> guests().suspend(guest)).isInstanceOf(VirtException.class)
                .hasMessageContaining("the monitor of guest 'g1' does not answer");
        assertThat(guests().control(guest).state()).isEqualTo(3);
        signal(qemu, "CONT");
        guests().destroy(guest, Set.of());
        assertNothingLeft();
    }

    @Test
    void aGuestThatAnswersAgainIsThereAsIfNothingHadBeen() throws Exception {
        DomainRef guest = create("");
        session.close();
        ProcessHandle qemu = processes().getFirst();
        signal(qemu, "STOP");
        session = newSession();
        assertThat(guests().control(guest).state()).isEqualTo(3);

        signal(qemu, "CONT");
        for (int tenths = 0; guests().control(guest).state() == 3; tenths++) {
            assertThat(tenths).as("tenths of a second without an answer").isLessThan(600);
            TimeUnit.MILLISECONDS.sleep(100);
        }
        guests().suspend(guest);
        assertThat(guests().state(guest)).isEqualTo(StateReason.PAUSED_USER);
        guests().destroy(guest, Set.of());
        assertNothingLeft();
    }

    private static void signal(ProcessHandle process, String name) throws Exception {
        assertThat(new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start().waitFor()).isZero();
    }

    @Test
    void aKilledQemuIsACrash() throws Exception {
        DomainRef guest = guests().start(guests().define(xml(""), Set.of()), Set.of(), Client.NONE);
        processes().getFirst().destroyForcibly();
        awaitEvent("STOPPED_FAILED 1");
        assertThat(guests().state(guest)).isEqualTo(StateReason.SHUTOFF_CRASHED);
        assertNothingLeft();
    }

    @Test
    void aQemuAskedToEndFromOutsideIsAShutdownByTheHost() throws Exception {
        DomainRef guest = guests().start(guests().define(xml(""), Set.of()), Set.of(), Client.NONE);
        processes().getFirst().destroy();
        awaitEvent("SHUTDOWN_HOST 1");
        awaitEvent("STOPPED_SHUTDOWN -1", "STOPPED_SHUTDOWN 1"); // the latter where its end is seen first, as libvirt has it
        assertThat(guests().state(guest)).isEqualTo(StateReason.SHUTOFF_SHUTDOWN);
        assertNothingLeft();
    }

    @Test
    void aGuestThatPowersOffIsOffAndOneThatWasToRebootGoesOn() throws Exception {
        DomainRef guest = create("");
        guests().reboot(guest, Set.of());
        awaitFirmware(guest);
        powerOff(guest);
        awaitEvent("reboot 1");
        assertThat(guests().state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);

        awaitFirmware(guest);
        assertThat(hmp(guest, "info status")).contains("running");
        assertThat(takeEvents()).doesNotContain("SHUTDOWN_GUEST 1");
        powerOff(guest);
        awaitEvent("SHUTDOWN_GUEST 1");
        awaitEvent("STOPPED_SHUTDOWN -1");
        assertThat(guests().list(Set.of())).isEmpty();
        assertNothingLeft();
    }

    /** What a guest does to power off: it writes SLP_EN and SLP_TYP to the ACPI control register of q35 (PM base 0x600, offset 4). */
    private void powerOff(DomainRef guest) {
        hmp(guest, "o /h 0x604 0x2000");
    }

    /** The firmware maps the register; until then a write goes nowhere, and a read finds all bits set. */
    private void awaitFirmware(DomainRef guest) throws InterruptedException {
        for (int i = 0; i < 400; i++) {
            if (!hmp(guest, "i /h 0x604").contains("0xffff")) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("The firmware did not come up: " + hmp(guest, "i /h 0x604"));
    }

    @Test
    void aDiskThatIsMissingIsNamedAndNothingIsLeft() throws Exception {
        guests().define(xml("<disk type='file'><source file='/nowhere/x.img'/><target dev='vda'/></disk>"), Set.of());
        assertThatThrownBy(() -> guests().start(guests().byName("g1"), Set.of(), Client.NONE))
                .isInstanceOf(VirtException.class)
                .hasMessageMatching("Cannot access storage file '/nowhere/x.img' \\(as uid:\\d+, gid:\\d+\\): No such file or directory");
        assertThat(guests().state(guests().byName("g1"))).isEqualTo(StateReason.SHUTOFF_FAILED);
        assertNothingLeft();
    }

    @Test
    void whatQemuRefusesIsSaidInItsWords() throws Exception {
        Path image = Files.writeString(dir.resolve("x.qcow2"), "not an image");
        assertThatThrownBy(() -> create("<disk type='file'><driver name='qemu' type='qcow2'/><source file='" + image
                + "'/><target dev='vda' bus='virtio'/></disk>"))
                .isInstanceOf(VirtException.class)
                .hasMessageMatching("(?s)internal error: (process exited while connecting to|qemu unexpectedly closed the)"
                        + " monitor: .*Image is not in qcow2 format");
        assertThat(guests().list(Set.of())).isEmpty();
        assertNothingLeft();
    }

    @Test
    void aConsoleHasOneHolderWhoCanBeMadeToLetGo() throws Exception {
        DomainRef guest = create("<serial type='pty'/>");
        Consoles consoles = session.facet(Consoles.class).orElseThrow();
        ByteChannel first = consoles.open(guest, Optional.empty(), false);
        assertThatThrownBy(() -> consoles.open(guest, Optional.of("serial0"), false))
                .hasMessage("operation failed: Active console session exists for this domain");
        ByteChannel second = consoles.open(guest, Optional.of("serial0"), true);
        assertThat(first.isOpen()).isFalse();
        second.write(ByteBuffer.wrap(new byte[] {13}));
        second.close();
        consoles.open(guest, Optional.empty(), false).close();
        assertThatThrownBy(() -> consoles.open(guest, Optional.of("nothing"), false))
                .hasMessage("internal error: cannot find character device nothing");
    }

    @Test
    void kvmThatDoesNotWorkIsRefusedInWords() {
        assumeTrue(!Files.isWritable(Path.of("/dev/kvm")), "KVM works here, or seems to.");
        assertThatThrownBy(() -> guests().define(xml("").replace("'qemu'", "'kvm'"), Set.of()))
                .hasMessageContaining("KVM does not work on host here");
    }

    @Test
    void aDamagedFileIsSetAsideAndKeepsNobodyFromBeingFound() throws Exception {
        create("");
        session.close();
        Files.createDirectories(dir.resolve("config"));
        Files.writeString(dir.resolve("config/broken.xml"), "<domain><name>");
        Files.copy(dir.resolve("run/g1.xml"), dir.resolve("run/twin.xml"), StandardCopyOption.COPY_ATTRIBUTES);
        session = newSession();

        assertThat(guests().list(Set.of())).hasSize(1);
        assertThat(dir.resolve("config/broken.xml.damaged")).content().isEqualTo("<domain><name>");
        assertThat(dir.resolve("run/twin.xml.damaged")).exists();
    }
}
