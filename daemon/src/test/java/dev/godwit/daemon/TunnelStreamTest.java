package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.DataTransport;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Tunnel;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Feature;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.OlderMigrationProcedures;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.StreamCredit;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest that comes through a connection, with a receiver that does what a test wants. */
@Timeout(60)
class TunnelStreamTest {

    private static final String XML = "<domain><name>web</name><uuid>" + new UUID(1, 2) + "</uuid></domain>";
    private static final int PACKET = Frame.MAX_STREAM_DATA;
    private static final int FLAGS = 0x1 | 0x2 | 0x4;

    @TempDir
    Path folder;

    private final CRC32 arrived = new CRC32();
    private final AtomicLong bytes = new AtomicLong();
    private final CountDownLatch mayTake = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean stalls;
    /** Takes what is offered; otherwise only what is sent with a wait. */
    private volatile boolean keepsUp;
    private final Random moods = new Random(5);
    private volatile boolean finished;
    private volatile long breaksAfter = Long.MAX_VALUE;
    private TestDaemon daemon;

    private final class Sink implements Tunnel {

        private final Semaphore busy = new Semaphore(1);

        @Override
        public void send(ByteBuffer packet) {
            if (stalls) {
                try {
                    mayTake.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (closed.getCount() == 0) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "closed");
            }
            if (bytes.get() >= breaksAfter) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "the receiver broke");
            }
            take(packet);
        }

        private void take(ByteBuffer packet) {
            assertThat(busy.tryAcquire()).as("one thread sends at a time").isTrue();
            bytes.addAndGet(packet.remaining());
            arrived.update(packet);
            busy.release();
        }

        @Override
        public void offer(ByteBuffer packet, Duration limit) {
            if (keepsUp) {
                // All of it, some of it, or nothing.
                int size = Math.clamp(moods.nextInt(-50_000, 600_000), 0, packet.remaining());
                take(packet.slice(packet.position(), size));
                packet.position(packet.position() + size);
            }
        }

        @Override
        public void finish() {
            finished = true;
        }

        @Override
        public void close() {
            closed.countDown();
            mayTake.countDown();
        }
    }

    @BeforeEach
    void start() throws Exception {
        MigrationDestination destination = FakeHypervisor.answering(MigrationDestination.class, (method, args) ->
                switch (method) {
                    case "prepare" -> new Receiver(new DataTransport.Tunnelled(new Sink()),
                            Cookie.of("prepared".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
                    case "abandon" -> null;
                    default -> throw new AssertionError(method);
                });
        MigrationSource source = FakeHypervisor.answering(MigrationSource.class, (method, _) -> {
            throw new AssertionError(method);
        });
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu")
                .with(MigrationDestination.class, destination).with(MigrationSource.class, source));
    }

    @AfterEach
    void stop() {
        mayTake.countDown();
        daemon.close();
    }

    /** Has a guest prepared for, through a tunnel: its call, which is the stream's. */
    static Header open(RawClient client) throws Exception {
        Header call = client.send(MigrationProcedures.PREPARE_TUNNEL, new MigrationProcedures.PrepareTunnelArgs(
                List.of(TypedParam.text("destination_xml", XML)), Opaque.ofTextWithNul("x"), FLAGS));
        assertThat(client.next().header()).isEqualTo(call.reply(MessageStatus.OK));
        return call;
    }

    private static byte[] packet(int seed, int size) {
        byte[] data = new byte[size];
        new Random(seed).nextBytes(data);
        return data;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void carriesEveryByteInOrderAndSaysWhenAllIsThere(boolean receiverKeepsUp) throws Exception {
        keepsUp = receiverKeepsUp;
        CRC32 sent = new CRC32();
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            long total = 0;
            for (int i = 0; i < 180; i++) {
                // Stock daemons send 64 KiB at a time, ours as much as fits, and some packets are tiny or huge.
                byte[] data = packet(i, List.of(65_536, PACKET, 1, 4_095, 4_096, 1_000_000).get(i % 6));
                sent.update(data);
                total += data.length;
                client.send(call.stream(MessageStatus.CONTINUE), ByteBuffer.wrap(data));
            }
            client.stream(call, MessageStatus.OK, "");
            assertThat(client.next().header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(finished).isTrue();
            assertThat(bytes).hasValue(total);
            assertThat(arrived.getValue()).isEqualTo(sent.getValue());
        }
    }

    @Test
    void theOlderFormOpensOneToo() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = client.send(OlderMigrationProcedures.PREPARE_TUNNEL3,
                    new OlderMigrationProcedures.PrepareTunnel3Args(
                            Opaque.ofTextWithNul("x"), FLAGS, Optional.empty(), 0, XML));
            assertThat(client.next().header()).isEqualTo(call.reply(MessageStatus.OK));
            client.stream(call, MessageStatus.CONTINUE, "a guest");
            client.stream(call, MessageStatus.OK, "");
            assertThat(client.next().header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(bytes).hasValue(7);
        }
    }

    @Test
    void withoutTheFlagThereIsNoTunnel() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            assertThat(client.refused(MigrationProcedures.PREPARE_TUNNEL, new MigrationProcedures.PrepareTunnelArgs(
                    List.of(TypedParam.text("destination_xml", XML)), Opaque.ofTextWithNul("x"), 0x3)).text())
                    .isEqualTo("internal error: PrepareTunnel called but no TUNNELLED flag set");
        }
    }

    @Test
    void anAbortIsConfirmedAndClosesTheReceiver() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            client.stream(call, MessageStatus.CONTINUE, "half a guest");
            client.stream(call, MessageStatus.ERROR, "");
            assertThat(client.next().header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(closed.getCount()).isZero();
            assertThat(finished).isFalse();
        }
    }

    @Test
    void aReceiverThatBreaksIsToldInItsWords() throws Exception {
        breaksAfter = PACKET;
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            for (int i = 0; i < 2; i++) {
                client.send(call.stream(MessageStatus.CONTINUE), ByteBuffer.wrap(packet(i, PACKET)));
            }
            Frame end = client.next();
            assertThat(end.header()).isEqualTo(call.stream(MessageStatus.ERROR));
            RemoteError error = RawClient.error(end);
            assertThat(error.code()).isEqualTo(9);
            assertThat(error.text()).isEqualTo("operation failed: the receiver broke");
            client.stream(call, MessageStatus.CONTINUE, "what is sent after that is dropped");
            assertThat(client.call(ConnectProcedures.GET_HOSTNAME, Nothing.NOTHING).hostname()).isNotEmpty();
        }
    }

    @Test
    void aHoleIsNotTaken() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            client.send(new Header(call.program(), call.version(), call.procedure(), MessageType.STREAM_HOLE,
                    call.serial(), MessageStatus.CONTINUE), ByteBuffer.allocate(12));
            assertThat(client.next().header()).isEqualTo(call.stream(MessageStatus.ERROR));
            assertThat(bytes).hasValue(0);
        }
    }

    @Test
    void itEndsWithTheConnection() throws Exception {
        RawClient client = RawClient.open(daemon.tcp(), "qemu:///system");
        open(client);
        client.close();
        TestDaemon.until("the receiver is let go", () -> closed.getCount() == 0);
        assertThat(finished).isFalse();
    }

    @Test
    void aReceiverThatTakesNothingStopsTheSenderAndNobodyElse() throws Exception {
        stalls = true;
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system");
                RawClient other = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            for (int i = 0; i < 2; i++) {
                client.send(call.stream(MessageStatus.CONTINUE), ByteBuffer.wrap(packet(i, PACKET)));
            }
            assertThat(client.call(ConnectProcedures.GET_HOSTNAME, Nothing.NOTHING).hostname()).isNotEmpty();

            AtomicLong sent = new AtomicLong();
            Thread sender = Thread.ofPlatform().daemon().start(() -> {
                ByteBuffer data = ByteBuffer.wrap(packet(9, PACKET));
                try {
                    for (int i = 0; i < 400; i++) { // 100 MiB
                        client.send(call.stream(MessageStatus.CONTINUE), data);
                        sent.addAndGet(PACKET);
                    }
                } catch (IOException _) {
                    // the end of the test
                }
            });
            long[] before = {-1};
            TestDaemon.until("the sender stands still", () -> {
                java.util.concurrent.locks.LockSupport.parkNanos(300_000_000);
                boolean stands = sent.get() == before[0];
                before[0] = sent.get();
                return stands && before[0] > 0;
            });
            assertThat(sent.get()).as("bytes on their way: the queue, and what the kernel keeps").isLessThan(32L << 20);
            assertThat(other.call(ConnectProcedures.GET_HOSTNAME, Nothing.NOTHING).hostname()).isNotEmpty();

            mayTake.countDown();
            sender.join();
            client.stream(call, MessageStatus.OK, "");
            assertThat(client.next().header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(bytes).hasValue(402L * PACKET);
        }
    }

    @Test
    void nothingComesAfterTheEnd() throws Exception {
        stalls = true;
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(client);
            client.stream(call, MessageStatus.CONTINUE, "a guest");
            client.stream(call, MessageStatus.OK, "");
            client.stream(call, MessageStatus.CONTINUE, "and another one");
            Frame end = client.next();
            assertThat(RawClient.error(end).text()).contains("more after its end");
        }
    }

    private static long credit(RawClient client, Header call) throws Exception {
        Frame given = client.next();
        assertThat(given.header()).isEqualTo(call.stream(MessageStatus.CONTINUE));
        return XdrCodec.of(StreamCredit.class).decodeAll(given.payload()).upTo();
    }

    private RawClient openOnCredit() throws Exception {
        RawClient client = RawClient.open(daemon.tcp(), "qemu:///system");
        assertThat(client.call(ConnectProcedures.SUPPORTS_FEATURE, new ConnectProcedures.SupportsFeatureArgs(
                Feature.STREAM_CREDIT.number())).supported()).isEqualTo(1);
        return client;
    }

    @Test
    void callsBesideAStalledTunnelOnCreditAreAnswered() throws Exception {
        stalls = true;
        try (RawClient client = openOnCredit()) {
            Header call = open(client);
            long credit = credit(client, call);
            assertThat(credit).as("what may lie in the daemon").isBetween(1L << 20, 16L << 20);
            CRC32 sent = new CRC32();
            long total = 0;
            for (int i = 0; total < credit; i++) {
                byte[] data = packet(i, (int) Math.min(credit - total, List.of(PACKET, 100_000, 7).get(i % 3)));
                client.send(call.stream(MessageStatus.CONTINUE), ByteBuffer.wrap(data));
                sent.update(data);
                total += data.length;
            }
            // All of it is on the wire before these, and none of it has gone on.
            for (int i = 0; i < 3; i++) {
                assertThat(client.call(ConnectProcedures.GET_HOSTNAME, Nothing.NOTHING).hostname()).isNotEmpty();
            }
            assertThat(bytes).hasValue(0);

            mayTake.countDown();
            assertThat(credit(client, call)).isGreaterThan(credit);
            client.stream(call, MessageStatus.OK, "");
            Frame last = client.next();
            while (last.header().messageStatus() == MessageStatus.CONTINUE) {
                last = client.next(); // more credit
            }
            assertThat(last.header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(bytes).hasValue(credit);
            assertThat(arrived.getValue()).isEqualTo(sent.getValue());
        }
    }

    @Test
    void aStalledTunnelOnCreditIsBrokenOffAtOnce() throws Exception {
        stalls = true;
        try (RawClient client = openOnCredit()) {
            Header call = open(client);
            long credit = credit(client, call);
            for (long total = 0; total + PACKET <= credit; total += PACKET) {
                client.send(call.stream(MessageStatus.CONTINUE), ByteBuffer.wrap(packet(1, PACKET)));
            }
            client.stream(call, MessageStatus.ERROR, "");
            assertThat(client.next().header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(closed.getCount()).isZero();
        }
    }

    @Test
    void whoeverSendsMoreThanItsCreditLosesTheTunnelAlone() throws Exception {
        stalls = true;
        try (RawClient client = openOnCredit()) {
            Header call = open(client);
            long credit = credit(client, call);
            Thread sender = Thread.ofPlatform().daemon().start(() -> {
                ByteBuffer data = ByteBuffer.wrap(packet(9, PACKET));
                try {
                    for (int i = 0; i < 400; i++) { // 100 MiB
                        client.send(call.stream(MessageStatus.CONTINUE), data);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Frame end = client.next();
            assertThat(end.header()).isEqualTo(call.stream(MessageStatus.ERROR));
            assertThat(RawClient.error(end).text()).contains("with credit for " + credit);
            sender.join();
            assertThat(client.call(ConnectProcedures.GET_HOSTNAME, Nothing.NOTHING).hostname()).isNotEmpty();
            assertThat(finished).isFalse();
        }
    }
}
