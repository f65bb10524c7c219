package dev.godwit.driver.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.driver.qemu.qmp.QmpConnection;
import dev.godwit.driver.qemu.qmp.QmpListener;
import dev.godwit.driver.qemu.qmp.QueryCommands;
import dev.godwit.driver.qemu.qmp.RunStateCommands;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real QEMU as a process, where there is one; {@code -Dgodwit.test.qemu=PATH} names another than the host's. */
@Tag("qemu")
@Timeout(120)
class QemuProcessLiveTest {

    private static final String UUID = "0c2ef4a1-6f5b-4d0b-9d5b-2f5f3a5d9f11";
    private static final String QEMU = System.getProperty("godwit.test.qemu", "/usr/bin/qemu-system-x86_64");
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private final QemuLauncher launcher = QemuLauncher.usual(Map.of());
    private QemuLog log;
    private QemuProcess qemu;
    private QmpConnection monitor;

    @BeforeEach
    void needsQemu() {
        assumeTrue(Files.isExecutable(Path.of(QEMU)), "There is no " + QEMU + " here.");
        log = new QemuLog(dir.resolve("web1.log"), Instant::now);
    }

    @AfterEach
    void end() {
        if (qemu != null) {
            qemu.terminate(LONG);
        }
    }

    private void start(String... more) {
        // Without graphics the BIOS prints to the serial line.
        var command = new ArrayList<>(List.of(QEMU, "-name", "guest=web1", "-uuid", UUID, "-S", "-m", "64",
                "-machine", "q35,accel=tcg,graphics=off", "-nodefaults", "-display", "none",
                "-chardev", "socket,id=charmonitor,path=" + socket() + ",server=on,wait=off",
                "-mon", "chardev=charmonitor,id=monitor,mode=control"));
        command.addAll(List.of(more));
        qemu = launcher.start(command, log, "starting up");
        monitor = connect();
    }

    private Path socket() {
        return dir.resolve("monitor.sock");
    }

    private QmpConnection connect() {
        return QmpConnection.open(MonitorSocket.connect(socket(), qemu, LONG),
                new QmpConnection.Options("web1", Instant::now).withWhyLost(log::tail), QmpListener.NONE);
    }

    private String terminal() {
        return monitor.execute(new QueryCommands.QueryChardev()).stream()
                .map(QueryCommands.ChardevInfo::ptyPath).flatMap(Optional::stream).findFirst().orElseThrow();
    }

    @Test
    void itsConsoleIsRawAndCarriesWhatTheGuestPrints() throws Exception {
        start("-chardev", "pty,id=charserial0", "-device", "isa-serial,chardev=charserial0");
        String terminal = terminal();
        Process stty = new ProcessBuilder("stty", "-a", "-F", terminal).start();
        String settings = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(settings).contains("-icanon", "-echo ", "-isig", "-opost", "-icrnl");

        var printed = new StringBuilder();
        try (ByteChannel console = ConsoleChannels.open("serial0", "pty:" + terminal)) {
            monitor.execute(new RunStateCommands.Cont());
            ByteBuffer into = ByteBuffer.allocate(4096);
            while (!printed.toString().contains("SeaBIOS")) {
                assertThat(console.read(into.clear())).as(printed.toString()).isPositive();
                printed.append(StandardCharsets.ISO_8859_1.decode(into.flip()));
            }
            qemu.terminate(LONG);
            while (console.read(into.clear()) >= 0) {
                continue; // until the end, which comes with QEMU's
            }
        }
    }

    @Test
    void usesCpuTimeAndMemoryThatAreCounted() throws Exception {
        start();
        int vcpu = monitor.execute(new QueryCommands.QueryCpusFast()).getFirst().threadId();
        assertThat(qemu.residentBytes().orElseThrow()).isBetween(10L << 20, 1L << 30);
        monitor.execute(new RunStateCommands.Cont());
        long deadline = System.nanoTime() + LONG.toNanos();
        while (qemu.threadCpuNanos(vcpu).orElseThrow() < 50_000_000) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(qemu.cpuNanos().orElseThrow()).isGreaterThanOrEqualTo(50_000_000);
        assertThat(qemu.threadCpuNanos(1)).isEmpty();
    }

    @Test
    void holdsNoFileOfTheDaemon() throws Exception {
        try (FileChannel ours = FileChannel.open(dir.resolve("secret"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            assertThat(ours.isOpen()).isTrue();
            start();
            var held = new ArrayList<String>();
            try (var files = Files.list(Path.of("/proc/" + qemu.pid() + "/fd"))) {
                for (Path file : files.toList()) {
                    held.add(Files.readSymbolicLink(file).toString());
                }
            }
            assertThat(held).contains("/dev/null", log.file().toString())
                    .noneMatch(file -> file.contains("secret") || file.endsWith(".jar") || file.contains("modules"));
        }
    }

    @Test
    void theNextDaemonTalksToIt() {
        start();
        monitor.close();
        qemu = launcher.adopt(qemu.identity(), UUID, log).orElseThrow();
        monitor = connect();
        assertThat(monitor.execute(new QueryCommands.QueryUuid())).isEqualTo(UUID);
        assertThat(qemu.terminate(LONG)).isEqualTo(QemuProcess.Ending.TERMINATED);
        assertThat(launcher.adopt(qemu.identity(), UUID, log)).isEmpty();
        assertThat(log.tail().orElseThrow()).contains("terminating on signal 15");
    }

    @Test
    void oneThatHangsIsKilled() throws Exception {
        start();
        Process stop = new ProcessBuilder("sh", "-c", "kill -STOP " + qemu.pid()).start();
        assertThat(stop.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(qemu.terminate(Duration.ofMillis(200))).isEqualTo(QemuProcess.Ending.KILLED);
        assertThat(qemu.isAlive()).isFalse();
    }
}
