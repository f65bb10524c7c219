package dev.godwit.daemon.rpc;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.driver.Tunnel;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.StreamCredit;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A guest that comes through a connection: the client's packets go into a receiver (remote protocol, messages of type
 * STREAM after procedure 304 or 215).
 *
 * <pre>
 *   connection's reader ── at most {@value #MOST_BYTES} bytes ──► pump, a platform thread ──► Tunnel ──► the hypervisor
 *   client ◄── credit for as much as the receiver has taken ─────┘
 * </pre>
 *
 * <p>The reader puts the packets into memory outside the heap, from which the tunnel sends them on without a copy. What
 * happens when the receiver takes nothing depends on the client:
 *
 * <ul>
 *   <li>One that knows {@link StreamCredit} has been told how much it may send, which always fits here. It stops, and the
 *       reader never does: other calls on its connection are answered as if there were no tunnel, for as long as the
 *       receiver stands still. If it sends more all the same, the stream ends.
 *   <li>For others the reader waits, and with it the whole connection. When the receiver takes nothing for
 *       {@value #PATIENCE_SECONDS} s the stream ends, and the connection goes on without it.
 * </ul>
 */
final class TunnelStream implements OpenStream {

    /** Bytes that may lie here. A client on credit has no more than that under way. */
    static final int MOST_BYTES = 4 << 20;
    /** A client waits for its keepalive longer than that: libvirt's gives up after 30 s. */
    private static final int PATIENCE_SECONDS = 10;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    /** New credit is given when it is worth a message. */
    private static final int CREDIT_STEP = MOST_BYTES / 4;

    private static final XdrCodec<StreamCredit> CREDIT = XdrCodec.of(StreamCredit.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Peer peer;
    private final Header call;
    private final Tunnel tunnel;
    private final boolean onCredit;
    private final Ports ports;
    private final Runnable gone;
    private final StreamEnd end;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** All below is guarded by the lock. */
    private final PacketQueue packets = new PacketQueue();
    private boolean finishing;
    private long received;
    private long taken;
    private long credit;

    /**
     * A stream that has not started.
     *
     * @param peer     the client
     * @param call     what opened it
     * @param tunnel   the way into the receiver
     * @param onCredit whether the client waits for credit
     * @param ports    where its thread comes from, and how the reader waits
     * @param gone     run when the stream has ended
     */
    TunnelStream(Peer peer, Header call, Tunnel tunnel, boolean onCredit, Ports ports, Runnable gone) {
        this.peer = peer;
        this.call = call;
        this.tunnel = tunnel;
        this.onCredit = onCredit;
        this.ports = ports;
        this.gone = gone;
        this.end = new StreamEnd(peer, call, this::release);
    }

    @Override
    public void start() {
        // One of the system's: it does nothing but wait in system calls, which would hold a carrier of virtual ones.
        ports.threads().named("tunnel " + peer).start(this::pump);
    }

    @Override
    public Optional<ByteBuffer> memory(int size) {
        if (size > Frame.MAX_STREAM_DATA) {
            return Optional.empty();
        }
        lock.lock();
        try {
            return end.isReached() ? Optional.empty() : Optional.of(packets.room(size));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void take(Frame message) {
        if (message.header().messageType() == MessageType.STREAM_HOLE) {
            end.fail(ErrorReplies.protocol("A hole in a stream that was not opened for holes"));
            return;
        }
        switch (message.header().messageStatus()) {
            case CONTINUE -> enqueue(message.payload());
            case OK -> finish();
            case ERROR -> end.confirm();
            case UNKNOWN -> end.fail(ErrorReplies.protocol("Unexpected stream status " + message.header().status()));
        }
    }

    @Override
    public void close() {
        end.close();
    }

    private void finish() {
        lock.lock();
        try {
            finishing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(ByteBuffer packet) {
        Optional<RemoteError> failure = Optional.empty();
        lock.lock();
        try {
            received += packet.remaining();
            if (onCredit && received > credit) {
                failure = Optional.of(ErrorReplies.protocol("A stream has brought " + received
                        + " bytes, with credit for " + credit));
            } else {
                failure = put(packet);
            }
        } finally {
            lock.unlock();
        }
        failure.ifPresent(end::fail);
    }

    /** Puts a packet behind the others, and waits until there is room for the next. */
    private Optional<RemoteError> put(ByteBuffer packet) {
        if (packet.isDirect()) { // it lies where it belongs
            packets.filled(packet.remaining());
            changed.signalAll();
            return room();
        }
        while (packet.hasRemaining() && !end.isReached()) {
            int size = Math.min(packet.remaining(), Frame.MAX_STREAM_DATA);
            packets.room(size).put(packet.slice(packet.position(), size));
            packets.filled(size);
            packet.position(packet.position() + size);
            changed.signalAll();
            Optional<RemoteError> failure = room();
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }

    /** Waits until another packet fits. One from a client on credit always does. */
    private Optional<RemoteError> room() {
        long left = PATIENCE_NANOS;
        long before = taken;
        while (!onCredit && !end.isReached() && packets.size() > MOST_BYTES - Frame.MAX_STREAM_DATA) {
            if (taken != before) {
                before = taken;
                left = PATIENCE_NANOS;
            }
            if (left <= 0) {
                // The connection has other things to do than to wait for a receiver that stands still.
                return Optional.of(RemoteError.of(ErrorCode.OPERATION_TIMEOUT.number(), ErrorDomain.STREAMS.number(),
                        ErrorCode.OPERATION_TIMEOUT.message("the receiver of the guest has taken nothing for "
                                + PATIENCE_SECONDS + " seconds")));
            }
            try {
                left = ports.waiting().await(lock, changed, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                left = 0;
            }
        }
        return Optional.empty();
    }

    private void pump() {
        try {
            if (onCredit) {
                giveCredit();
            }
            for (ByteBuffer packet = next(); packet.hasRemaining(); packet = next()) {
                int size = packet.remaining();
                tunnel.send(packet);
                if (sent(size)) {
                    giveCredit();
                }
            }
            if (!end.isReached()) {
                tunnel.finish();
                end.confirm();
            }
        } catch (IOException _) {
            end.close(); // the client is gone
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            end.close();
        } catch (RuntimeException | Error e) {
            end.fail(ErrorReplies.of("a tunnel", e));
        }
    }

    /** The next bytes; none when all are sent, or the stream has ended. */
    private ByteBuffer next() {
        lock.lock();
        try {
            while (packets.size() == 0 && !finishing && !end.isReached()) {
                changed.awaitUninterruptibly();
            }
            return packets.size() == 0 ? NOTHING : packets.first();
        } finally {
            lock.unlock();
        }
    }

    /** Takes note that bytes are with the receiver; true when the client is to know. */
    private boolean sent(int size) {
        lock.lock();
        try {
            packets.taken(size);
            taken += size;
            changed.signalAll();
            return onCredit && taken + MOST_BYTES - credit >= CREDIT_STEP;
        } finally {
            lock.unlock();
        }
    }

    private void giveCredit() throws IOException, InterruptedException {
        long upTo;
        lock.lock();
        try {
            credit = taken + MOST_BYTES; // before the client can know it
            upTo = credit;
        } finally {
            lock.unlock();
        }
        peer.send(Frame.of(call.stream(MessageStatus.CONTINUE), CREDIT, new StreamCredit(upTo)));
    }

    private void release() {
        lock.lock();
        try {
            packets.close();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        gone.run();
        // After a finish there is nothing left to break off, and this does nothing.
        tunnel.close();
    }
}
