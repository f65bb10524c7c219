package dev.godwit.driver.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.driver.qemu.qmp.QmpConnection.Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The connection against a QEMU played by the test, line by line. */
@Timeout(30)
class QmpConnectionTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private ServerSocketChannel server;
    private SocketChannel qemu;
    private BufferedReader fromUs;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @BeforeEach
    void listen() throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(dir.resolve("monitor.sock")));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        if (qemu != null) {
            qemu.close();
        }
    }

    private final QmpListener listener = new QmpListener() {
        @Override
        public void event(QmpEvent event, Instant at) {
            heard.add(at + " " + event);
        }

        @Override
        public void disconnected(QmpException.Disconnected why) {
            heard.add("over: " + why.getMessage());
        }
    };

    private Options options() {
        return new Options("web1", () -> NOW, Duration.ofSeconds(20), Duration.ofSeconds(20),
                () -> Optional.of("qemu: it hurts"));
    }

    /** Connects, plays the greeting, and leaves the rest to the test. */
    private QmpConnection open() throws Exception {
        return open(options(), listener);
    }

    private QmpConnection open(Options options, QmpListener listener) throws Exception {
        return open(options, listener, channel -> channel);
    }

    private QmpConnection open(Options options, QmpListener listener, UnaryOperator<ByteChannel> around) throws Exception {
        ByteChannel channel = around.apply(SocketChannel.open(server.getLocalAddress()));
        qemu = server.accept();
        fromUs = new BufferedReader(Channels.newReader(qemu, StandardCharsets.UTF_8));
        CompletableFuture<QmpConnection> opened = CompletableFuture.supplyAsync(
                () -> QmpConnection.open(channel, options, listener), Executors.newVirtualThreadPerTaskExecutor());
        say("{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}, \"package\": \"\"}, "
                + "\"capabilities\": [\"oob\"]}}");
        assertThat(fromUs.readLine()).isEqualTo("{\"execute\":\"qmp_capabilities\",\"id\":\"godwit-1\"}");
        say("{\"return\": {}, \"id\": \"godwit-1\"}");
        return opened.get(20, TimeUnit.SECONDS);
    }

    private void say(String line) throws IOException {
        sayBytes((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private void sayBytes(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            qemu.write(buffer);
        }
    }

    private static <T> Future<T> async(java.util.concurrent.Callable<T> call) {
        return Executors.newVirtualThreadPerTaskExecutor().submit(call);
    }

    private static Throwable failure(Future<?> future) {
        return catchThrowableOfType(java.util.concurrent.ExecutionException.class,
                () -> future.get(20, TimeUnit.SECONDS)).getCause();
    }

    @Test
    void greetsAndKnowsTheVersion() throws Exception {
        try (QmpConnection monitor = open()) {
            assertThat(monitor.version().toString()).isEqualTo("10.0.2");
            assertThat(monitor.version().number()).isEqualTo(10_000_002);
            assertThat(monitor.version().atLeast(9, 1)).isTrue();
            assertThat(monitor.version().atLeast(10, 1)).isFalse();
        }
    }

    @Test
    void matchesRepliesByIdAndNotByOrder() throws Exception {
        try (QmpConnection monitor = open()) {
            var first = async(() -> monitor.execute(new GuestCommands.QueryBalloon()));
            String id1 = Json.parse(fromUs.readLine()).asObject().text("id");
            var second = async(() -> monitor.execute(new QueryCommands.QueryUuid()));
            String id2 = Json.parse(fromUs.readLine()).asObject().text("id");
            say("{\"return\": {\"UUID\": \"u\"}, \"id\": \"" + id2 + "\"}");
            assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("u");
            assertThat(first.isDone()).isFalse();
            say("{\"return\": {\"actual\": 67108864}, \"id\": \"" + id1 + "\"}");
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(67108864);
        }
    }

    @Test
    void aRefusalCarriesQemusClassAndSentence() throws Exception {
        try (QmpConnection monitor = open()) {
            var balloon = async(() -> monitor.execute(new GuestCommands.QueryBalloon()));
            fromUs.readLine();
            say("{\"error\": {\"class\": \"DeviceNotActive\", \"desc\": \"No balloon device has been activated\"}, "
                    + "\"id\": \"godwit-2\"}");
            assertThat(failure(balloon)).isInstanceOfSatisfying(QmpException.Refused.class, refused -> {
                assertThat(refused.errorClass()).isEqualTo(QmpException.Refused.DEVICE_NOT_ACTIVE);
                assertThat(refused.description()).isEqualTo("No balloon device has been activated");
                assertThat(refused.command()).contains("query-balloon");
                assertThat(refused).hasMessage("unable to execute QEMU command 'query-balloon': "
                        + "No balloon device has been activated");
            });
        }
    }

    @Test
    void everyEndingHasANumberThatClientsOfLibvirtKnow() {
        assertThat(new QmpException.Refused("cont", "GenericError", "no").toVirtException())
                .hasMessage("internal error: unable to execute QEMU command 'cont': no")
                .satisfies(e -> assertThat(List.of(e.codeNumber(), e.domainNumber())).containsExactly(1, 10));
        assertThat(new QmpException.Disconnected("qemu unexpectedly closed the monitor: x", "", false, false, null)
                .toVirtException()).hasMessage("internal error: qemu unexpectedly closed the monitor: x");
        assertThat(new QmpException.TimedOut("cont", LONG).toVirtException().codeNumber()).isEqualTo(68);
        assertThat(new QmpException.Interrupted("cont").toVirtException().codeNumber()).isEqualTo(78);
        assertThat(new QmpException.Garbled("x", "cont", null).toVirtException().codeNumber()).isEqualTo(1);
    }

    @Test
    void eventsComeInOrderWithTheirTimes() throws Exception {
        try (QmpConnection monitor = open()) {
            say("{\"timestamp\": {\"seconds\": 1795431963, \"microseconds\": 312007}, \"event\": \"STOP\"}");
            say("{\"timestamp\": {\"seconds\": -1, \"microseconds\": -1}, \"event\": \"MIGRATION\", "
                    + "\"data\": {\"status\": \"pre-switchover\"}}");
            say("{\"timestamp\": {\"seconds\": 1795431963, \"microseconds\": 312008}, \"event\": \"NEWS\", "
                    + "\"data\": {\"x\": 1}}");
            assertThat(heard.take()).isEqualTo("2026-11-23T11:06:03.312007Z Stop[]");
            assertThat(heard.take()).isEqualTo(NOW + " Migration[status=PRE_SWITCHOVER]");
            assertThat(heard.take()).isEqualTo("2026-11-23T11:06:03.312008Z Unknown[name=NEWS, data={\"x\":1}]");
            assertThat(monitor.isOpen()).isTrue();
        }
    }

    @Test
    void aListenerMayGiveCommands() throws Exception {
        var replies = new LinkedBlockingQueue<String>();
        var self = new CompletableFuture<QmpConnection>();
        QmpListener asks = (event, at) -> replies.add(self.join().execute(new QueryCommands.QueryUuid()));
        try (QmpConnection monitor = open(options(), asks)) {
            self.complete(monitor);
            say("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"STOP\"}");
            assertThat(fromUs.readLine()).contains("query-uuid");
            say("{\"return\": {\"UUID\": \"u\"}, \"id\": \"godwit-2\"}");
            assertThat(replies.poll(20, TimeUnit.SECONDS)).isEqualTo("u");
        }
    }

    @Test
    void aListenerThatFailsHearsTheNextEvent() throws Exception {
        var names = new LinkedBlockingQueue<QmpEvent>();
        QmpListener fragile = (event, at) -> {
            names.add(event);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("of the test");
        };
        try (QmpConnection monitor = open(options(), fragile)) {
            say("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"STOP\"}");
            say("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"RESUME\"}");
            assertThat(names.take()).isEqualTo(new QmpEvent.Stop());
            assertThat(names.take()).isEqualTo(new QmpEvent.Resume());
            assertThat(monitor.isOpen()).isTrue();
        }
    }

    @Test
    void theEndOfQemuFailsEveryWaiterWithItsLog() throws Exception {
        try (QmpConnection monitor = open()) {
            List<Future<?>> waiters = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                waiters.add(async(() -> monitor.execute(new RunStateCommands.Cont())));
                fromUs.readLine();
            }
            say("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"STOP\"}");
            qemu.close();
            for (Future<?> waiter : waiters) {
                assertThat(failure(waiter)).isInstanceOfSatisfying(QmpException.Disconnected.class, over ->
                        assertThat(over.untold()).isFalse()) // it may have heard it
                        .hasMessage("qemu unexpectedly closed the monitor: qemu: it hurts");
            }
            assertThat(heard.take()).endsWith("Stop[]");
            assertThat(heard.take()).isEqualTo("over: qemu unexpectedly closed the monitor: qemu: it hurts");
            assertThat(monitor.isOpen()).isFalse();
            assertThatThrownBy(() -> monitor.execute(new RunStateCommands.Stop()))
                    .isInstanceOfSatisfying(QmpException.Disconnected.class, over -> assertThat(over.untold()).isTrue())
                    .hasMessageContaining("it hurts");
        }
    }

    @Test
    void whatCouldNotBeWrittenWasToldToNobody() throws Exception {
        var writing = new ClosedUnseen();
        try (QmpConnection monitor = open(options(), listener, writing::around)) {
            writing.closed = true; // QEMU has died, and nothing has been read of that yet
            var cont = async(() -> monitor.execute(new RunStateCommands.Cont()));
            var stop = async(() -> monitor.execute(new RunStateCommands.Stop()));
            writing.failed.await();
            qemu.close();
            for (Future<?> untold : List.of(cont, stop)) {
                assertThat(failure(untold)).isInstanceOfSatisfying(QmpException.Disconnected.class, over ->
                        assertThat(over.untold()).isTrue())
                        .hasMessage("qemu unexpectedly closed the monitor: qemu: it hurts");
            }
        }
    }

    @Test
    void aLineOfWhichSomethingWentOutMayHaveBeenHeard() throws Exception {
        var writing = new ClosedUnseen();
        try (QmpConnection monitor = open(options(), listener, writing::around)) {
            writing.room = 5;
            writing.closed = true;
            var cont = async(() -> monitor.execute(new RunStateCommands.Cont()));
            writing.failed.await();
            qemu.close();
            assertThat(failure(cont)).isInstanceOfSatisfying(QmpException.Disconnected.class, over ->
                    assertThat(over.untold()).isFalse());
        }
    }

    @Test
    void oneThatEndsIsHeardOutAlsoWhenItHasNotReadEverything() throws Exception {
        try (QmpConnection monitor = open()) {
            var cont = async(() -> monitor.execute(new RunStateCommands.Cont()));
            qemu.read(ByteBuffer.allocate(1)); // of the command, whose rest it never reads: the kernel calls that a reset
            say("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"RESUME\"}");
            qemu.close();
            assertThat(failure(cont)).isInstanceOfSatisfying(QmpException.Disconnected.class, over ->
                    assertThat(over.untold()).isFalse());
            assertThat(monitor.heardOut()).isTrue();
            assertThat(monitor.resumes()).isEqualTo(1);
        }
    }

    /** The moment in which a socket can no longer be written to, and its end has not been read yet. */
    private static final class ClosedUnseen {

        final CountDownLatch failed = new CountDownLatch(1);
        volatile boolean closed;
        volatile int room;

        ByteChannel around(ByteChannel channel) {
            return new ByteChannel() {
                @Override
                public int read(ByteBuffer into) throws IOException {
                    return channel.read(into);
                }

                @Override
                public int write(ByteBuffer from) throws IOException {
                    if (!closed) {
                        return channel.write(from);
                    }
                    if (room > 0) {
                        int taken = room;
                        room = 0;
                        from.position(from.position() + taken);
                        return taken;
                    }
                    failed.countDown();
                    throw new IOException("Broken pipe");
                }

                @Override
                public boolean isOpen() {
                    return channel.isOpen();
                }

                @Override
                public void close() throws IOException {
                    channel.close();
                }
            };
        }
    }

    @Test
    void closingEndsTheWaitAndBlamesNobody() throws Exception {
        QmpConnection monitor = open();
        var waiter = async(() -> monitor.execute(new RunStateCommands.Cont()));
        fromUs.readLine();
        monitor.close();
        monitor.close();
        assertThat(failure(waiter)).isInstanceOfSatisfying(QmpException.Disconnected.class, over -> {
            assertThat(over.closedHere()).isTrue();
            assertThat(over).hasMessage("The monitor of web1 was closed.");
        });
        assertThat(monitor.heardOut()).isFalse();
        assertThat(heard.take()).isEqualTo("over: The monitor of web1 was closed.");
        assertThat(fromUs.readLine()).isNull();
    }

    @Test
    void anInterruptEndsTheWaitAndNotTheConversation() throws Exception {
        try (QmpConnection monitor = open()) {
            var caught = new CompletableFuture<Throwable>();
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    monitor.execute(new RunStateCommands.Cont());
                } catch (QmpException e) {
                    caught.complete(Thread.currentThread().isInterrupted() ? e : null);
                }
            });
            fromUs.readLine();
            waiting.interrupt();
            assertThat(caught.get(20, TimeUnit.SECONDS)).isInstanceOf(QmpException.Interrupted.class);

            // An interrupt that was there before does not close the channel either.
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> monitor.execute(new RunStateCommands.Stop()))
                    .isInstanceOf(QmpException.Interrupted.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(fromUs.readLine()).contains("stop");
            say("{\"return\": {}, \"id\": \"godwit-2\"}");
            say("{\"return\": {}, \"id\": \"godwit-3\"}");

            var next = async(() -> monitor.execute(new QueryCommands.QueryUuid()));
            assertThat(fromUs.readLine()).contains("godwit-4");
            say("{\"return\": {\"UUID\": \"u\"}, \"id\": \"godwit-4\"}");
            assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("u");
        }
    }

    @Test
    void anAnswerThatComesTooLateIsDropped() throws Exception {
        try (QmpConnection monitor = open()) {
            assertThatThrownBy(() -> monitor.execute(new RunStateCommands.Cont(), Duration.ofMillis(30)))
                    .isInstanceOf(QmpException.TimedOut.class)
                    .hasMessage("QEMU did not answer 'cont' within 30 ms.");
            assertThat(fromUs.readLine()).contains("godwit-2");
            say("{\"error\": {\"class\": \"GenericError\", \"desc\": \"late\"}, \"id\": \"godwit-2\"}");
            var next = async(() -> monitor.execute(new QueryCommands.QueryUuid()));
            fromUs.readLine();
            say("{\"return\": {\"UUID\": \"u\"}, \"id\": \"godwit-3\"}");
            assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("u");
        }
    }

    @Test
    void aReplyOfTheWrongShapeIsThatCallersErrorOnly() throws Exception {
        try (QmpConnection monitor = open()) {
            var status = async(() -> monitor.execute(new RunStateCommands.QueryStatus()));
            fromUs.readLine();
            say("{\"return\": {\"status\": 5}, \"id\": \"godwit-2\"}");
            assertThat(failure(status)).isInstanceOf(QmpException.Garbled.class)
                    .hasMessageContaining("query-status").hasMessageContaining("\"running\" is missing");
            assertThat(monitor.isOpen()).isTrue();
        }
    }

    @Test
    void textThatIsNotJsonEndsTheConversation() throws Exception {
        try (QmpConnection monitor = open()) {
            var status = async(() -> monitor.execute(new RunStateCommands.QueryStatus()));
            fromUs.readLine();
            say("{\"return\": oops}");
            assertThat(failure(status)).isInstanceOf(QmpException.Disconnected.class)
                    .hasMessageContaining("does not speak QMP");
            assertThat(monitor.heardOut()).isFalse(); // it may have said more
        }
    }

    @Test
    void anErrorThatQemuCouldNotMatchGoesToTheOldestCommand() throws Exception {
        try (QmpConnection monitor = open()) {
            var status = async(() -> monitor.execute(new RunStateCommands.QueryStatus()));
            fromUs.readLine();
            say("{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, stray 'x'\"}}");
            assertThat(failure(status)).isInstanceOf(QmpException.Refused.class).hasMessageContaining("stray");
        }
    }

    @Test
    void aLineWithoutEndIsCutOff() throws Exception {
        try (QmpConnection monitor = open()) {
            var status = async(() -> monitor.execute(new RunStateCommands.QueryStatus()));
            fromUs.readLine();
            byte[] noise = new byte[1 << 20];
            java.util.Arrays.fill(noise, (byte) '[');
            assertThatThrownBy(() -> {
                for (int i = 0; i < 200; i++) {
                    sayBytes(noise);
                }
            }).isInstanceOf(IOException.class);
            assertThat(failure(status)).hasMessageContaining("more than 67108864 bytes");
        }
    }

    @Test
    void somethingElseThatAnswersIsNotTakenForQemu() throws Exception {
        var channel = SocketChannel.open(server.getLocalAddress());
        qemu = server.accept();
        var opening = async(() -> QmpConnection.open(channel, options(), listener));
        say("220 mail.example.org ESMTP");
        assertThat(failure(opening)).isInstanceOf(QmpException.Disconnected.class)
                .hasMessageContaining("does not speak QMP");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void silenceInsteadOfAGreetingTimesOut() throws Exception {
        var channel = SocketChannel.open(server.getLocalAddress());
        qemu = server.accept();
        var impatient = new Options("web1", () -> NOW, Duration.ofMillis(50), LONG, Optional::empty);
        assertThatThrownBy(() -> QmpConnection.open(channel, impatient, listener))
                .isInstanceOf(QmpException.TimedOut.class).hasMessageContaining("greeting");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void passesOnWhatSomebodyElseWroteWithTheirId() throws Exception {
        try (QmpConnection monitor = open()) {
            var raw = async(() -> monitor.executeRaw(
                    Json.parse("{\"execute\": \"query-name\", \"id\": 77}").asObject(), LONG));
            assertThat(fromUs.readLine()).isEqualTo("{\"execute\":\"query-name\",\"id\":\"godwit-2\"}");
            say("{\"return\": {\"name\": \"web1\"}, \"id\": \"godwit-2\"}");
            assertThat(raw.get(20, TimeUnit.SECONDS))
                    .hasToString("{\"return\":{\"name\":\"web1\"},\"id\":77}");
            assertThatThrownBy(() -> monitor.executeRaw(Json.EMPTY, LONG)).isInstanceOf(JsonException.class);
        }
    }

    @Test
    void manyCallersAtOnceEachGetTheirOwn() throws Exception {
        try (QmpConnection monitor = open()) {
            int callers = 200;
            var go = new CountDownLatch(1);
            List<Future<Json>> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                long n = i;
                all.add(async(() -> {
                    go.await();
                    return monitor.execute(new QmpCommand.Raw("echo", Json.EMPTY.with("n", n)));
                }));
            }
            go.countDown();
            for (int i = 0; i < callers; i++) {
                Json.Obj asked = Json.parse(fromUs.readLine()).asObject();
                assertThat(asked.text("id")).isEqualTo("godwit-" + (i + 2));
                say("{\"return\":" + asked.object("arguments").integer("n") + ",\"id\":\"" + asked.text("id") + "\"}");
            }
            for (int i = 0; i < callers; i++) {
                assertThat(all.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(new Json.Int(i));
            }
        }
    }

    @Test
    void aConversationLeavesNoThread() throws Exception {
        QmpConnection closedHere = open();
        closedHere.close();
        qemu.close();
        QmpConnection closedThere = open();
        qemu.close();
        for (QmpConnection over : List.of(closedHere, closedThere)) {
            for (Thread thread : over.threads()) {
                assertThat(thread.join(Duration.ofSeconds(20))).as(thread.getName()).isTrue();
            }
        }
    }
}
