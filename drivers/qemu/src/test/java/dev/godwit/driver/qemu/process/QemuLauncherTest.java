package dev.godwit.driver.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import java.io.RandomAccessFile;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With programs that stand for QEMU: what is tested is how they are started and ended. */
@Timeout(60)
class QemuLauncherTest {

    private static final String UUID = "c7a5fdbd-edaf-9455-926a-d65c16db1809";
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private final QemuLauncher launcher = QemuLauncher.usual(Map.of("PATH", "/usr/bin:/bin", "HOME", "/root"));
    private final List<QemuProcess> started = new ArrayList<>();
    private QemuLog log;

    @BeforeEach
    void openLog() {
        log = new QemuLog(dir.resolve("web1.log"), Instant::now);
    }

    @AfterEach
    void endAll() {
        started.forEach(one -> one.terminate(Duration.ZERO));
    }

    private QemuProcess shell(String script) {
        QemuProcess process = launcher.start(List.of("/bin/sh", "-c", script, UUID), log, "starting up");
        started.add(process);
        return process;
    }

    /** Starts a script and waits until it has said that it is ready. */
    private QemuProcess ready(String script) throws Exception {
        QemuProcess process = shell(script);
        while (!Files.readString(log.file()).contains("\nready\n")) {
            assertThat(process.isAlive()).as(Files.readString(log.file())).isTrue();
            Thread.onSpinWait();
        }
        return process;
    }

    @Test
    void standsAloneAndInheritsNothing() throws Exception {
        try (var file = new RandomAccessFile(dir.resolve("open").toFile(), "rw");
                var socket = ServerSocketChannel.open()) {
            socket.bind(null);
            file.write(1);
            QemuProcess process = launcher.start(List.of("/bin/sleep", "1000"), log, "starting up");
            started.add(process);
            var procFs = new ProcFs();
            while (!procFs.commandLine(process.pid()).orElseThrow().equals(List.of("/bin/sleep", "1000"))) {
                Thread.onSpinWait(); // until setsid has become it
            }
            Path proc = Path.of("/proc/" + process.pid());
            var open = new TreeMap<String, String>();
            try (var files = Files.list(proc.resolve("fd"))) {
                for (Path fd : files.toList()) {
                    open.put(fd.getFileName().toString(), Files.readSymbolicLink(fd).toString());
                }
            }
            String output = log.file().toString();
            assertThat(open).isEqualTo(Map.of("0", "/dev/null", "1", output, "2", output));
            assertThat(Files.readSymbolicLink(proc.resolve("cwd"))).isEqualTo(Path.of("/"));
            assertThat(Files.readString(proc.resolve("environ")).split("\0"))
                    .containsExactlyInAnyOrder("LC_ALL=C", "PATH=/usr/bin:/bin", "HOME=/root");
            // Leads its process group and its session, and has no terminal.
            String[] stat = Files.readString(proc.resolve("stat")).split(" ");
            String pid = Long.toString(process.pid());
            assertThat(List.of(stat[4], stat[5], stat[6])).containsExactly(pid, pid, "0");
            assertThat(Files.readString(proc.resolve("status"))).containsPattern("SigBlk:\\s+0000000000000000");
        }
    }

    @Test
    void isKnownFromTheFirstMomentByAllThatMakesIt() throws Exception {
        QemuProcess process = ready("echo ready; exec sleep 1000");
        assertThat(process.isAlive()).isTrue();
        assertThat(process.exitStatus()).isEmpty();
        assertThat(new ProcFs().identity(process.pid())).contains(process.identity());
        assertThat(process.cpuNanos()).isPresent();
        assertThat(process.threadCpuNanos(process.pid())).isPresent();
        assertThat(process.residentBytes().orElseThrow()).isPositive();
        assertThat(process.terminate(LONG)).isEqualTo(QemuProcess.Ending.TERMINATED);
        assertThat(process.exitStatus()).hasValue(128 + 15);
        assertThat(process.cpuNanos()).isEmpty();
        assertThat(process.terminate(LONG)).isEqualTo(QemuProcess.Ending.BY_ITSELF);
        assertThat(Files.exists(Path.of("/proc/" + process.pid()))).as("a zombie").isFalse();
    }

