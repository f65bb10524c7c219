package dev.godwit.daemon.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.daemon.access.AuthRules;
import dev.godwit.daemon.rpc.Dispatcher;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Ports;
import dev.godwit.driver.Waiting;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.rpc.Threads;
import dev.godwit.wire.rpc.Timer;
import dev.godwit.wire.xdr.XdrCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a connection waits for what; the clock is the test's. */
@Timeout(30)
class ConnectionPatienceTest {

    private final AtomicLong now = new AtomicLong();
    private SocketChannel client;
    private Connection connection;
    private Thread reader;

    @BeforeEach
    void start() throws Exception {
        connect(Optional.empty());
    }

    private void connect(Optional<String> refusal) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open(server.getLocalAddress());
            Handlers handlers = new Handlers();
            handlers.beforeOpen(AuthProcedures.LIST, (_, _) -> new AuthProcedures.ListRet(List.of()));
            Door door = new Door("test", new Way.Tcp(client.getLocalAddress()), false, refusal);
            connection = new Connection(new Arrival(server.accept(), door), AuthRules.NONE, () -> { },
                    new Dispatcher(handlers),
                    new ConnectionLimits(5, 5, 5), new Ports(Threads.PLATFORM, new StoppedTimer(), Waiting.REAL));
        }
        reader = Thread.ofVirtual().start(connection::run);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        connection.close("the test ends");
        reader.join();
    }

    /** Tells the test's time. Nobody is called back; the test does that itself. */
    private final class StoppedTimer implements Timer {
        @Override
        public long nanoTime() {
            return now.get();
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
            throw new AssertionError("a connection sets no alarm");
        }
    }

    private void passes(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        connection.tick();
    }

    private void untilReading() {
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void halfAMessageHasThirtySeconds() throws Exception {
        client.write(ByteBuffer.wrap(new byte[] {0, 0, 1, 0, 1, 2, 3}));
        untilRead(7);
        passes(30);
        assertThat(reader.isAlive()).isTrue();
        passes(1);
        reader.join();
        assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    private void untilRead(long bytes) {
        while (connection.received() < bytes) {
            Thread.onSpinWait();
        }
        untilReading();
    }

    @Test
    void aMessageThatComesByDropsHasAllTheTimeItNeeds() throws Exception {
        byte[] call = java.util.HexFormat.of().parseHex("0000001c200080860000000100000042000000000000000000000000");
        for (int i = 0; i < call.length; i++) {
            client.write(ByteBuffer.wrap(call, i, 1));
            untilRead(i + 1);
            passes(2);
        }
        Optional<Frame> reply = new FrameReader(client).read();
        assertThat(reply).isPresent();
    }

    @Test
    void whoOpensNothingHasAMinute() throws Exception {
        untilReading();
        passes(60);
        assertThat(reader.isAlive()).isTrue();
        passes(1);
        reader.join();
    }

    @Test
    void whoIsNotLetInHearsWhyOnce() throws Exception {
        stop();
        connect(Optional.of("user eve is neither root nor godwit"));
        client.write(ByteBuffer.wrap(
                java.util.HexFormat.of().parseHex("0000001c200080860000000100000042000000000000000000000000")));
        FrameReader answers = new FrameReader(client);
        RemoteError error = XdrCodec.of(RemoteError.class).decodeAll(answers.read().orElseThrow().payload());
        assertThat(error.code()).isEqualTo(45);
        assertThat(error.text()).isEqualTo("authentication failed: user eve is neither root nor godwit");
        assertThat(answers.read()).isEmpty();
    }
}
