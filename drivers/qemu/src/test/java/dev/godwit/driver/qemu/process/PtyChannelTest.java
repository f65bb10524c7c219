package dev.godwit.driver.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real terminal, of which {@code script} of util-linux holds the other end in QEMU's place. */
@Timeout(60)
class PtyChannelTest {

    @TempDir
    Path dir;

    private Process script;
    private String path;

    @BeforeEach
    void makeATerminal() throws Exception {
        script = new ProcessBuilder("/usr/bin/script", "-q", "-f", "-c",
                "stty raw -echo; tty; exec sleep 1000", "/dev/null")
                .redirectError(Redirect.DISCARD).start();
        path = line(script.getInputStream());
        assertThat(path).startsWith("/dev/pts/");
    }

    @AfterEach
    void end() throws Exception {
        script.destroyForcibly().waitFor();
    }

    private static String line(InputStream in) throws IOException {
        var text = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            text.append((char) c);
        }
        return text.toString().strip();
    }

    private void guestPrints(String text) throws IOException {
        script.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        script.getOutputStream().flush();
    }

    private static String read(ByteChannel channel, int count) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(count);
        while (into.hasRemaining() && channel.read(into) >= 0) {
            continue;
        }
        return new String(into.array(), 0, into.position(), StandardCharsets.UTF_8);
    }

    private static long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void carriesBytesBothWays() throws Exception {
        try (ByteChannel console = ConsoleChannels.open("serial0", "pty:" + path)) {
            guestPrints("login: ");
            assertThat(read(console, 7)).isEqualTo("login: ");
            console.write(ByteBuffer.wrap("root\n".getBytes(StandardCharsets.UTF_8)));
            assertThat(line(script.getInputStream())).isEqualTo("root");
        }
    }

    @Test
    void carriesMoreThanItsBuffers() throws Exception {
        byte[] much = new byte[1 << 20];
        new Random(1).nextBytes(much);
        try (PtyChannel console = PtyChannel.open(path)) {
            var typed = CompletableFuture.supplyAsync(() -> {
                try {
                    return script.getInputStream().readNBytes(much.length);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(console.write(ByteBuffer.wrap(much))).isEqualTo(much.length);
            assertThat(typed.get(30, TimeUnit.SECONDS)).isEqualTo(much);

            var printing = CompletableFuture.runAsync(() -> {
                try {
                    script.getOutputStream().write(much);
                    script.getOutputStream().flush();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            ByteBuffer printed = ByteBuffer.allocate(much.length);
            while (printed.hasRemaining()) {
                assertThat(console.read(printed)).isPositive();
            }
            assertThat(printed.array()).isEqualTo(much);
            printing.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingEndsABlockedReadAndLeavesNothing() throws Exception {
        PtyChannel.open(path).close(); // What is loaded once is not counted.
        long before = openFiles();
        PtyChannel console = PtyChannel.open(path);
        assertThat(openFiles()).isEqualTo(before + 3);
        var failure = new CompletableFuture<Throwable>();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                console.read(ByteBuffer.allocate(10));
                failure.complete(null);
            } catch (IOException e) {
                failure.complete(e);
            }
        });
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        console.close();
        console.close();
        assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(AsynchronousCloseException.class);
        assertThat(console.pumpThread().join(java.time.Duration.ofSeconds(20))).isTrue();
        assertThat(openFiles()).isEqualTo(before);
        assertThat(console.isOpen()).isFalse();
        assertThatThrownBy(() -> console.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> console.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void anInterruptClosesIt() throws Exception {
        PtyChannel console = PtyChannel.open(path);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> console.read(ByteBuffer.allocate(10))).isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(console.isOpen()).isFalse();
        assertThat(console.pumpThread().join(java.time.Duration.ofSeconds(20))).isTrue();
    }

    @Test
    void theEndOfQemuIsTheEndOfTheChannel() throws Exception {
        try (PtyChannel console = PtyChannel.open(path)) {
            guestPrints("bye");
            assertThat(read(console, 3)).isEqualTo("bye");
            script.destroyForcibly().waitFor();
            assertThat(console.read(ByteBuffer.allocate(10))).isEqualTo(-1);
            assertThatThrownBy(() -> console.write(ByteBuffer.allocate(1))).isInstanceOf(IOException.class)
                    .hasMessageContaining(path);
        }
    }

    @Test
    void doesNotBecomeTheTerminalOfADaemonThatLeadsItsSession() throws Exception {
        // script has given its terminal to its own child; QEMU gives it to nobody, and then it can be taken.
        Terminal terminal = Terminal.open();
        Process daemon = new ProcessBuilder("/usr/bin/setsid", "-w",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", ClassPath.ofTests(), SessionLeader.class.getName(),
                terminal.path())
                .redirectError(Redirect.INHERIT).start();
        try {
            assertThat(line(daemon.getInputStream())).isEqualTo("leads its session, terminal 0");
            Posix.close(terminal.master());
            assertThat(line(daemon.getInputStream())).isEqualTo("end of the guest: -1");
            assertThat(daemon.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(daemon.exitValue()).isZero();
        } finally {
            daemon.destroyForcibly();
        }
    }

    /** A new terminal whose other end is an open file of this process. */
    private record Terminal(int master, String path) {
        @SuppressWarnings("restricted")
        static Terminal open() throws Exception {
            int master = (int) Posix.open("/dev/ptmx", Posix.O_RDWR | Posix.O_NOCTTY | Posix.O_CLOEXEC).value();
            assertThat(master).isPositive();
            Linker linker = Linker.nativeLinker();
            MethodHandle unlock = linker.downcallHandle(linker.defaultLookup().find("unlockpt").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            MethodHandle name = linker.downcallHandle(linker.defaultLookup().find("ptsname").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            try {
                assertThat((int) unlock.invokeExact(master)).isZero();
                return new Terminal(master,
                        ((MemorySegment) name.invokeExact(master)).reinterpret(64).getString(0));
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The main class of a daemon that systemd started: nobody's terminal, and the leader of its session. */
    static final class SessionLeader {
        public static void main(String[] args) throws Exception {
            try (PtyChannel console = PtyChannel.open(args[0])) {
                String[] stat = Files.readString(Path.of("/proc/self/stat")).split("\\) ")[1].split(" ");
                boolean leads = stat[3].equals(Long.toString(ProcessHandle.current().pid()));
                System.out.println((leads ? "leads its session" : "leads nothing") + ", terminal " + stat[4]);
                System.out.println("end of the guest: " + console.read(ByteBuffer.allocate(10)));
            }
        }
    }

    @Test
    void connectsToASocketAsWell() throws Exception {
        Path socket = dir.resolve("serial.sock");
        try (ServerSocketChannel qemu = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            qemu.bind(UnixDomainSocketAddress.of(socket));
            try (ByteChannel console = ConsoleChannels.open("serial0", "unix:" + socket + ",server=on");
                    SocketChannel guest = qemu.accept()) {
                guest.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
                assertThat(read(console, 5)).isEqualTo("hello");
            }
        }
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> ConsoleChannels.open("serial0", "pty:/dev/pts/none"))
                .isInstanceOf(VirtException.class)
                .hasMessage("Cannot open the console 'serial0' of the guest: "
                        + "Cannot open the terminal /dev/pts/none: No such file or directory");
        assertThatThrownBy(() -> ConsoleChannels.open("serial0", "file"))
                .hasMessage("internal error: character device serial0 is not using a PTY");
    }
}
