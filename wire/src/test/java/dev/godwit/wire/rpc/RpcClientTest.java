package dev.godwit.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.ConnectProcedures.GetHostnameRet;
import dev.godwit.wire.remote.ConnectProcedures.SupportsFeatureArgs;
import dev.godwit.wire.remote.ConnectProcedures.SupportsFeatureRet;
import dev.godwit.wire.remote.ConsoleProcedures;
import dev.godwit.wire.remote.ConsoleProcedures.OpenConsoleArgs;
import dev.godwit.wire.remote.DomainEvents;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.rpc.ConnectionLostException.Reason;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client against a server that the test plays itself, message by message. */
@Timeout(30)
class RpcClientTest {

    private static final NonnullDomain GUEST = new NonnullDomain("web1", new UUID(1, 2), 7);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HandTimer timer = new HandTimer();
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private SocketPair sockets;
    private FrameReader reader;
    private FrameWriter writer;
    private RpcClient client;

    @BeforeEach
    void open() throws IOException {
        sockets = SocketPair.open();
        reader = new FrameReader(sockets.server());
        writer = new FrameWriter(sockets.server(), "server");
        client = new RpcClient(sockets.client(), "client", Threads.PLATFORM, timer, new RpcListener() {
            @Override
            public void event(Frame frame) {
                heard.add(frame);
            }

            @Override
            public void closed(ConnectionLostException loss) {
                heard.add(loss);
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        sockets.close();
        writer.close();
        threads.shutdownNow();
    }

    private Frame next() throws IOException {
        return reader.read().orElseThrow();
    }

    private <T> void reply(Frame call, XdrCodec<T> codec, T value) throws Exception {
        writer.write(Frame.of(call.header().reply(MessageStatus.OK), codec, value));
    }

    private Future<Integer> ask(int feature) {
        return threads.submit(() ->
                client.call(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(feature)).supported());
    }

    @Test
    void callsAreNumberedFromZeroAndAnswered() throws Exception {
        for (int i = 0; i < 3; i++) {
            Future<Integer> answer = ask(10);
            Frame call = next();
            assertThat(call.header()).isEqualTo(new Header(0x20008086, 1, 60, 0, i, 0));
            reply(call, ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(i));
            assertThat(answer.get()).isEqualTo(i);
        }
    }

    @Test
    void manyThreadsAreAnsweredOutOfOrder() throws Exception {
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(ask(i));
        }
        List<Frame> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(next());
        }
        Collections.shuffle(calls, new java.util.Random(42));
        for (Frame call : calls) {
            int asked = ConnectProcedures.SUPPORTS_FEATURE.args().decodeAll(call.payload()).feature();
            reply(call, ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(1000 + asked));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(answers.get(i).get()).isEqualTo(1000 + i);
        }
    }

    @Test
    void oneThreadSendsManyCallsBeforeTheFirstIsAnswered() throws Exception {
        List<RpcClient.Outstanding<SupportsFeatureRet>> pending = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            pending.add(client.send(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(i)));
        }
        List<Frame> calls = List.of(next(), next(), next());
        reply(calls.get(2), ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(12));
        writer.write(Frame.of(calls.get(1).header().reply(MessageStatus.ERROR), XdrCodec.of(RemoteError.class),
                RemoteError.of(42, 10, "no")));
        reply(calls.get(0), ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(10));
        assertThat(pending.get(0).get().supported()).isEqualTo(10);
        assertThatThrownBy(() -> pending.get(1).get()).isInstanceOf(RemoteErrorException.class).hasMessage("no");
        assertThat(pending.get(2).get().supported()).isEqualTo(12);
        assertThat(client.loss()).isEmpty();
    }

    @Test
    void whatWasSentFailsWithTheConnection() throws Exception {
        RpcClient.Outstanding<SupportsFeatureRet> pending =
                client.send(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(1));
        next();
        sockets.server().close();
        assertThatThrownBy(pending::get).isInstanceOfSatisfying(ConnectionLostException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.END_OF_FILE));
        assertThatThrownBy(() -> client.send(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(1)))
                .isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void aCallToTheEndIsWaitedForByAnInterruptedThread() throws Exception {
        CountDownLatch flagged = new CountDownLatch(1);
        Future<Integer> answer = threads.submit(() -> {
            Thread.currentThread().interrupt();
            int supported = client.callToTheEnd(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(1))
                    .supported();
            if (Thread.interrupted()) {
                flagged.countDown();
            }
            return supported;
        });
        reply(next(), ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(5));
        assertThat(answer.get()).isEqualTo(5);
        assertThat(flagged.getCount()).isZero();
    }

