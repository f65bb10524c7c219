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
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A guest that comes through a connection: the client's packets go into a receiver (remote protocol, messages of type
 * STREAM after procedure 304 or 215).
 *
 * <pre>
 *   connection's reader ─────────────────── while the receiver keeps up ──────────────────────► Tunnel ──► the hypervisor
 *            └── at most {@value #MOST_BYTES} bytes ──► pump, a platform thread, otherwise ───────┘
 *   client ◄── credit for as much as the receiver has taken
 * </pre>
 *
 * <p>The reader puts a packet into memory outside the heap, from which the tunnel sends it on without a copy, and as a rule
 * does that itself: a change of threads for each packet costs as much as the sending, and one piece of memory that is used
 * again and again stays in the processor's cache. It waits {@value #SHORTLY_MILLIS} ms for a packet at most. What the
 * receiver has not taken by then is left to the pump. What happens when that cannot go on either depends on the client:
 *
 * <ul>
 *   <li>One that knows {@link StreamCredit} has been told how much it may send, which always fits here. It stops, and the
 *       reader never does: other calls on its connection are answered as if there were no tunnel, for as long as the
 *       receiver stands still. If it sends more all the same, the stream ends.
 *   <li>For others the reader waits, and with it the whole connection. When the receiver takes nothing for
 *       {@value #PATIENCE_SECONDS} s the stream ends, and the connection goes on without it.
 * </ul>
 *
 * <p>A tunnel that has got a connection of its own ({@link TunnelKeys}) brings nothing here but its end.
 */
final class TunnelStream implements OpenStream {

    /** Bytes that may lie here. A client on credit has no more than that under way. */
    static final int MOST_BYTES = 4 << 20;
    /** A client waits for its keepalive longer than that: libvirt's gives up after 30 s. */
    private static final int PATIENCE_SECONDS = 10;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    /** So long does a packet keep the reader from the rest of the connection. */
    private static final int SHORTLY_MILLIS = 20;
    private static final long SHORTLY_NANOS = TimeUnit.MILLISECONDS.toNanos(SHORTLY_MILLIS);
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
    private boolean joined;
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
        try {
            took(0);
        } catch (IOException _) {
            end.close(); // the client is gone
        }
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
            case CONTINUE -> arrived(message.payload());
            case OK -> finish();
            case ERROR -> end.confirm();
            case UNKNOWN -> end.fail(ErrorReplies.protocol("Unexpected stream status " + message.header().status()));
        }
    }

    @Override
    public void close() {
        end.close();
    }

    /**
     * Gives the receiver a connection of its own, from which its guest comes then.
     *
     * @param connection over TCP, in blocking mode
     * @return false where something has come already, or the receiver cannot be given one
     */
    boolean join(SocketChannel connection) {
        lock.lock();
        try {
            if (received > 0 || finishing || joined || end.isReached()) {
                return false;
            }
            joined = true;
        } finally {
            lock.unlock();
        }
        boolean given = false;
        try {
            given = tunnel.receiveFrom(connection);
            return given;
        } finally {
            if (!given) {
                lock.lock();
                joined = false;
                lock.unlock();
            }
        }
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

    /** A packet has come: sends it on, or leaves it to the pump. */
    private void arrived(ByteBuffer packet) {
        int size = packet.remaining();
        try {
            Optional<RemoteError> failure = refusal(size);
            if (failure.isEmpty()) {
                long nanos = untilTheReceiverIsFree();
                if (nanos > 0) {
                    tunnel.offer(packet, Duration.ofNanos(nanos));
                    took(size - packet.remaining());
                }
                failure = leave(packet, size);
            }
            failure.ifPresent(end::fail);
        } catch (IOException _) {
            end.close(); // the client is gone
        } catch (RuntimeException | Error e) {
            end.fail(ErrorReplies.of("a tunnel", e));
        }
    }

    private Optional<RemoteError> refusal(int size) {
        lock.lock();
        try {
            received += size;
            if (finishing) {
                return Optional.of(ErrorReplies.protocol("A stream has brought more after its end"));
            }
            if (joined) {
                return Optional.of(ErrorReplies.protocol("A stream has brought data, and its tunnel has a connection of its own"));
            }
            return onCredit && received > credit
                    ? Optional.of(ErrorReplies.protocol("A stream has brought " + received + " bytes, with credit for " + credit))
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a short while until the pump has nothing to send; how much of that is left, 0 or less if it still has. */
    private long untilTheReceiverIsFree() {
        lock.lock();
        try {
            long left = SHORTLY_NANOS;
            while (packets.size() > 0 && !end.isReached() && left > 0) {
                left = await(left);
            }
            return packets.size() > 0 || end.isReached() ? 0 : left;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Leaves to the pump what is not sent of a packet, and waits until there is room for the next.
     *
     * @param packet what remains of it
     * @param size   what it had at first
     * @return why the stream cannot go on
     */
    private Optional<RemoteError> leave(ByteBuffer packet, int size) {
        lock.lock();
        try {
            Optional<RemoteError> failure = Optional.empty();
            if (packet.isDirect() && packet.hasRemaining()) { // it lies where it belongs
                packets.filled(size, size - packet.remaining());
                changed.signalAll();
                failure = room();
            } else {
                while (packet.hasRemaining() && failure.isEmpty() && !end.isReached()) {
                    int part = Math.min(packet.remaining(), Frame.MAX_STREAM_DATA);
                    packets.room(part).put(packet.slice(packet.position(), part));
                    packets.filled(part, 0);
                    packet.position(packet.position() + part);
                    changed.signalAll();
                    failure = room();
                }
            }
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until another packet fits, with the lock held. One from a client on credit always does. */
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
            left = await(left);
        }
        return Optional.empty();
    }

    private long await(long nanos) {
        try {
            return ports.waiting().await(lock, changed, nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private void pump() {
        try {
            for (ByteBuffer bytes = next(); bytes.hasRemaining(); bytes = next()) {
                int size = bytes.remaining();
                tunnel.send(bytes);
                done(size);
                took(size);
            }
            if (!end.isReached()) {
                tunnel.finish();
                end.confirm();
            }
        } catch (IOException _) {
            end.close(); // the client is gone
        } catch (RuntimeException | Error e) {
            end.fail(ErrorReplies.of("a tunnel", e));
        }
    }

    /** The next bytes for the pump; none when all are sent, or the stream has ended. */
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

    private void done(int size) {
        lock.lock();
        try {
            packets.taken(size);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The receiver has taken bytes. The client gets credit for others, when that is worth a message. */
    private void took(int bytes) throws IOException {
        long upTo;
        lock.lock();
        try {
            taken += bytes;
            upTo = taken + MOST_BYTES;
            if (!onCredit || upTo - credit < CREDIT_STEP) {
                return;
            }
            credit = upTo; // before the client can know it
            // In the order of what they say, as reader and pump may both have something to say.
            peer.sendNow(Frame.of(call.stream(MessageStatus.CONTINUE), CREDIT, new StreamCredit(upTo)));
        } finally {
            lock.unlock();
        }
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
