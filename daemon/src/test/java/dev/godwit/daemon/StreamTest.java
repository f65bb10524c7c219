package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Consoles;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.ConsoleProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.RemoteError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A console as a stream: {@code toGuest} is what the guest reads, {@code fromGuest} what it writes. */
@Timeout(60)
class StreamTest {

    private static final NonnullDomain WEB = new NonnullDomain("web", new UUID(1, 2), 3);

    @TempDir
    Path folder;

    private final AtomicBoolean closed = new AtomicBoolean();
    private Pipe toGuest;
    private Pipe fromGuest;
    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        toGuest = Pipe.open();
        fromGuest = Pipe.open();
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu").with(Consoles.class, (_, device, _) -> {
            if (device.filter("none"::equals).isPresent()) {
                throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "cannot find character device none");
            }
            return new Console();
        }));
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private final class Console implements ByteChannel {
        @Override
        public int read(ByteBuffer into) throws IOException {
            return fromGuest.source().read(into);
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            return toGuest.sink().write(bytes);
        }

        @Override
        public boolean isOpen() {
            return !closed.get();
        }

        @Override
        public void close() throws IOException {
            closed.set(true);
            fromGuest.source().close();
            toGuest.sink().close();
        }
    }

    private static Header open(RawClient client) throws Exception {
        Header call = client.send(ConsoleProcedures.OPEN_CONSOLE,
                new ConsoleProcedures.OpenConsoleArgs(WEB, Optional.empty(), 0));
        Frame reply = client.next();
        assertThat(reply.header()).isEqualTo(call.reply(MessageStatus.OK));
        return call;
    }

    private static String text(Frame data) {
        return StandardCharsets.UTF_8.decode(data.payload()).toString();
    }

    private void guestSays(String text) throws IOException {
        fromGuest.sink().write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String guestHears(int bytes) throws IOException {
        ByteBuffer heard = ByteBuffer.allocate(bytes);
        while (heard.hasRemaining() && toGuest.source().read(heard) >= 0) {
            continue;
        }
        return StandardCharsets.UTF_8.decode(heard.flip()).toString();
    }

    @Test
    void carriesBytesBothWaysAndFinishes() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            guestSays("login: ");
            Frame data = client.next();
            assertThat(data.header()).isEqualTo(call.stream(MessageStatus.CONTINUE));
            assertThat(text(data)).isEqualTo("login: ");

            client.stream(call, MessageStatus.CONTINUE, "root\n");
            assertThat(guestHears(5)).isEqualTo("root\n");

            client.stream(call, MessageStatus.CONTINUE, "bye");
            client.stream(call, MessageStatus.OK, "");
            assertThat(guestHears(3)).isEqualTo("bye");
            Frame end = client.next();
            assertThat(end.header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(end.payload().remaining()).isZero();
            assertThat(closed).isTrue();
        }
    }

    @Test
    void anAbortIsConfirmed() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            client.stream(call, MessageStatus.ERROR, "");
            assertThat(client.next().header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(closed).isTrue();
        }
    }

    @Test
    void theEndOfTheDataIsAnEmptyPacket() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            fromGuest.sink().close();
            Frame end = client.next();
            assertThat(end.header()).isEqualTo(call.stream(MessageStatus.CONTINUE));
            assertThat(end.payload().remaining()).isZero();
            client.stream(call, MessageStatus.OK, "");
            assertThat(client.next().header()).isEqualTo(call.stream(MessageStatus.OK));
        }
    }

    @Test
    void aSinkThatBreaksEndsTheStreamWithAnError() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            toGuest.source().close();
            client.stream(call, MessageStatus.CONTINUE, "anybody there?");
            Frame end = client.next();
            assertThat(end.header()).isEqualTo(call.stream(MessageStatus.ERROR));
            RemoteError error = RawClient.error(end);
            assertThat(error.code()).isEqualTo(38);
            assertThat(error.domain()).isEqualTo(38);
            assertThat(error.text()).startsWith("Cannot write to the stream's device");
            assertThat(closed).isTrue();
        }
    }

    @Test
    void aCallThatFailsOpensNoStream() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            RemoteError error = client.refused(ConsoleProcedures.OPEN_CONSOLE,
                    new ConsoleProcedures.OpenConsoleArgs(WEB, Optional.of("none"), 0));
            assertThat(error.text()).isEqualTo("internal error: cannot find character device none");
        }
    }

    @Test
    void theStreamEndsWithTheConnection() throws Exception {
        RawClient client = RawClient.open(daemon.tcp(), "qemu:///system");
        open(client);
        client.close();
        TestDaemon.until("the console is free again", closed::get);
    }

    @Test
    void aClientThatDoesNotReadSlowsTheGuestsConsoleAndNothingElse() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            open(client);
            byte[] block = new byte[65_536];
            long[] written = new long[1];
            Thread guest = Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        written[0] += fromGuest.sink().write(ByteBuffer.wrap(block));
                    }
                } catch (IOException _) {
                    // the end of the test
                }
            });
            long[] before = {-1};
            TestDaemon.until("the guest's output stops for a while", () -> {
                java.util.concurrent.locks.LockSupport.parkNanos(300_000_000);
                long now = written[0];
                boolean stopped = now == before[0];
                before[0] = now;
                return stopped && now > 0;
            });
            assertThat(before[0]).isLessThan(64 << 20); // kernel buffers and one packet, not what a guest could write

            client.ping();
            Frame message = client.next();
            int packets = 0;
            while (message.header().messageType() == MessageType.STREAM) {
                packets++;
                assertThat(packets).isLessThan(10_000);
                message = client.next();
            }
            assertThat(message.header().procedure()).isEqualTo(2);
            fromGuest.sink().close();
            guest.join();
        }
    }

    @Test
    void aGuestThatDoesNotReadLosesTheStreamAndNotTheConnection() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            String block = "x".repeat(65_536);
            Thread typist = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 64; i++) { // 4 MiB; the stream's queue takes one
                        client.stream(call, MessageStatus.CONTINUE, block);
                    }
                } catch (IOException _) {
                    // seen below
                }
            });
            Frame end = client.next();
            assertThat(end.header()).isEqualTo(call.stream(MessageStatus.ERROR));
            assertThat(RawClient.error(end).code()).isEqualTo(68);
            typist.join();
            client.ping();
            assertThat(client.next().header().procedure()).isEqualTo(2);
        }
    }
}