    @Test
    void aCallToTheEndFailsAsOthersDo() throws Exception {
        Future<Integer> refused = threads.submit(() ->
                client.callToTheEnd(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(1)).supported());
        writer.write(Frame.of(next().header().reply(MessageStatus.ERROR), XdrCodec.of(RemoteError.class),
                RemoteError.of(42, 10, "no")));
        assertThatThrownBy(refused::get).cause().isInstanceOf(RemoteErrorException.class).hasMessage("no");
        Future<Integer> lost = threads.submit(() ->
                client.callToTheEnd(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(1)).supported());
        next();
        sockets.server().close();
        assertThatThrownBy(lost::get).cause().isInstanceOf(ConnectionLostException.class);
        assertThatThrownBy(() ->
                client.callToTheEnd(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(1)))
                .isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void anErrorIsThrownAndTheConnectionLivesOn() throws Exception {
        Future<Integer> answer = ask(1);
        RemoteError error = RemoteError.of(42, 10, "Domain not found: web1");
        writer.write(Frame.of(next().header().reply(MessageStatus.ERROR), XdrCodec.of(RemoteError.class), error));
        assertThatThrownBy(answer::get).cause().isInstanceOfSatisfying(RemoteErrorException.class,
                e -> assertThat(e.error()).isEqualTo(error)).hasMessage("Domain not found: web1");
        callsAreNumberedFrom(1);
    }

    private void callsAreNumberedFrom(int serial) throws Exception {
        Future<Integer> answer = ask(2);
        Frame call = next();
        assertThat(call.header().serial()).isEqualTo(serial);
        reply(call, ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(1));
        assertThat(answer.get()).isEqualTo(1);
    }

    @Test
    void anInterruptedCallerLeavesAndItsLateAnswerIsDropped() throws Exception {
        Future<Integer> answer = ask(1);
        Frame call = next();
        answer.cancel(true);
        assertThat(answer.isCancelled()).isTrue();
        callsAreNumberedFrom(1);
        reply(call, ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(1));
        callsAreNumberedFrom(2);
        assertThat(client.loss()).isEmpty();
    }

    @Test
    void aCallerThatIsInterruptedBeforehandDoesNotHarmTheChannel() throws Exception {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.call(ConnectProcedures.SUPPORTS_FEATURE, new SupportsFeatureArgs(1)))
                .isInstanceOf(InterruptedException.class);
        assertThat(sockets.client().isOpen()).isTrue();
        callsAreNumberedFrom(1);
    }

    @Test
    void anAnswerThatCannotBeReadIsNamed() throws Exception {
        Future<Integer> answer = ask(1);
        writer.write(new Frame(next().header().reply(MessageStatus.OK), ByteBuffer.allocate(3)));
        assertThatThrownBy(answer::get).cause().isInstanceOf(ProtocolException.class)
                .hasMessageContaining("virConnectSupportsFeature").hasMessageContaining("supported");
        callsAreNumberedFrom(1);
    }

    @Test
    void theEndOfTheConnectionReachesEveryWaiter() throws Exception {
        List<Future<Integer>> answers = List.of(ask(1), ask(2), ask(3));
        for (int i = 0; i < 3; i++) {
            next();
        }
        sockets.server().close();
        for (Future<Integer> answer : answers) {
            assertThat(loss(answer)).isEqualTo(Reason.END_OF_FILE);
        }
        assertThat(((ConnectionLostException) heard.take()).reason()).isEqualTo(Reason.END_OF_FILE);
        assertThat(loss(ask(4))).isEqualTo(Reason.END_OF_FILE);
    }

    private static Reason loss(Future<?> answer) {
        ExecutionException e = catchThrowableOfType(ExecutionException.class, answer::get);
        return ((ConnectionLostException) e.getCause()).reason();
    }