    @Test
    void oneThatDoesNotListenIsKilled() throws Exception {
        QemuProcess process = ready("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        assertThat(process.awaitEnd(Duration.ofMillis(20))).isFalse();
        assertThat(process.terminate(Duration.ofMillis(100))).isEqualTo(QemuProcess.Ending.KILLED);
        assertThat(process.exitStatus()).hasValue(128 + 9);
    }

    @Test
    void anInterruptDoesNotLeaveItHalfEnded() throws Exception {
        QemuProcess process = ready("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        Thread.currentThread().interrupt();
        assertThat(process.terminate(Duration.ofMillis(50))).isEqualTo(QemuProcess.Ending.KILLED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void isFoundAgainAndEndedByOneWhoIsNotItsParent() throws Exception {
        QemuProcess process = ready("echo ready; exec sleep 1000 # " + UUID);
        // The script has become sleep, whose command line does not name the guest.
        assertThat(launcher.adopt(process.identity(), UUID, log)).isEmpty();
        QemuProcess adopted = launcher.adopt(process.identity(), "sleep", log).orElseThrow();
        assertThat(adopted.isAlive()).isTrue();
        assertThat(adopted.exitStatus()).isEmpty();
        assertThat(adopted.terminate(LONG)).isEqualTo(QemuProcess.Ending.TERMINATED);
        assertThat(process.awaitEnd(LONG)).isTrue();
        assertThat(launcher.adopt(process.identity(), "sleep", log)).isEmpty();
    }

    @Test
    void aStrangerIsNeverKilled() throws Exception {
        QemuProcess stranger = ready("echo ready; exec sleep 1000");
        ProcessIdentity real = stranger.identity();
        var earlier = new ProcessIdentity(real.pid(), real.startTicks() - 1, real.bootId());
        assertThat(launcher.adopt(earlier, "sleep", log)).isEmpty();
        assertThat(launcher.adopt(new ProcessIdentity(real.pid(), real.startTicks(), "other"), "sleep", log)).isEmpty();
        QemuProcess ended = QemuProcess.adopted(earlier, new ProcFs(), log);
        assertThat(ended.isAlive()).isFalse();
        assertThat(ended.terminate(Duration.ZERO)).isEqualTo(QemuProcess.Ending.BY_ITSELF);
        assertThat(stranger.isAlive()).isTrue();
    }

    @Test
    void outlivesTheDaemonThatStartedIt() throws Exception {
        Process daemon = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", ClassPath.ofTests(), DaemonThatStarts.class.getName(), dir.toString())
                .inheritIO().start();
        while (new ProcFs().findByArgument(dir + "/web1").isEmpty()) {
            assertThat(daemon.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        daemon.destroyForcibly().waitFor();

        ProcessIdentity left = new ProcFs().findByArgument(dir + "/web1").getFirst();
        QemuProcess found = launcher.adopt(left, UUID, log).orElseThrow();
        started.add(found);
        assertThat(found.stat().orElseThrow().parent()).isNotEqualTo(daemon.pid());
        assertThat(new ProcFs().findByArgument(UUID)).contains(found.identity());
        assertThat(found.awaitEnd(Duration.ofMillis(50))).isFalse();
        assertThat(found.terminate(LONG)).isEqualTo(QemuProcess.Ending.TERMINATED);
        assertThat(found.isAlive()).isFalse();
    }

    /** The main class of a daemon that starts a program and is then killed. */
    static final class DaemonThatStarts {
        public static void main(String[] args) throws Exception {
            Path dir = Path.of(args[0]);
            var log = new QemuLog(dir.resolve("web1.log"), Instant::now);
            QemuLauncher.usual(System.getenv())
                    .start(List.of("/bin/sh", "-c", "while :; do sleep 0.05; done", UUID, dir + "/web1"), log, "starting up");
            Thread.sleep(Duration.ofMinutes(10)); // until it is killed
        }
    }

    @Test
    void aProgramThatIsMissingIsAnErrorAtOnce() {
        assertThatThrownBy(() -> launcher.start(List.of("/no/such/qemu"), log, "starting up"))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.SYSTEM_ERROR)).isTrue())
                .hasMessageContaining("/no/such/qemu");
        var lost = new QemuLog(dir.resolve("missing/web1.log"), Instant::now);
        assertThatThrownBy(() -> launcher.start(List.of("/bin/true"), lost, "starting up"))
                .isInstanceOf(VirtException.class).hasMessageContaining("missing/web1.log");
    }

    @Test
    void theMonitorOfOneThatEndsIsNotWaitedFor() {
        QemuProcess process = shell("echo 'qemu: no such machine' >&2; exit 1");
        assertThatThrownBy(() -> MonitorSocket.connect(dir.resolve("monitor.sock"), process, LONG))
                .isInstanceOf(VirtException.class)
                .hasMessage("internal error: process exited while connecting to monitor: qemu: no such machine");
        assertThat(process.exitStatus()).hasValue(1);
    }

    @Test
    void theMonitorIsNotWaitedForForEver() throws Exception {
        QemuProcess process = ready("echo ready; exec sleep 1000");
        assertThatThrownBy(() -> MonitorSocket.connect(dir.resolve("monitor.sock"), process, Duration.ofMillis(150)))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.SYSTEM_ERROR)).isTrue())
                .hasMessageContaining("failed to connect to monitor socket").hasMessageContaining("150 ms");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> MonitorSocket.connect(dir.resolve("monitor.sock"), process, LONG))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.OPERATION_ABORTED)).isTrue());
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> MonitorSocket.connect(dir.resolve("x".repeat(120)), process, LONG))
                .hasMessageContaining("set run_dir");
    }
}
