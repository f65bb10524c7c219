package dev.godwit.wire.rpc;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.StreamCredit;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes in both directions, beside the calls of the same connection.
 *
 * <p>Ends in one of three ways: {@link #finish} when all went well, {@link #close} without that to abort it, or an
 * error from the server, which the next call of any method here throws.
 *
 * <p>One thread may send while another receives. Sending waits while the connection is busy. What is received is
 * kept until it is taken, up to {@value #QUEUE_BYTES} bytes; then the whole connection is read no further until
 * somebody takes it. So receive in a thread that does not wait for other answers of this connection.
 *
 * <p>Where only the client sends, nothing is kept: a server that sends data all the same has the stream broken off. With
 * {@linkplain StreamCredit credit} sending waits here, and not in the connection, while the server takes nothing.
 */
public final class RpcStream implements AutoCloseable {

    /** How many bytes may lie here before the connection is read no further. */
    public static final int QUEUE_BYTES = 4 << 20;

    /** What data from the server means. */
    enum Incoming {
        /** It is for whoever receives. */
        DATA,
        /** It must not come. */
        NOTHING,
        /** It says how much may be sent. */
        CREDIT
    }

    private enum State { OPEN, FINISHING, ABORTED, ENDED }

    private static final XdrCodec<StreamCredit> CREDIT = XdrCodec.of(StreamCredit.class);

    private final Header header;
    private final Incoming incoming;
    private final FrameWriter writer;
    private final KeepAlive keepAlive;
    private final Runnable forget;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuffer> data = new ArrayDeque<>();
    private int queued;
    private boolean endOfData;
    private long sent;
    /** So much may have been sent. */
    private long credit;
    private State state = State.OPEN;
    private RemoteError error;
    private IOException failure;

    RpcStream(Header call, Incoming incoming, FrameWriter writer, KeepAlive keepAlive, Runnable forget) {
        this.header = call;
        this.incoming = incoming;
        this.credit = incoming == Incoming.CREDIT ? 0 : Long.MAX_VALUE;
        this.writer = writer;
        this.keepAlive = keepAlive;
        this.forget = forget;
    }

    /**
     * Sends bytes, in as many messages as it takes. They are not copied, and may be changed again when this
     * returns normally.
     *
     * @param bytes what to send, from position to limit; afterwards the position is the limit
     * @throws RemoteErrorException if the server has broken the stream off
     * @throws IOException          if the connection is or gets lost, or the stream has ended
     * @throws InterruptedException if interrupted; the bytes may still be sent and must not be changed, and the stream
     *         is good for nothing but to be closed
     */
    public void send(ByteBuffer bytes) throws IOException, RemoteErrorException, InterruptedException {
        send(bytes, changed::await, writer::writeThrough);
    }

    /**
     * Sends bytes as {@link #send} does, on the calling thread where that is possible: for one that moves gigabytes and
     * that nobody interrupts. Bytes in direct memory are not copied.
     *
     * @param bytes what to send, from position to limit; afterwards the position is the limit
     * @throws RemoteErrorException if the server has broken the stream off
     * @throws IOException          if the connection is or gets lost, or the stream has ended
     */
    public void sendHere(ByteBuffer bytes) throws IOException, RemoteErrorException {
        try {
            send(bytes, changed::awaitUninterruptibly, writer::writeHere);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e); // neither of the two is interrupted
        }
    }

    private interface Waiting {
        void await() throws InterruptedException;
    }

    private interface Writing {
        void write(Frame frame) throws IOException, InterruptedException;
    }

    private void send(ByteBuffer bytes, Waiting waiting, Writing writing)
            throws IOException, RemoteErrorException, InterruptedException {
        while (bytes.hasRemaining()) {
            int size = admitted(Math.min(bytes.remaining(), Frame.MAX_STREAM_DATA), waiting);
            ByteBuffer part = bytes.slice(bytes.position(), size);
            write(new Frame(header.stream(MessageStatus.CONTINUE), part), writing);
            bytes.position(bytes.position() + size);
        }
    }

    /** How many of so many bytes may be sent now, at least one; waits until there are some. */
    private int admitted(int bytes, Waiting waiting) throws IOException, RemoteErrorException, InterruptedException {
        lock.lock();
        try {
            check();
            while (sent == credit && state == State.OPEN) {
                waiting.await();
                check();
            }
            if (state != State.OPEN) {
                throw new IOException("The stream has ended");
            }
            int size = (int) Math.min(bytes, credit - sent);
            sent += size;
            return size;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for bytes.
     *
     * @return what has come next; empty when the server has sent all it had
     * @throws RemoteErrorException if the server has broken the stream off
     * @throws IOException          if the connection is or gets lost, or the stream was closed here
     * @throws InterruptedException if interrupted; nothing is lost
     */
    public Optional<ByteBuffer> receive() throws IOException, RemoteErrorException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (!data.isEmpty()) {
                    ByteBuffer next = data.removeFirst();
                    queued -= next.remaining();
                    changed.signalAll();
                    return Optional.of(next);
                }
                check();
                if (endOfData || state == State.ENDED) {
                    return Optional.empty();
                }
                if (state == State.ABORTED) {
                    throw new IOException("The stream is closed");
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says that all is sent and received, and waits until the server has put everything where it belongs. What
     * still arrives is dropped.
     *
     * @throws RemoteErrorException if the server could not
     * @throws IOException          if the connection is or gets lost, or the stream was closed here
     * @throws InterruptedException if interrupted; close the stream
     */
    public void finish() throws IOException, RemoteErrorException, InterruptedException {
        lock.lockInterruptibly();
        try {
            check();
            switch (state) {
                case ENDED -> {
                    return;
                }
                case ABORTED -> throw new IOException("The stream is closed");
                case FINISHING -> { }
                case OPEN -> {
                    state = State.FINISHING;
                    drop();
                    writer.writeNow(new Frame(header.stream(MessageStatus.OK)));
                }
            }
            while (state == State.FINISHING) {
                changed.await();
                check();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Aborts the stream, unless it has ended. Waits for nobody and never fails. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (state == State.OPEN || state == State.FINISHING) {
                // After a finish the server answers that, and there is nothing left to abort.
                boolean tell = state == State.OPEN;
                state = State.ABORTED;
                drop();
                if (tell) {
                    writer.writeNow(new Frame(header.stream(MessageStatus.ERROR)));
                }
            }
        } catch (IOException e) {
            // The connection is gone, and the stream with it.
        } finally {
            lock.unlock();
        }
    }

    boolean isFor(Header other) {
        return header.program() == other.program() && header.procedure() == other.procedure();
    }

    /** Called by the reader. Waits only while too much lies here already, which is for somebody to receive. */
    void arrived(Frame frame) {
        lock.lock();
        try {
            if (state == State.ENDED) {
                return;
            }
            if (frame.header().messageType() == MessageType.STREAM_HOLE) {
                end(new ProtocolException("A hole in a stream that was not opened for holes"));
                return;
            }
            switch (frame.header().messageStatus()) {
                case CONTINUE -> data(frame.payload());
                case OK -> end(null);
                case ERROR -> {
                    if (state == State.ABORTED) {
                        // The server failed before it heard of the abort. It will say no more.
                        end(null);
                    } else {
                        broken(frame.payload());
                    }
                }
                default -> end(new ProtocolException("Stream message with status " + frame.header().status()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called when the connection is lost. */
    void lost(ConnectionLostException loss) {
        lock.lock();
        try {
            if (state != State.ENDED) {
                end(loss);
            }
        } finally {
            lock.unlock();
        }
    }

    private void data(ByteBuffer bytes) {
        if (state != State.OPEN) {
            return;
        }
        if (!bytes.hasRemaining()) {
            endOfData = true;
            changed.signalAll();
            return;
        }
        switch (incoming) {
            case CREDIT -> {
                credit(bytes);
                return;
            }
            case NOTHING -> {
                refused("The other side sends data through a stream that goes the other way");
                return;
            }
            case DATA -> { }
        }
        if (queued >= QUEUE_BYTES) {
            keepAlive.reading(false);
            while (queued >= QUEUE_BYTES && state == State.OPEN) {
                changed.awaitUninterruptibly();
            }
            keepAlive.reading(true);
            if (state != State.OPEN) {
                return;
            }
        }
        data.addLast(bytes);
        queued += bytes.remaining();
        changed.signalAll();
    }

    private void credit(ByteBuffer payload) {
        try {
            credit = Math.max(credit, CREDIT.decodeAll(payload).upTo());
            changed.signalAll();
        } catch (XdrException e) {
            refused("A stream's credit cannot be read: " + e.getMessage());
        }
    }

    /** The server does not keep to the rules. It is told, so that it does not wait for more. */
    private void refused(String why) {
        IOException cause = new ProtocolException(why);
        try {
            writer.writeNow(new Frame(header.stream(MessageStatus.ERROR)));
        } catch (IOException e) {
            cause.addSuppressed(e); // the connection is gone, and the stream with it
        }
        end(cause);
    }

    private void broken(ByteBuffer payload) {
        try {
            error = XdrCodec.of(RemoteError.class).decode(payload);
            end(null);
        } catch (XdrException e) {
            ProtocolException bad = new ProtocolException("Error of a stream cannot be read: " + e.getMessage());
            bad.initCause(e);
            end(bad);
        }
    }

    private void end(IOException cause) {
        failure = cause;
        state = State.ENDED;
        changed.signalAll();
        forget.run();
    }

    private void drop() {
        data.clear();
        queued = 0;
        changed.signalAll();
    }

    private void write(Frame frame, Writing writing)
            throws IOException, RemoteErrorException, InterruptedException {
        try {
            writing.write(frame);
        } catch (IOException e) {
            lock.lock();
            try {
                check();
            } finally {
                lock.unlock();
            }
            throw e;
        }
    }

    private void check() throws IOException, RemoteErrorException {
        if (error != null) {
            throw new RemoteErrorException(error);
        }
        if (failure instanceof ConnectionLostException loss) {
            throw loss.again();
        } else if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
    }
}