    @Test
    void closingItReachesEveryWaiter() throws Exception {
        Future<Integer> answer = ask(1);
        next();
        client.close();
        assertThat(loss(answer)).isEqualTo(Reason.CLIENT);
        assertThat(reader.read()).isEmpty();
    }

    @Test
    void anAnswerThatNobodyWaitsForBreaksTheProtocol() throws Exception {
        Future<Integer> answer = ask(1);
        Header call = next().header();
        writer.write(new Frame(new Header(
                call.program(), 1, call.procedure(), MessageType.REPLY, 999, MessageStatus.OK)));
        assertThat(loss(answer)).isEqualTo(Reason.ERROR);
    }

    @Test
    void aSecondAnswerToTheSameCallBreaksTheProtocol() throws Exception {
        Future<Integer> first = ask(1);
        Frame call = next();
        reply(call, ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(1));
        assertThat(first.get()).isEqualTo(1);
        Future<Integer> second = ask(2);
        next();
        reply(call, ConnectProcedures.SUPPORTS_FEATURE.ret(), new SupportsFeatureRet(1));
        assertThat(loss(second)).isEqualTo(Reason.ERROR);
    }

    @Test
    void aForgedLengthEndsTheConnection() throws Exception {
        Future<Integer> answer = ask(1);
        next();
        sockets.server().write(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).flip());
        assertThat(loss(answer)).isEqualTo(Reason.ERROR);
        assertThat(client.loss().orElseThrow()).hasMessageContaining("2147483647");
    }

    @Test
    void halfAMessageIsNoOrderlyEnd() throws Exception {
        Future<Integer> answer = ask(1);
        next();
        sockets.server().write(ByteBuffer.allocate(20).putInt(28).rewind());
        sockets.server().close();
        assertThat(loss(answer)).isEqualTo(Reason.ERROR);
    }

    @Test
    void pingIsAnsweredWhileCallersAndListenersBlock() throws Exception {
        ask(1);
        next();
        writer.write(new Frame(new Header(0x6b656570, 1, 1, 2, 0, 0)));
        assertThat(next().header()).isEqualTo(new Header(0x6b656570, 1, 2, 2, 0, 0));
    }

    @Test
    void silenceEndsTheConnection() throws Exception {
        Future<Integer> answer = ask(1);
        next();
        client.startKeepAlive(Duration.ofSeconds(5), 2);
        for (int i = 0; i < 2; i++) {
            timer.advance(Duration.ofSeconds(5));
            assertThat(next().header()).isEqualTo(new Header(0x6b656570, 1, 1, 2, 0, 0));
        }
        timer.advance(Duration.ofSeconds(5));
        assertThat(loss(answer)).isEqualTo(Reason.KEEPALIVE);
    }

    @Test
    void eventsComeInOrderAndTheListenerMayCall() throws Exception {
        BlockingQueue<String> names = new LinkedBlockingQueue<>();
        CountDownLatch ready = new CountDownLatch(1);
        try (SocketPair pair = SocketPair.open();
                FrameWriter server = new FrameWriter(pair.server(), "server")) {
            RpcClient[] self = new RpcClient[1];
            RpcListener listener = frame -> {
                try {
                    ready.await();
                    int iteration = DomainEvents.MIGRATION_ITERATION.codec().decodeAll(frame.payload()).iteration();
                    names.add(iteration + "@" + self[0].call(
                            ConnectProcedures.GET_HOSTNAME, Nothing.NOTHING).hostname());
                } catch (Exception e) {
                    names.add(e.toString());
                }
            };
            try (RpcClient calling = new RpcClient(pair.client(), "calling", Threads.PLATFORM, timer, listener)) {
                self[0] = calling;
                ready.countDown();
                FrameReader calls = new FrameReader(pair.server());
                for (int i = 0; i < 3; i++) {
                    server.write(Frame.of(DomainEvents.MIGRATION_ITERATION.header(),
                            DomainEvents.MIGRATION_ITERATION.codec(),
                            new DomainEvents.MigrationIterationMsg(1, GUEST, i)));
                }
                for (int i = 0; i < 3; i++) {
                    Header call = calls.read().orElseThrow().header();
                    server.write(Frame.of(call.reply(MessageStatus.OK), ConnectProcedures.GET_HOSTNAME.ret(),
                            new GetHostnameRet("kvm" + i)));
                    assertThat(names.take()).isEqualTo(i + "@kvm" + i);
                }
            }
        }
    }

    @Test
    void aListenerThatThrowsHearsTheNextEvent() throws Exception {
        BlockingQueue<Integer> serials = new LinkedBlockingQueue<>();
        try (SocketPair pair = SocketPair.open(); FrameWriter server = new FrameWriter(pair.server(), "server");
                RpcClient calling = new RpcClient(pair.client(), "throwing", Threads.VIRTUAL, timer, frame -> {
                    serials.add(frame.header().serial());
                    throw new IllegalStateException("on purpose");
                })) {
            server.write(new Frame(new Header(1, 1, 1, MessageType.MESSAGE, 1, MessageStatus.OK)));
            server.write(new Frame(new Header(1, 1, 1, MessageType.MESSAGE, 2, MessageStatus.OK)));
            assertThat(serials.take()).isEqualTo(1);
            assertThat(serials.take()).isEqualTo(2);
            assertThat(calling.loss()).isEmpty();
        }
    }

    private RpcStream console() throws Exception {
        Future<RpcClient.Opened<Nothing>> opening = threads.submit(() -> client.open(
                ConsoleProcedures.OPEN_CONSOLE, new OpenConsoleArgs(GUEST, Optional.empty(), 0)));
        lastCall = next();
        // Data right behind the answer, as a server may send it.
        writer.write(new Frame(lastCall.header().reply(MessageStatus.OK)));
        writer.write(data("login: "));
        return opening.get().stream();
    }

    private Frame lastCall;

    private Frame data(String text) {
        return new Frame(lastCall.header().stream(MessageStatus.CONTINUE),
                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    @Test
    void aStreamCarriesBytesBothWaysAndIsFinished() throws Exception {
        RpcStream stream = console();
        assertThat(text(stream.receive().orElseThrow())).isEqualTo("login: ");
        stream.send(ByteBuffer.wrap("root\n".getBytes(StandardCharsets.UTF_8)));
        Frame sent = next();
        assertThat(sent.header()).isEqualTo(lastCall.header().stream(MessageStatus.CONTINUE));
        assertThat(text(sent.payload())).isEqualTo("root\n");
        writer.write(data(""));
        assertThat(stream.receive()).isEmpty();

        Future<?> finished = threads.submit(() -> {
            stream.finish();
            return null;
        });
        assertThat(next().header()).isEqualTo(lastCall.header().stream(MessageStatus.OK));
        assertThat(finished.isDone()).isFalse();
        writer.write(data("too late"));
        writer.write(new Frame(lastCall.header().stream(MessageStatus.OK)));
        finished.get();
        callsAreNumberedFrom(1);
    }

    @Test
    void longDataIsCutIntoMessages() throws Exception {
        RpcStream stream = console();
        byte[] bytes = new byte[2 * Frame.MAX_STREAM_DATA + 5];
        new java.util.Random(7).nextBytes(bytes);
        Future<?> sent = threads.submit(() -> {
            stream.send(ByteBuffer.wrap(bytes));
            return null;
        });
        ByteBuffer all = ByteBuffer.allocate(bytes.length);
        assertThat(next(all)).isEqualTo(Frame.MAX_STREAM_DATA);
        assertThat(next(all)).isEqualTo(Frame.MAX_STREAM_DATA);
        assertThat(next(all)).isEqualTo(5);
        sent.get();
        assertThat(all.array()).isEqualTo(bytes);
    }

    private int next(ByteBuffer all) throws IOException {
        ByteBuffer payload = next().payload();
        int size = payload.remaining();
        all.put(payload);
        return size;
    }

    @Test
    void anErrorOfTheServerReachesWhoeverUsesTheStream() throws Exception {
        RpcStream stream = console();
        Future<?> receiving = threads.submit(() -> {
            stream.receive();
            stream.receive();
            return null;
        });
        writer.write(Frame.of(lastCall.header().stream(MessageStatus.ERROR), XdrCodec.of(RemoteError.class),
                RemoteError.of(38, 0, "Cannot write data: Broken pipe")));
        assertThatThrownBy(receiving::get).cause().isInstanceOf(RemoteErrorException.class)
                .hasMessage("Cannot write data: Broken pipe");
        assertThatThrownBy(() -> stream.send(ByteBuffer.allocate(1))).isInstanceOf(RemoteErrorException.class);
        assertThatThrownBy(stream::finish).isInstanceOf(RemoteErrorException.class);
        stream.close();
        callsAreNumberedFrom(1);
    }

    @Test
    void closingAStreamAbortsItWithoutWaiting() throws Exception {
        RpcStream stream = console();
        stream.close();
        assertThat(next().header()).isEqualTo(lastCall.header().stream(MessageStatus.ERROR));
        writer.write(data("still on its way"));
        writer.write(new Frame(lastCall.header().stream(MessageStatus.OK)));
        assertThatThrownBy(() -> stream.send(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
        callsAreNumberedFrom(1);
    }

    @Test
    void aStreamThatOpensAfterItsCallerLeftIsAborted() throws Exception {
        Future<?> opening = threads.submit(() -> client.open(
                ConsoleProcedures.OPEN_CONSOLE, new OpenConsoleArgs(GUEST, Optional.empty(), 0)));
        lastCall = next();
        opening.cancel(true);
        callsAreNumberedFrom(1);
        writer.write(new Frame(lastCall.header().reply(MessageStatus.OK)));
        assertThat(next().header()).isEqualTo(lastCall.header().stream(MessageStatus.ERROR));
    }

    @Test
    void aStreamThatIsNotReadHoldsTheServerBack() throws Exception {
        RpcStream stream = console();
        byte[] chunk = new byte[Frame.MAX_STREAM_DATA];
        int count = 4 * RpcStream.QUEUE_BYTES / chunk.length;
        CountDownLatch all = new CountDownLatch(1);
        threads.submit(() -> {
            for (int i = 0; i < count; i++) {
                writer.writeThrough(new Frame(
                        lastCall.header().stream(MessageStatus.CONTINUE), ByteBuffer.wrap(chunk)));
            }
            writer.write(data(""));
            all.countDown();
            return null;
        });
        // It cannot all fit into the queue and the sockets' buffers.
        assertThat(all.await(300, TimeUnit.MILLISECONDS)).isFalse();
        long received = -"login: ".length();
        Optional<ByteBuffer> next = stream.receive();
        while (next.isPresent()) {
            received += next.get().remaining();
            next = stream.receive();
        }
        assertThat(received).isEqualTo((long) count * chunk.length);
        assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void finishingAStreamThatWasNotReadLetsTheServerGoOn() throws Exception {
        RpcStream stream = console();
        int count = 4 * RpcStream.QUEUE_BYTES / Frame.MAX_STREAM_DATA;
        CountDownLatch all = new CountDownLatch(1);
        threads.submit(() -> {
            for (int i = 0; i < count; i++) {
                writer.writeThrough(new Frame(lastCall.header().stream(MessageStatus.CONTINUE),
                        ByteBuffer.allocate(Frame.MAX_STREAM_DATA)));
            }
            all.countDown();
            return null;
        });
        assertThat(all.await(300, TimeUnit.MILLISECONDS)).isFalse();
        Future<?> finished = threads.submit(() -> {
            stream.finish();
            return null;
        });
        assertThat(next().header()).isEqualTo(lastCall.header().stream(MessageStatus.OK));
        assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
        writer.write(new Frame(lastCall.header().stream(MessageStatus.OK)));
        finished.get();
        callsAreNumberedFrom(1);
    }

    @Test
    void theEndOfTheConnectionReachesAStreamWhoseReaderIsHeldBack() throws Exception {
        RpcStream stream = console();
        threads.submit(() -> {
            while (true) {
                writer.writeThrough(new Frame(lastCall.header().stream(MessageStatus.CONTINUE),
                        ByteBuffer.allocate(Frame.MAX_STREAM_DATA)));
            }
        });
        client.close();
        assertThatThrownBy(() -> {
            while (stream.receive().isPresent()) {
                assertThat(stream).isNotNull();
            }
        }).isInstanceOf(ConnectionLostException.class);
    }
}
