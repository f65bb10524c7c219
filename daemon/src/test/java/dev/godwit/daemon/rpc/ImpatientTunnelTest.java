package dev.godwit.daemon.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.Waiting;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.rpc.Threads;
import dev.godwit.wire.rpc.Timer;
import dev.godwit.wire.sasl.SecurityLayer;
import dev.godwit.wire.xdr.XdrCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that knows nothing of credit, such as libvirt's: its connection waits for the receiver, but not for long. */
@Timeout(30)
class ImpatientTunnelTest {

    private static final Header CALL = new Header(1, 1, 304, MessageType.CALL, 5, MessageStatus.OK);
    /** So many times as fast as the real one does the tunnel's time pass. */
    private static final int FASTER = 8;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10) / FASTER;

    private final BlockingQueue<Frame> said = new LinkedBlockingQueue<>();
    private final Semaphore mayTake = new Semaphore(0);
    private final AtomicLong taken = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);

    private final Tunnel receiver = new Tunnel() {
        @Override
        public void send(ByteBuffer bytes) {
            mayTake.acquireUninterruptibly();
            if (closed.getCount() == 0) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "closed");
            }
            taken.addAndGet(bytes.remaining());
            bytes.position(bytes.limit());
        }

        @Override
        public void finish() {
            throw new AssertionError("nobody has finished it");
        }

        @Override
        public void close() {
            closed.countDown();
            mayTake.release();
        }
    };

    private final Peer client = new Peer() {
        @Override
        public void send(Frame message) {
            said.add(message);
        }

        @Override
        public void sendNow(Frame message) {
            said.add(message);
        }

        @Override
        public void sendThrough(Frame message) {
            said.add(message);
        }

        @Override
        public void sendAndProtect(Frame message, SecurityLayer layer) {
            throw new AssertionError(message);
        }

        @Override
        public void sendEvent(Frame message) {
            throw new AssertionError(message);
        }

        @Override
        public void startKeepalive() {
            throw new AssertionError("a stream does not do that");
        }

        @Override
        public boolean isThere(Duration patience) {
            throw new AssertionError("a stream does not do that");
        }

        @Override
        public void closeAfterSending() {
            throw new AssertionError("a stream does not do that");
        }

        @Override
        public boolean cameReadOnly() {
            return false;
        }
    };

    private final Waiting hasty = new Waiting() {
        @Override
        public long nanoTime() {
            return System.nanoTime() * FASTER;
        }

        @Override
        public long await(Lock lock, Condition condition, long nanos) throws InterruptedException {
            return condition.awaitNanos(nanos / FASTER) * FASTER;
        }
    };

    private final TunnelStream stream = new TunnelStream(client, CALL, receiver, false,
            new Ports(Threads.PLATFORM, Timer.real("nothing", Threads.PLATFORM), hasty), gone::countDown);

    /** As the connection's reader does it; returns when the reader is free again. */
    private void comes(int size) {
        ByteBuffer memory = stream.memory(size).orElseGet(() -> ByteBuffer.allocate(size));
        stream.take(new Frame(CALL.stream(MessageStatus.CONTINUE), memory.limit(size)));
    }

    @Test
    void theReaderIsFreeAgainWhenTheReceiverHasTakenNothingForTooLong() throws Exception {
        stream.start();
        long bytes = 0;
        while (closed.getCount() > 0) {
            comes(Frame.MAX_STREAM_DATA); // the last of these waits, and breaks the stream off
            bytes += Frame.MAX_STREAM_DATA;
            assertThat(bytes).as("bytes that were taken from the connection").isLessThan(TunnelStream.MOST_BYTES + 1L);
        }
        Frame end = said.take();
        assertThat(end.header()).isEqualTo(CALL.stream(MessageStatus.ERROR));
        RemoteError error = XdrCodec.of(RemoteError.class).decodeAll(end.payload());
        assertThat(error.code()).isEqualTo(ErrorCode.OPERATION_TIMEOUT.number());
        assertThat(error.text()).contains("the receiver of the guest has taken nothing for 10 seconds");
        gone.await();
        assertThat(taken).hasValue(0);
    }

    @Test
    void aReceiverThatTakesALittleNowAndThenIsWaitedFor() throws Exception {
        stream.start();
        for (int i = 0; i < 15; i++) {
            comes(Frame.MAX_STREAM_DATA);
        }
        // Each packet takes half of the patience, all together several times as long.
        for (int i = 0; i < 6; i++) {
            Thread taker = Thread.ofVirtual().start(() -> {
                java.util.concurrent.locks.LockSupport.parkNanos(PATIENCE_NANOS / 2);
                mayTake.release();
            });
            comes(Frame.MAX_STREAM_DATA);
            taker.join();
        }
        assertThat(closed.getCount()).isEqualTo(1);
        assertThat(said).isEmpty();
        stream.close();
        gone.await();
    }
}
