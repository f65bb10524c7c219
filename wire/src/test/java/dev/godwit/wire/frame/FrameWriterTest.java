package dev.godwit.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FrameWriterTest {

    /** Takes bytes only while a test lets it, and a few at a time. */
    private static final class Gate implements WritableByteChannel {

        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final Semaphore permits = new Semaphore(0);
        final CountDownLatch entered = new CountDownLatch(1);

        @Override
        public int write(ByteBuffer from) throws IOException {
            entered.countDown();
            permits.acquireUninterruptibly();
            permits.release();
            int size = Math.min(from.remaining(), 7_000);
            byte[] part = new byte[size];
            from.get(part);
            bytes.write(part);
            return size;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}

        List<Frame> frames() throws IOException {
            FrameReader reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())));
            List<Frame> frames = new ArrayList<>();
            for (var frame = reader.read(); frame.isPresent(); frame = reader.read()) {
                frames.add(frame.get());
            }
            return frames;
        }
    }

    private final Gate gate = new Gate();

    private static Frame frame(int serial, byte... payload) {
        return new Frame(new Header(1, 1, 1, MessageType.STREAM, serial, MessageStatus.CONTINUE),
                ByteBuffer.wrap(payload));
    }

    private static List<Integer> serials(List<Frame> frames) {
        return frames.stream().map(f -> f.header().serial()).toList();
    }

    @Test
    void messagesOfManyThreadsAreNeverMixed() throws Exception {
        Pipe pipe = Pipe.open();
        try (FrameWriter writer = new FrameWriter(pipe.sink(), "test");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int writers = 20;
            int each = 50;
            for (int t = 0; t < writers; t++) {
                int thread = t;
                threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        byte[] payload = new byte[(thread * 997 + i * 131) % 9_000];
                        Arrays.fill(payload, (byte) thread);
                        writer.write(frame(thread * 1000 + i, payload));
                    }
                    return null;
                });
            }
            FrameReader reader = new FrameReader(pipe.source());
            int[] next = new int[writers];
            for (int n = 0; n < writers * each; n++) {
                Frame frame = reader.read().orElseThrow();
                int thread = frame.header().serial() / 1000;
                assertThat(frame.header().serial() % 1000).isEqualTo(next[thread]++);
                ByteBuffer payload = frame.payload();
                assertThat(payload.remaining()).isEqualTo((thread * 997 + (next[thread] - 1) * 131) % 9_000);
                while (payload.hasRemaining()) {
                    assertThat(payload.get()).isEqualTo((byte) thread);
                }
            }
        }
    }

    /** A change of how the channel writes must fall between two messages, even where both wait together. */
    @Test
    void whatIsToBeDoneAfterAMessageIsDoneBeforeTheNext() throws Exception {
        List<Integer> seen = new ArrayList<>();
        try (FrameWriter writer = new FrameWriter(gate, "test")) {
            writer.write(frame(1));
            gate.entered.await();
            writer.write(frame(2, new byte[10_000]));
            writer.writeThen(frame(3, new byte[10_000]), () -> seen.add(gate.bytes.size()));
            writer.write(frame(4));
            gate.permits.release();
        }
        assertThat(seen).containsExactly(3 * Frame.MIN_LENGTH + 20_000);
        assertThat(serials(gate.frames())).containsExactly(1, 2, 3, 4);
    }

    @Test
    void longMessagesGoOutInPiecesAndComeInWhole() throws Exception {
        Pipe pipe = Pipe.open();
        int[] sizes = {0, 131_071, 131_072, 131_073, Frame.MAX_STREAM_DATA, 1, 3_000_000, 5};
        java.util.Random random = new java.util.Random(3);
        List<byte[]> payloads = new ArrayList<>();
        for (int size : sizes) {
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            payloads.add(payload);
        }
        try (FrameWriter writer = new FrameWriter(pipe.sink(), "test")) {
            for (byte[] payload : payloads) {
                // From the middle of a larger buffer, whose other bytes must stay where they are.
                byte[] wide = new byte[payload.length + 20];
                System.arraycopy(payload, 0, wide, 10, payload.length);
                writer.writeNow(new Frame(new Header(1, 1, 1, MessageType.STREAM, 1, MessageStatus.CONTINUE),
                        ByteBuffer.wrap(wide, 10, payload.length)));
            }
            FrameReader reader = new FrameReader(pipe.source());
            for (byte[] payload : payloads) {
                assertThat(reader.read().orElseThrow().payload().equals(ByteBuffer.wrap(payload)))
                        .as("%d bytes", payload.length).isTrue();
            }
        }
    }

    @Test
    void aFullQueueHoldsWritersBackButNotWriteNow() throws Exception {
        FrameWriter writer = new FrameWriter(gate, "test");
        writer.write(frame(0, new byte[FrameWriter.QUEUE_BYTES]));
        CompletableFuture<Void> second = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                writer.write(frame(2));
                second.complete(null);
            } catch (IOException | InterruptedException e) {
                second.completeExceptionally(e);
            }
        });
        assertThatThrownBy(() -> second.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        writer.writeNow(frame(1));
        gate.permits.release();
        second.get();
        writer.close();
        assertThat(serials(gate.frames())).containsExactly(0, 1, 2);
    }

    @Test
    void writeFirstGoesBeforeWhatWaits() throws Exception {
        FrameWriter writer = new FrameWriter(gate, "test");
        writer.write(frame(0));
        gate.entered.await();
        writer.write(frame(1));
        writer.write(frame(2));
        writer.writeFirst(frame(9));
        gate.permits.release();
        writer.close();
        assertThat(serials(gate.frames())).containsExactly(0, 9, 1, 2);
    }

    @Test
    void writeThroughWaitsForTheSystemToHaveIt() throws Exception {
        FrameWriter writer = new FrameWriter(gate, "test");
        byte[] mine = {1, 2, 3};
        CompletableFuture<Void> through = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                writer.writeThrough(frame(0, mine));
                mine[0] = 99;
                through.complete(null);
            } catch (IOException | InterruptedException e) {
                through.completeExceptionally(e);
            }
        });
        gate.entered.await();
        assertThat(through).isNotDone();
        gate.permits.release();
        through.get();
        writer.close();
        assertThat(gate.frames().getFirst().payload()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    @Test
    void anInterruptedWriterDoesNotCloseTheChannel() throws Exception {
        Pipe pipe = Pipe.open();
        try (FrameWriter writer = new FrameWriter(pipe.sink(), "test")) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> writer.write(frame(0))).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            writer.write(frame(1));
            assertThat(new FrameReader(pipe.source()).read().orElseThrow().header().serial()).isEqualTo(1);
        }
    }

    @Test
    void aFailureIsToldOnceAndReachesWhoeverWrites() throws Exception {
        WritableByteChannel broken = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer from) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        CompletableFuture<String> told = new CompletableFuture<>();
        try (FrameWriter writer = new FrameWriter(broken, "test", e -> told.complete(e.getMessage()))) {
            assertThatThrownBy(() -> writer.writeThrough(frame(0))).isInstanceOf(IOException.class)
                    .hasMessage("Broken pipe");
            assertThatThrownBy(() -> writer.write(frame(1))).hasMessage("Broken pipe");
            assertThatThrownBy(() -> writer.writeNow(frame(1))).hasMessage("Broken pipe");
            assertThat(told.get()).isEqualTo("Broken pipe");
        }
    }

    @Test
    void closingWritesWhatWaits() throws Exception {
        FrameWriter writer = new FrameWriter(gate, "test");
        for (int i = 0; i < 100; i++) {
            writer.write(frame(i));
        }
        Future<?> closed = Executors.newVirtualThreadPerTaskExecutor().submit(writer::close);
        gate.permits.release();
        closed.get();
        assertThat(gate.frames()).hasSize(100);
        assertThatThrownBy(() -> writer.write(frame(0))).isInstanceOf(ClosedChannelException.class);
        writer.close();
    }

    @Test
    void abandoningDropsWhatWaits() throws Exception {
        FrameWriter writer = new FrameWriter(gate, "test");
        writer.write(frame(0));
        gate.entered.await();
        writer.write(frame(1));
        writer.abandon();
        gate.permits.release();
        writer.close();
        assertThat(serials(gate.frames())).containsExactly(0);
    }

    @Test
    void tooLongAMessageIsRefusedAtOnce() {
        try (FrameWriter writer = new FrameWriter(gate, "test")) {
            assertThatThrownBy(() -> writer.write(frame(0, new byte[Frame.MAX_PAYLOAD + 1])))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whoMovesGigabytesWritesBetweenTheMessagesOfAllOthers() throws Exception {
        Pipe pipe = Pipe.open();
        try (FrameWriter writer = new FrameWriter(pipe.sink(), "test");
                ExecutorService threads = Executors.newCachedThreadPool()) {
            int each = 200;
            for (int t = 0; t < 4; t++) {
                int thread = t;
                threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        byte[] payload = new byte[thread < 2 ? 50_000 : i % 300];
                        Arrays.fill(payload, (byte) thread);
                        Frame frame = frame(thread * 1000 + i, payload);
                        if (thread < 2) {
                            writer.writeHere(new Frame(frame.header(),
                                    ByteBuffer.allocateDirect(payload.length).put(payload).flip()));
                        } else {
                            writer.write(frame);
                        }
                    }
                    return null;
                });
            }
            FrameReader reader = new FrameReader(pipe.source());
            int[] next = new int[4];
            for (int n = 0; n < 4 * each; n++) {
                Frame frame = reader.read().orElseThrow();
                int thread = frame.header().serial() / 1000;
                int number = next[thread]++;
                assertThat(frame.header().serial() % 1000).isEqualTo(number);
                ByteBuffer payload = frame.payload();
                assertThat(payload.remaining()).isEqualTo(thread < 2 ? 50_000 : number % 300);
                while (payload.hasRemaining()) {
                    assertThat(payload.get()).isEqualTo((byte) thread);
                }
            }
        }
    }

    @Test
    void whatWaitsGoesBeforeWhatIsWrittenHere() throws Exception {
        try (FrameWriter writer = new FrameWriter(gate, "test")) {
            writer.write(frame(1, new byte[10]));
            gate.entered.await();
            writer.write(frame(2, new byte[10]));
            CompletableFuture<Void> here = CompletableFuture.runAsync(() -> {
                try {
                    writer.writeHere(frame(3, new byte[10]));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            writer.writeFirst(frame(0));
            gate.permits.release();
            here.get(20, TimeUnit.SECONDS);
        }
        assertThat(serials(gate.frames())).startsWith(1, 0).containsExactlyInAnyOrder(0, 1, 2, 3)
                .containsSubsequence(2, 3);
    }

    @Test
    void aFailureOfWhoWritesHereIsEverybodysAndIsToldOnce() throws Exception {
        Pipe pipe = Pipe.open();
        pipe.source().close();
        List<IOException> told = new ArrayList<>();
        FrameWriter writer = new FrameWriter(pipe.sink(), "test", told::add);
        assertThatThrownBy(() -> writer.writeHere(frame(1, new byte[100]))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> writer.write(frame(2))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> writer.writeHere(frame(3))).isInstanceOf(IOException.class);
        writer.close();
        assertThat(told).hasSize(1);
    }
}
