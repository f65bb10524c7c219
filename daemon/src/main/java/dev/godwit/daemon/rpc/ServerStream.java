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
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Input> inputs = new ArrayDeque<>();
    private long queuedBytes;
    private boolean ended;

    ServerStream(Peer peer, Header call, ByteChannel channel, Waiting waiting, Runnable gone) {
        this.peer = peer;
        this.call = call;
        this.channel = channel;
        this.waiting = waiting;
        this.gone = gone;
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
            case ERROR -> {
                if (end()) {
                    answer(new Frame(call.stream(MessageStatus.OK)));
                }
            }
            case UNKNOWN -> fail(ErrorReplies.protocol("Unexpected stream status " + message.header().status()));
        }
    }

    @Override
    public void close() {
        end();
    }

    private void enqueue(Input input, int bytes) {
        boolean tooSlow = false;
        lock.lock();
        try {
            long left = LONGEST_WAIT_NANOS;
            while (!ended && queuedBytes + bytes > MOST_QUEUED_BYTES && !inputs.isEmpty() && !tooSlow) {
                try {
                    left = waiting.await(lock, changed, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    left = 0;
                }
                tooSlow = left <= 0;
            }
            if (ended) {
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
            fail(RemoteError.of(ErrorCode.OPERATION_TIMEOUT.number(), ErrorDomain.STREAMS.number(),
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
            if (end()) { // finished: all of it is in the sink
                answer(new Frame(call.stream(MessageStatus.OK)));
            }
        } catch (IOException e) {
            fail(ioError("write to", e));
        } catch (RuntimeException e) {
            fail(ErrorReplies.of("a stream", e));
        }
    }

    private void pumpOut() {
        try {
            while (true) {
                ByteBuffer packet = ByteBuffer.allocate(PACKET);
                int read = channel.read(packet);
                if (isEnded()) {
                    return;
                }
                peer.sendThrough(new Frame(call.stream(MessageStatus.CONTINUE), packet.flip()));
                if (read < 0) {
                    return; // the empty packet just sent says so; the client ends the stream
                }
            }
        } catch (IOException e) {
            fail(ioError("read from", e));
        } catch (InterruptedException _) {
            end();
        } catch (RuntimeException e) {
            fail(ErrorReplies.of("a stream", e));
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
            while (inputs.isEmpty() && !ended) {
                changed.awaitUninterruptibly();
            }
            return ended ? new Input.Finish() : inputs.remove();
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

    private boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private void fail(RemoteError error) {
        if (end()) {
            answer(Frame.of(call.stream(MessageStatus.ERROR), XdrCodec.of(RemoteError.class), error));
        }
    }

    /** Ends the stream; true for the one who does it first, who tells the client. */
    private boolean end() {
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            ended = true;
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
        return true;
    }

    private void answer(Frame message) {
        try {
            peer.send(message);
        } catch (IOException _) {
            LOG.log(System.Logger.Level.DEBUG, "A client left before its stream had ended");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
