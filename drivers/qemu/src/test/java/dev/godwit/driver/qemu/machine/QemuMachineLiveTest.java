package dev.godwit.driver.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.process.MonitorSocket;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.driver.qemu.process.QemuLog;
import dev.godwit.driver.qemu.process.QemuProcess;
import dev.godwit.driver.qemu.qmp.QmpConnection;
import dev.godwit.guest.MachineEvents;
import dev.godwit.guest.MachineGone;
import dev.godwit.xml.Element;
import java.io.BufferedReader;
import java.lang.reflect.Proxy;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whether a machine that dies when it is to run has run: a real process, whose monitor the test sometimes plays. */
@Tag("qemu")
@Timeout(60)
class QemuMachineLiveTest {

    private static final String QEMU = "/usr/bin/qemu-system-x86_64";
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private QemuProcess process;

    @BeforeEach
    void start() {
        assumeTrue(Files.isExecutable(Path.of(QEMU)), "There is no " + QEMU + " here.");
        process = QemuLauncher.usual(Map.of()).start(List.of(QEMU, "-name", "guest=web1", "-uuid",
                "1c2d8f0e-7b1b-4a6c-9a52-7f6f3f0c5d11", "-S", "-m", "64", "-machine", "q35,accel=tcg", "-nodefaults", "-display", "none",
                "-chardev", "socket,id=charmonitor,path=" + dir.resolve("monitor.sock") + ",server=on,wait=off",
                "-mon", "chardev=charmonitor,id=monitor,mode=control"),
                new QemuLog(dir.resolve("web1.log"), InstantSource.system()), "starting up");
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.terminate(Duration.ZERO);
        }
    }

    private QemuMachine machine(ByteChannel monitor) {
        MachineEvents nobody = (MachineEvents) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {MachineEvents.class}, (_, _, _) -> null);
        QemuMachineEvents events = new QemuMachineEvents("web1", nobody, process, LiveDefinition.of(
                Element.of("domain").with(Element.of("devices"))));
        QmpConnection qmp = QmpConnection.open(monitor, new QmpConnection.Options("web1", InstantSource.system()), events);
        return new QemuMachine("web1", new QemuPlace(dir.resolve("own"), dir.resolve("channels")), process, Optional.of(qmp), events,
                65536, List.of());
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void oneThatIsKilledBeforeItReadsThatItIsToRunHasNotRun() throws Exception {
        QemuMachine machine = machine(MonitorSocket.connect(dir.resolve("monitor.sock"), process, LONG));
        signal("STOP"); // as one whose host has too much to do
        CompletableFuture<Void> running = CompletableFuture.runAsync(machine::resume);
        TimeUnit.MILLISECONDS.sleep(300); // so that it has been written; killed before that, it has not run either
        assertThat(running).isNotDone();
        signal("KILL");
        assertThatThrownBy(running::join).hasCauseInstanceOf(MachineGone.class);
        assertThat(machine.stoodStill()).isTrue();
    }

    @Test
    void oneThatIsThereIsAskedWhetherItRuns() {
        QemuMachine machine = machine(MonitorSocket.connect(dir.resolve("monitor.sock"), process, LONG));
        assertThat(machine.stoodStill()).isTrue();
        machine.resume();
        assertThat(machine.stoodStill()).isFalse();
        machine.stop();
        assertThat(machine.stoodStill()).as("it has run since").isFalse();
        machine.kill(false);
        assertThat(machine.stoodStill()).isFalse();
    }

    @Test
    void oneThatWasEndedHereIsHeardOut() {
        QemuMachine machine = machine(MonitorSocket.connect(dir.resolve("monitor.sock"), process, LONG));
        machine.kill(false);
        assertThat(machine.stoodStill()).isTrue();
    }

    @Test
    void oneThatRunsAndStandsAndIsKilledThenHasNotRunAgain() throws Exception {
        QemuMachine machine = machine(MonitorSocket.connect(dir.resolve("monitor.sock"), process, LONG));
        machine.resume();
        machine.stop();
        signal("STOP");
        CompletableFuture<Void> running = CompletableFuture.runAsync(machine::resume);
        TimeUnit.MILLISECONDS.sleep(300);
        signal("KILL");
        assertThatThrownBy(running::join).hasCauseInstanceOf(MachineGone.class);
    }

    @Test
    void oneThatSaidThatItRunsAndDoesNotAnswerAnyMoreMayHaveRun() throws Exception {
        Path socket = dir.resolve("played.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket));
                SocketChannel ours = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                SocketChannel theirs = server.accept()) {
            CompletableFuture<QemuMachine> opened = CompletableFuture.supplyAsync(() -> machine(ours));
            BufferedReader told = new BufferedReader(Channels.newReader(theirs, StandardCharsets.UTF_8));
            say(theirs, "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}, \"package\": \"\"}, "
                    + "\"capabilities\": []}}");
            told.readLine();
            say(theirs, "{\"return\": {}, \"id\": \"godwit-1\"}");
            QemuMachine machine = opened.get(20, TimeUnit.SECONDS);
            CompletableFuture<Void> running = CompletableFuture.runAsync(machine::resume);
            assertThat(told.readLine()).contains("\"cont\"");
            say(theirs, "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"RESUME\"}");
            signal("KILL");
            theirs.shutdownOutput();
            assertThatThrownBy(running::join).cause().isInstanceOf(VirtException.class).isNotInstanceOf(MachineGone.class);
            assertThat(machine.stoodStill()).isFalse();
        }
    }

    private static void say(SocketChannel channel, String line) throws Exception {
        channel.write(ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.UTF_8)));
    }
}
