package dev.godwit.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.MigrationProcedures.PrepareTunnelArgs;
import dev.godwit.wire.remote.MigrationProcedures.PrepareTunnelRet;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.StreamCredit;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream that only the client sends into, against a server that the test plays itself. */
@Timeout(30)
class SendingStreamTest {

    private static final PrepareTunnelArgs ARGS = new PrepareTunnelArgs(List.of(), Opaque.ofTextWithNul("x"), 4);
    private static final PrepareTunnelRet ANSWER = new PrepareTunnelRet(Opaque.ofTextWithNul("y"));

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private SocketPair sockets;
    private FrameReader reader;
    private FrameWriter writer;
    private RpcClient client;
    private Frame call;

    @BeforeEach
    void connect() throws IOException {
        sockets = SocketPair.open();
        reader = new FrameReader(sockets.server());
        writer = new FrameWriter(sockets.server(), "server");
        client = new RpcClient(sockets.client(), "client", Threads.PLATFORM, new HandTimer(), new RpcListener() {
            @Override
            public void event(Frame frame) {
                throw new AssertionError(frame);
            }

            @Override
            public void closed(ConnectionLostException loss) {
                // at the end of each test
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

    private RpcStream open(boolean onCredit) throws Exception {
        Future<RpcClient.Opened<PrepareTunnelRet>> opening = threads.submit(() -> onCredit
                ? client.openOnCredit(MigrationProcedures.PREPARE_TUNNEL, ARGS)
                : client.open(MigrationProcedures.PREPARE_TUNNEL, ARGS));
        call = next();
        writer.write(Frame.of(call.header().reply(MessageStatus.OK), MigrationProcedures.PREPARE_TUNNEL.ret(), ANSWER));
        return opening.get().stream();
    }

    private Frame next() throws IOException {
        return reader.read().orElseThrow();
    }

    private void credit(long upTo) throws Exception {
        writer.write(Frame.of(call.header().stream(MessageStatus.CONTINUE), XdrCodec.of(StreamCredit.class),
                new StreamCredit(upTo)));
    }

    private Future<?> sending(RpcStream stream, int bytes) {
        return threads.submit(() -> {
            stream.send(ByteBuffer.allocate(bytes));
            return null;
        });
    }

    private int arrived() throws IOException {
        Frame data = next();
        assertThat(data.header()).isEqualTo(call.header().stream(MessageStatus.CONTINUE));
        return data.payload().remaining();
    }

    private static void assertWaits(Future<?> sending) {
        assertThatThrownBy(() -> sending.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    /** The connection is well: a call is answered. */
    private void assertCallsGoOn() throws Exception {
        Future<?> name = threads.submit(() -> client.call(ConnectProcedures.GET_HOSTNAME, new Nothing()));
        Frame asked = next();
        writer.write(Frame.of(asked.header().reply(MessageStatus.OK), ConnectProcedures.GET_HOSTNAME.ret(),
                new ConnectProcedures.GetHostnameRet("kvm2")));
        assertThat(name.get()).isEqualTo(new ConnectProcedures.GetHostnameRet("kvm2"));
    }

    @Test
    void nothingIsSentWithoutCreditAndNoMoreThanThat() throws Exception {
        RpcStream stream = open(true);
        Future<?> sending = sending(stream, 1000);
        assertWaits(sending);
        assertCallsGoOn(); // and it comes before the data

        credit(300);
        assertThat(arrived()).isEqualTo(300);
        credit(200); // never goes back
        credit(300);
        assertWaits(sending);
        assertCallsGoOn();

        credit(5000);
        assertThat(arrived()).isEqualTo(700);
        sending.get();

        // What is left of it holds for what comes later.
        sending(stream, 4500);
        assertThat(arrived()).isEqualTo(4000);
    }

    @Test
    void whoeverWaitsForCreditHearsOfTheEnd() throws Exception {
        RpcStream stream = open(true);
        Future<?> sending = sending(stream, 1);
        assertWaits(sending);
        writer.write(Frame.of(call.header().stream(MessageStatus.ERROR), XdrCodec.of(RemoteError.class),
                RemoteError.of(9, 10, "operation failed: the receiver broke")));
        assertThatThrownBy(sending::get).cause().isInstanceOf(RemoteErrorException.class)
                .hasMessage("operation failed: the receiver broke");
        assertCallsGoOn();
    }

    @Test
    void closingFreesWhoeverWaitsForCredit() throws Exception {
        RpcStream stream = open(true);
        Future<?> sending = threads.submit(() -> {
            stream.sendHere(ByteBuffer.allocateDirect(1));
            return null;
        });
        assertWaits(sending);
        stream.close();
        assertThatThrownBy(sending::get).cause().isInstanceOf(IOException.class);
        assertThat(next().header()).isEqualTo(call.header().stream(MessageStatus.ERROR));
    }

    @Test
    void aCreditThatCannotBeReadEndsTheStreamAlone() throws Exception {
        RpcStream stream = open(true);
        writer.write(new Frame(call.header().stream(MessageStatus.CONTINUE), ByteBuffer.allocate(7)));
        assertThat(next().header()).isEqualTo(call.header().stream(MessageStatus.ERROR));
        assertThatThrownBy(() -> stream.send(ByteBuffer.allocate(1))).cause().isInstanceOf(ProtocolException.class);
        assertCallsGoOn();
    }

    @Test
    void dataFromTheServerEndsTheStreamAlone() throws Exception {
        RpcStream stream = open(false);
        stream.send(ByteBuffer.allocate(10));
        assertThat(arrived()).isEqualTo(10);

        // Far more than would be kept for somebody who receives.
        for (int i = 0; i < 4 * RpcStream.QUEUE_BYTES / Frame.MAX_STREAM_DATA; i++) {
            writer.writeThrough(new Frame(call.header().stream(MessageStatus.CONTINUE),
                    ByteBuffer.allocate(Frame.MAX_STREAM_DATA)));
        }
        assertThat(next().header()).isEqualTo(call.header().stream(MessageStatus.ERROR));
        assertThatThrownBy(() -> stream.send(ByteBuffer.allocate(1))).cause().isInstanceOf(ProtocolException.class)
                .hasMessageContaining("goes the other way");
        assertCallsGoOn();
    }
}
