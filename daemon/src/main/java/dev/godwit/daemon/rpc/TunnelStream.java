package dev.godwit.daemon.rpc;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.driver.Tunnel;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A guest that comes through a connection: the client's packets go into a receiver (remote protocol, messages of type
 * STREAM after procedure 304 or 215).
 *
 * <pre>
 *   connection's reader ── packets, at most {@value #BUFFERS} ──► pump, a platform thread ──► Tunnel ──► the hypervisor
 * </pre>
 *
 * <p>The reader puts the packets into memory outside the heap, from which the tunnel sends them on without a copy. When
 * all of it is full the reader waits, and with it the client; when the receiver takes nothing for
 * {@value #PATIENCE_SECONDS} s the stream ends, so that the connection does not hang for as long as the receiver does.
 */
final class TunnelStream implements OpenStream {

    /** Packets that may lie here: one is filled, one is written, two wait. */
    private static final int BUFFERS = 4;
    /** A client must keep its keepalive for longer than that: libvirt's gives up after 30 s. */
    private static final int PATIENCE_SECONDS = 20;
    /** Packets that are smaller are not worth memory outside the heap. */
    private static final int SMALL = 4096;
    /** How many messages may wait that are not in the ring, such as many small ones or a very large one. */
    private static final int MOST_QUEUED = 64;
    private static final long MOST_QUEUED_BYTES = (long) BUFFERS * Frame.MAX_STREAM_DATA;

    /** Says that the client has sent all. */
    private static final ByteBuffer FINISH = ByteBuffer.allocate(0);

    private final Peer peer;
    private final Header call;
    private final Tunnel tunnel;
    private final Ports ports;
    private final Runnable gone;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** All below is guarded by the lock. */
    private final Deque<ByteBuffer> packets = new ArrayDeque<>();
    private final ByteBuffer[] ring = new ByteBuffer[BUFFERS];
    private int next;
    private int lent;
    private long queuedBytes;
    private boolean ended;

    TunnelStream(Peer peer, Header call, Tunnel tunnel, Ports ports, Runnable gone) {
        this.peer = peer;
        this.call = call;
        this.tunnel = tunnel;
        this.ports = ports;
        this.gone = gone;
    }

    @Override
    public void start() {
        // One of the system's: it does nothing but wait in system calls, which would hold a carrier of virtual ones.
        ports.threads().named("tunnel " + peer).start(this::pump);
    }

    @Override
    public Optional<ByteBuffer> memory(int size) {
        if (size < SMALL || size > Frame.MAX_STREAM_DATA) {
            return Optional.empty();
        }
        lock.lock();
        try {
            if (ended || lent == BUFFERS) {
                return Optional.empty();
            }
            if (ring[next] == null) {
                ring[next] = ByteBuffer.allocateDirect(Frame.MAX_STREAM_DATA);
            }
            ByteBuffer free = ring[next].clear();
            next = (next + 1) % BUFFERS;
            lent++;
            return Optional.of(free);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void take(Frame message) {
        if (message.header().messageType() == MessageType.STREAM_HOLE) {
            fail(ErrorReplies.protocol("A hole in a stream that was not opened for holes"));
            return;
        }
        switch (message.header().messageStatus()) {
            case CONTINUE -> enqueue(message.payload());
            case OK -> enqueue(FINISH);
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

    private void enqueue(ByteBuffer packet) {
        boolean tooSlow = false;
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!ended && !tooSlow && !packets.isEmpty()
                    && (packets.size() >= MOST_QUEUED || queuedBytes + packet.remaining() > MOST_QUEUED_BYTES)) {
                try {
                    left = ports.waiting().await(lock, changed, left);
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
                packets.add(packet);
                queuedBytes += packet.remaining();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (tooSlow) {
            fail(RemoteError.of(ErrorCode.OPERATION_TIMEOUT.number(), ErrorDomain.STREAMS.number(),
                    ErrorCode.OPERATION_TIMEOUT.message("the receiver of the guest has taken nothing for "
                            + PATIENCE_SECONDS + " seconds")));
        }
    }

    private void pump() {
        try {
            for (ByteBuffer packet = next(); packet != FINISH; packet = next()) {
                int size = packet.remaining();
                tunnel.send(packet);
                sent(packet, size);
            }
            if (!isEnded()) {
                tunnel.finish();
                if (end()) {
                    answer(new Frame(call.stream(MessageStatus.OK)));
                }
            }
        } catch (RuntimeException | Error e) {
            fail(ErrorReplies.of("a tunnel", e));
        }
    }

    /** The next packet; the end when the stream ended. */
    private ByteBuffer next() {
        lock.lock();
        try {
            while (packets.isEmpty() && !ended) {
                changed.awaitUninterruptibly();
            }
            return ended ? FINISH : packets.remove();
        } finally {
            lock.unlock();
        }
    }

    /** Packets in the ring are sent in the order in which they were lent, so the oldest is free now. */
    private void sent(ByteBuffer packet, int size) {
        lock.lock();
        try {
            queuedBytes -= size;
            if (packet.isDirect()) {
                lent--;
            }
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
            packets.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        gone.run();
        // After a finish there is nothing left to break off, and this does nothing.
        tunnel.close();
        return true;
    }

    private void answer(Frame message) {
        try {
            peer.send(message);
        } catch (IOException _) {
            // The client left before its stream had ended; the end of its connection tells whoever must know.
            return;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
