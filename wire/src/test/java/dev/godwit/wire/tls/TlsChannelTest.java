package dev.godwit.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsChannelTest {

    @TempDir
    private static Path folder;
    private static TestTls tls;

    @BeforeAll
    static void makeKey() throws Exception {
        tls = TestTls.in(folder);
    }

    private static <T> Future<T> start(ExecutorService threads, Callable<T> body) {
        return threads.submit(body);
    }

    private static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] read(ByteChannel channel, int length, int piece) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        while (all.hasRemaining()) {
            all.limit(Math.min(length, all.position() + piece));
            if (channel.read(all) < 0) {
                throw new EOFException("after " + all.position() + " of " + length);
            }
            all.limit(length);
        }
        return all.array();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void carriesDataBothWaysAtOnce(String protocol) throws Exception {
        byte[] up = bytes(1, 20_000_000);
        byte[] down = bytes(2, 20_000_000);
        try (TestTls.Pair pair = tls.pair(protocol); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> upWritten = start(threads, () -> pair.client().write(ByteBuffer.wrap(up)));
            Future<Integer> downWritten = start(threads, () -> pair.server().write(ByteBuffer.wrap(down)));
            Future<byte[]> upRead = start(threads, () -> read(pair.server(), up.length, 300_000));
            Future<byte[]> downRead = start(threads, () -> read(pair.client(), down.length, 300_000));

            assertThat(upRead.get()).isEqualTo(up);
            assertThat(downRead.get()).isEqualTo(down);
            assertThat(upWritten.get()).isEqualTo(up.length);
            assertThat(downWritten.get()).isEqualTo(down.length);
            assertThat(pair.client().session().getProtocol()).isEqualTo(protocol);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 16_384, 16_385, 65_536})
    void readersMayHaveAnyBuffer(int piece) throws Exception {
        byte[] sent = bytes(3, 200_000);
        try (TestTls.Pair pair = tls.pair("TLSv1.3"); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> written = start(threads, () -> pair.client().write(ByteBuffer.wrap(sent)));

            assertThat(read(pair.server(), sent.length, piece)).isEqualTo(sent);
            assertThat(written.get()).isEqualTo(sent.length);
        }
    }

    @Test
    void severalBuffersShareARecord() throws Exception {
        try (TestTls.Pair pair = tls.pair("TLSv1.3")) {
            ByteBuffer[] pieces = {ByteBuffer.wrap(new byte[] {1, 2}), ByteBuffer.allocate(0), ByteBuffer.wrap(new byte[] {3})};

            assertThat(pair.client().write(pieces)).isEqualTo(3);

            ByteBuffer all = ByteBuffer.allocate(10);
            assertThat(pair.server().read(all)).isEqualTo(3);
            assertThat(all.array()).startsWith(1, 2, 3);
        }
    }

    @Test
    void theServerKnowsTheClientsCertificate() throws Exception {
        try (TestTls.Pair pair = tls.pair("TLSv1.3")) {
            assertThat(pair.server().peerChain()).singleElement()
                    .satisfies(c -> assertThat(c.getSubjectX500Principal().getName()).isEqualTo("CN=localhost"));
            assertThat(pair.client().peerChain()).hasSize(1);
            assertThat(pair.client().keyBits()).isIn(128, 256);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theEndIsReadAsTheEndWithOrWithoutAWord(String protocol) throws Exception {
        try (TestTls.Pair pair = tls.pair(protocol)) {
            hear(pair);
            pair.client().write(ByteBuffer.wrap(new byte[] {5}));
            pair.client().close();
            ByteBuffer all = ByteBuffer.allocate(10);

            assertThat(pair.server().read(all)).isEqualTo(1);
            assertThat(pair.server().read(all)).isEqualTo(-1);
            assertThat(pair.server().read(all)).isEqualTo(-1);
        }
        try (TestTls.Pair pair = tls.pair(protocol)) {
            hear(pair);
            pair.clientSocket().close(); // as stock peers do

            assertThat(pair.server().read(ByteBuffer.allocate(10))).isEqualTo(-1);
        }
    }

    /** Has the client read all there is, session tickets, too; otherwise the kernel makes a reset of its end. */
    private static void hear(TestTls.Pair pair) throws IOException {
        pair.server().write(ByteBuffer.wrap(new byte[] {6}));
        assertThat(pair.client().read(ByteBuffer.allocate(1))).isEqualTo(1);
    }

    @Test
    void closingWakesAReaderAndAWriter() throws Exception {
        try (TestTls.Pair pair = tls.pair("TLSv1.3")) {
            CompletableFuture<Integer> read = new CompletableFuture<>();
            CompletableFuture<Integer> written = new CompletableFuture<>();
            Thread reader = Thread.startVirtualThread(() -> finish(read, () -> pair.client().read(ByteBuffer.allocate(10))));
            Thread writer = Thread.startVirtualThread(() -> finish(written, () -> {
                while (true) { // nobody reads at the other end
                    pair.client().write(ByteBuffer.allocate(1 << 20));
                }
            }));
            awaitParked(reader);
            awaitParked(writer);

            pair.client().close();

            assertThatThrownBy(() -> read.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> written.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> pair.client().write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        }
    }

    private static <T> void finish(CompletableFuture<T> future, Callable<T> body) {
        try {
            future.complete(body.call());
        } catch (Exception e) {
            future.completeExceptionally(e);
        }
    }

    /** Waits until a thread waits; one that writes does so again and again, so it has to be seen waiting for a while. */
    private static void awaitParked(Thread thread) {
        int seen = 0;
        while (seen < 100) {
            seen = thread.getState() == Thread.State.WAITING ? seen + 1 : 0;
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
        }
    }

    @Test
    void aReaderIsServedWhileTheWriterWaitsForAPeerThatDoesNotRead() throws Exception {
        try (TestTls.Pair pair = tls.pair("TLSv1.3")) {
            Thread writer = Thread.startVirtualThread(() -> finish(new CompletableFuture<Integer>(), () -> {
                while (true) {
                    pair.client().write(ByteBuffer.allocate(1 << 20));
                }
            }));
            awaitParked(writer);
            byte[] sent = bytes(4, 3_000_000);
            CompletableFuture<Integer> written = new CompletableFuture<>();
            Thread.startVirtualThread(() -> finish(written, () -> pair.server().write(ByteBuffer.wrap(sent))));

            assertThat(read(pair.client(), sent.length, 100_000)).isEqualTo(sent);
            assertThat(written.get(10, TimeUnit.SECONDS)).isEqualTo(sent.length);
            assertThat(writer.isAlive()).isTrue();
        }
    }

    @Test
    void garbageAfterTheHandshakeIsRefused() throws Exception {
        try (TestTls.Pair pair = tls.pair("TLSv1.3")) {
            pair.clientSocket().write(ByteBuffer.wrap(new byte[] {23, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32}));

            assertThatThrownBy(() -> pair.server().read(ByteBuffer.allocate(100))).isInstanceOf(SSLException.class);
        }
        try (TestTls.Pair pair = tls.pair("TLSv1.3")) {
            pair.clientSocket().write(ByteBuffer.wrap("hello, world".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));

            assertThatThrownBy(() -> pair.server().read(ByteBuffer.allocate(100))).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void whoSpeaksNoTlsIsToldNothingInTls() throws Exception {
        SocketChannel[] sockets = TestTls.sockets();
        try (SocketChannel client = sockets[0]; TlsChannel server = new TlsChannel(sockets[1], tls.engine(false, "TLSv1.3"))) {
            client.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 28, 0x20, 0, (byte) 0x80, (byte) 0x86}));

            assertThatThrownBy(() -> server.handshake(Duration.ofSeconds(20))).isInstanceOf(NotTlsException.class)
                    .hasMessageContaining("0x00");
            assertThat(server.isOpen()).isFalse();
            assertThat(client.read(ByteBuffer.allocate(100))).isEqualTo(-1);
        }
    }

    @Test
    void aPeerThatStallsInTheHandshakeIsGivenUp() throws Exception {
        SocketChannel[] sockets = TestTls.sockets();
        try (SocketChannel client = sockets[0]; TlsChannel server = new TlsChannel(sockets[1], tls.engine(false, "TLSv1.3"))) {
            client.write(ByteBuffer.wrap(new byte[] {22, 3, 1}));

            assertThatThrownBy(() -> server.handshake(Duration.ofMillis(200))).isInstanceOf(SocketTimeoutException.class);
            assertThat(sockets[1].isOpen()).isFalse();
        }
    }

    @Test
    void aPeerThatClosesInTheHandshakeIsSaidToHave() throws Exception {
        SocketChannel[] sockets = TestTls.sockets();
        try (TlsChannel server = new TlsChannel(sockets[1], tls.engine(false, "TLSv1.3"))) {
            sockets[0].write(ByteBuffer.wrap(new byte[] {22, 3, 1}));
            sockets[0].close();

            assertThatThrownBy(() -> server.handshake(Duration.ofSeconds(20))).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void twoThatHaveNoVersionInCommonBothLearnIt() throws Exception {
        SocketChannel[] sockets = TestTls.sockets();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                TlsChannel client = new TlsChannel(sockets[0], tls.engine(true, "TLSv1.3"));
                TlsChannel server = new TlsChannel(sockets[1], tls.engine(false, "TLSv1.2"))) {
            Future<Void> there = start(threads, () -> {
                server.handshake(Duration.ofSeconds(20));
                return null;
            });

            assertThatThrownBy(() -> client.handshake(Duration.ofSeconds(20)))
                    .isInstanceOf(SSLException.class).hasMessageContaining("protocol_version");
            assertThatThrownBy(() -> there.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(SSLException.class);
        }
    }

    @Test
    void aPeerThatWantsToNegotiateAnewIsRefused() throws Exception {
        SocketChannel[] sockets = TestTls.sockets();
        var engine = tls.engine(true, "TLSv1.2");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                TlsChannel client = new TlsChannel(sockets[0], engine);
                TlsChannel server = new TlsChannel(sockets[1], tls.engine(false, "TLSv1.2"))) {
            Future<Void> there = start(threads, () -> {
                server.handshake(Duration.ofSeconds(20));
                return null;
            });
            client.handshake(Duration.ofSeconds(20));
            there.get(20, TimeUnit.SECONDS);
            engine.beginHandshake();
            ByteBuffer hello = ByteBuffer.allocate(40_000);
            engine.wrap(ByteBuffer.allocate(0), hello);
            sockets[0].write(hello.flip());

            assertThatThrownBy(() -> server.read(ByteBuffer.allocate(100))).isInstanceOf(SSLException.class)
                    .hasMessageContaining("anew");
        }
    }
}
