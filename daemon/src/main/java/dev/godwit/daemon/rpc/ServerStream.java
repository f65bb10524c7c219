package dev.godwit.daemon.rpc;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.driver.Waiting;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream of bytes in both directions over a connection (remote protocol, messages of type STREAM).
 *
 * <p>Two virtual threads: one writes what the client sends into the channel, one sends what the channel gives. The
 * reader of the connection only puts messages into a bounded queue. At most one packet waits to be sent, so a slow
 * client slows down the channel and nothing else.
 *
 * <p>One lock guards the queue and the state; it is not held while the channel or the connection is used.
 */
final class ServerStream implements OpenStream {

    private static final System.Logger LOG = System.getLogger(ServerStream.class.getName());
    private static final int MOST_QUEUED_BYTES = 1 << 20;
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int PACKET = 65_536;

    /** What the client sent, in its order. */
    private sealed interface Input {
        record Data(ByteBuffer bytes) implements Input {}

        record Finish() implements Input {}
    }

    private final Peer peer;
    private final Header call;
    private final ByteChannel channel;
    private final Waiting waiting;
    private final Runnable gone;
    private final StreamEnd end;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Input> inputs = new ArrayDeque<>();
    private long queuedBytes;

    ServerStream(Peer peer, Header call, ByteChannel channel, Waiting waiting, Runnable gone) {
        this.peer = peer;
        this.call = call;
        this.channel = channel;
        this.waiting = waiting;
        this.gone = gone;
        this.end = new StreamEnd(peer, call, this::release);
    }

    @Override
    public void start() {
        Thread.ofVirtual().name("stream-in").start(this::pumpIn);
        Thread.ofVirtual().name("stream-out").start(this::pumpOut);
    }

    @Override
    public void take(Frame message) {
        switch (message.header().messageStatus()) {
            case CONTINUE -> enqueue(new Input.Data(message.payload()), message.payload().remaining());
            case OK -> enqueue(new Input.Finish(), 0);
            case ERROR -> end.confirm();
            case UNKNOWN -> end.fail(ErrorReplies.protocol("Unexpected stream status " + message.header().status()));
        }
    }

    @Override
    public void close() {
        end.close();
    }

    private void enqueue(Input input, int bytes) {
        boolean tooSlow = false;
        lock.lock();
        try {
            long left = LONGEST_WAIT_NANOS;
            while (!end.isReached() && queuedBytes + bytes > MOST_QUEUED_BYTES && !inputs.isEmpty() && !tooSlow) {
                try {
                    left = waiting.await(lock, changed, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    left = 0;
                }
                tooSlow = left <= 0;
            }
            if (end.isReached()) {
                return;
            }
            if (!tooSlow) {
                inputs.add(input);
                queuedBytes += bytes;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (tooSlow) {
            // The connection has other things to do than to wait for a guest that does not read.
            end.fail(RemoteError.of(ErrorCode.OPERATION_TIMEOUT.number(), ErrorDomain.STREAMS.number(),
                    ErrorCode.OPERATION_TIMEOUT.message("the guest has not read what was sent to it for 10 seconds")));
        }
    }

    private void pumpIn() {
        try {
            while (next() instanceof Input.Data(ByteBuffer bytes)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                written(bytes.limit());
            }
            end.confirm(); // finished: all of it is in the sink
        } catch (IOException e) {
            end.fail(ioError("write to", e));
        } catch (RuntimeException e) {
            end.fail(ErrorReplies.of("a stream", e));
        }
    }

    private void pumpOut() {
        try {
            while (true) {
                ByteBuffer packet = ByteBuffer.allocate(PACKET);
                int read = channel.read(packet);
                if (end.isReached()) {
                    return;
                }
                peer.sendThrough(new Frame(call.stream(MessageStatus.CONTINUE), packet.flip()));
                if (read < 0) {
                    return; // the empty packet just sent says so; the client ends the stream
                }
            }
        } catch (IOException e) {
            end.fail(ioError("read from", e));
        } catch (InterruptedException _) {
            end.close();
        } catch (RuntimeException e) {
            end.fail(ErrorReplies.of("a stream", e));
        }
    }

    private static RemoteError ioError(String what, IOException e) {
        return RemoteError.of(ErrorCode.SYSTEM_ERROR.number(), ErrorDomain.STREAMS.number(),
                "Cannot " + what + " the stream's device: "
                        + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    }

    /** The next input; an end when the stream ended. */
    private Input next() {
        lock.lock();
        try {
            while (inputs.isEmpty() && !end.isReached()) {
                changed.awaitUninterruptibly();
            }
            return end.isReached() ? new Input.Finish() : inputs.remove();
        } finally {
            lock.unlock();
        }
    }

    private void written(int bytes) {
        lock.lock();
        try {
            queuedBytes -= bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void release() {
        lock.lock();
        try {
            inputs.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        gone.run();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "The device of a stream could not be closed: " + e.getMessage());
        }
    }
}
