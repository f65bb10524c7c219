package dev.godwit.wire.rpc;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.rpc.ConnectionLostException.Reason;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The client's half of a conversation: calls, streams and events over one connection.
 *
 * <pre>
 *   callers ──► FrameWriter ──► channel ──► reader ──┬─► waiting callers, by serial
 *      ▲            ▲ PONG                   │       ├─► streams, by serial
 *      └── replies  └────────────────────────┘       └─► event thread ──► RpcListener
 * </pre>
 *
 * <p>Any number of threads call at once, and answers come in any order. The reader runs nobody's code and
 * writes nothing but PONG. A caller that is interrupted leaves; when its answer comes it is dropped, and nobody
 * else notices.
 *
 * <p>When the connection is lost, all waiting callers and streams fail with the same
 * {@link ConnectionLostException}, and so does everything that is tried later.
 */
public final class RpcClient implements AutoCloseable {

    private static final class Waiter {

        final Header header;
        final CompletableFuture<Frame> answer = new CompletableFuture<>();

        Waiter(Header header) {
            this.header = header;
        }
    }

    /**
     * What a call that opens a stream gives.
     *
     * @param result the call's own answer
     * @param stream the stream
     * @param <R>    the answer's type
     */
    public record Opened<R>(R result, RpcStream stream) {}

    /**
     * A call that was sent and whose answer is still to be fetched.
     *
     * @param <R> the result's type
     */
    public final class Outstanding<R> {

        private final Procedure<?, R> procedure;
        private final Waiter waiter;

        private Outstanding(Procedure<?, R> procedure, Waiter waiter) {
            this.procedure = procedure;
            this.waiter = waiter;
        }

        /**
         * Waits for the answer.
         *
         * @return the result
         * @throws RemoteErrorException    if the server answers with an error
         * @throws ConnectionLostException if the connection is or gets lost
         * @throws ProtocolException       if the answer cannot be read
         * @throws IOException             one of these two
         * @throws InterruptedException    if interrupted; whether the server has carried out the call is unknown
         */
        public R get() throws IOException, RemoteErrorException, InterruptedException {
            return result(procedure, await(waiter));
        }
    }

    private final ByteChannel channel;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final KeepAlive keepAlive;
    private final EventThread events;
    private final Thread readerThread;
    private final AtomicInteger nextSerial = new AtomicInteger();
    private final Map<Integer, Waiter> waiters = new ConcurrentHashMap<>();
    private final Map<Integer, RpcStream> streams = new ConcurrentHashMap<>();
    private final AtomicReference<ConnectionLostException> lost = new AtomicReference<>();

    /**
     * Starts a conversation. The channel is ours from now on.
     *
     * @param channel  connected and in blocking mode
     * @param name     what the threads of this connection are called after
     * @param threads  makes them; a program with one connection is faster with those of the operating system: a virtual
     *                 one waits by way of a poller, which stays in the kernel for good, and a JVM that ends waits 300 ms
     *                 for threads that are there
     * @param timer    for keepalive
     * @param listener hears events
     */
    public RpcClient(ByteChannel channel, String name, Threads threads, Timer timer, RpcListener listener) {
        this.channel = channel;
        this.reader = new FrameReader(channel);
        this.writer = new FrameWriter(channel, threads.named(name + " writer"),
                e -> lose(cannotSend(e)));
        this.keepAlive = new KeepAlive(timer, writer::writeFirst, () -> lose(new ConnectionLostException(
                Reason.KEEPALIVE, "The other side does not answer keepalive", null)));
        this.events = new EventThread(threads.named(name + " events"), listener);
        this.readerThread = threads.named(name + " reader").start(this::read);
    }

    /**
     * Begins to send PINGs. To be called after the server has answered that it has
     * {@code Feature.PROGRAM_KEEPALIVE}; its own are answered in any case.
     *
     * @param silence how long nothing must have come before a PING is sent; zero or less: never
     * @param count   how many may remain unanswered before the connection is given up
     */
    public void startKeepAlive(Duration silence, int count) {
        keepAlive.start(silence, count);
    }

    /**
     * Gives the connection up, as keepalive does: whatever waits fails. Never waits itself.
     *
     * @param why for people
     */
    public void giveUp(String why) {
        lose(new ConnectionLostException(Reason.KEEPALIVE, why, null));
    }

    /**
     * Calls a procedure and waits for its answer.
     *
     * @param <A>       the arguments' type
     * @param <R>       the result's type
     * @param procedure the procedure, which opens no stream
     * @param args      its arguments
     * @return its result
     * @throws RemoteErrorException    if the server answers with an error
     * @throws ConnectionLostException if the connection is or gets lost
     * @throws ProtocolException       if the answer cannot be read
     * @throws IOException             one of these two
     * @throws InterruptedException    if interrupted; whether the server has carried out the call is unknown
     * @throws XdrException            if the arguments are larger than their declaration admits
     */
    public <A, R> R call(Procedure<A, R> procedure, A args)
            throws IOException, RemoteErrorException, InterruptedException {
        return send(procedure, args).get();
    }

    /**
     * Sends a call and does not wait for its answer, so that more can be sent meanwhile: many calls then take no longer
     * than the way there and back. The server answers in what order it likes.
     *
     * @param <A>       the arguments' type
     * @param <R>       the result's type
     * @param procedure the procedure, which opens no stream
     * @param args      its arguments
     * @return what waits for the answer
     * @throws ConnectionLostException if the connection is lost
     * @throws IOException             that
     * @throws InterruptedException    if interrupted while others' messages leave no room; the call was not sent
     * @throws XdrException            if the arguments are larger than their declaration admits
     */
    public <A, R> Outstanding<R> send(Procedure<A, R> procedure, A args) throws IOException, InterruptedException {
        Waiter waiter = waiter(procedure);
        send(Frame.of(waiter.header, procedure.args(), args), waiter);
        return new Outstanding<>(procedure, waiter);
    }

    /**
     * Calls a procedure and waits for its answer, whatever happens to this thread. An interrupt is kept for later.
     *
     * @param <A>       the arguments' type
     * @param <R>       the result's type
     * @param procedure the procedure, which opens no stream
     * @param args      its arguments
     * @return its result
     * @throws RemoteErrorException    if the server answers with an error
     * @throws ConnectionLostException if the connection is or gets lost
     * @throws ProtocolException       if the answer cannot be read
     * @throws IOException             one of these two
     * @throws XdrException            if the arguments are larger than their declaration admits
     */
    public <A, R> R callToTheEnd(Procedure<A, R> procedure, A args) throws IOException, RemoteErrorException {
        Waiter waiter = waiter(procedure);
        Frame call = Frame.of(waiter.header, procedure.args(), args);
        enrol(waiter);
        try {
            writer.writeNow(call);
        } catch (IOException e) {
            throw unsent(e);
        }
        try {
            return result(procedure, waiter.answer.join());
        } catch (CompletionException e) {
            throw lost(e.getCause());
        }
    }

    /**
     * Calls a procedure that opens a stream.
     *
     * @param <A>       the arguments' type
     * @param <R>       the result's type
     * @param procedure the procedure
     * @param args      its arguments
     * @return its result and the stream, which the caller has to close
     * @throws RemoteErrorException    if the server answers with an error
     * @throws ConnectionLostException if the connection is or gets lost
     * @throws IOException             that, or if the answer cannot be read
     * @throws InterruptedException    if interrupted; a stream that opens later is aborted
     */
    public <A, R> Opened<R> open(Procedure<A, R> procedure, A args)
            throws IOException, RemoteErrorException, InterruptedException {
        return open(procedure, args, switch (procedure.stream()) {
            case NONE -> throw new IllegalArgumentException(procedure + " opens no stream");
            case CLIENT_SENDS -> RpcStream.Incoming.NOTHING;
            case SERVER_SENDS -> RpcStream.Incoming.DATA;
        });
    }

    /**
     * Calls a procedure that opens a stream for sending, which waits for {@link dev.godwit.wire.remote.StreamCredit}. To be
     * called when the server has answered that it has {@code Feature.STREAM_CREDIT}.
     *
     * @param <A>       the arguments' type
     * @param <R>       the result's type
     * @param procedure the procedure
     * @param args      its arguments
     * @return its result and the stream, which the caller has to close
     * @throws RemoteErrorException    if the server answers with an error
     * @throws ConnectionLostException if the connection is or gets lost
     * @throws IOException             that, or if the answer cannot be read
     * @throws InterruptedException    if interrupted; a stream that opens later is aborted
     */
    public <A, R> Opened<R> openOnCredit(Procedure<A, R> procedure, A args)
            throws IOException, RemoteErrorException, InterruptedException {
        if (procedure.stream() != Procedure.StreamUse.CLIENT_SENDS) {
            throw new IllegalArgumentException(procedure + " opens no stream for sending");
        }
        return open(procedure, args, RpcStream.Incoming.CREDIT);
    }

    private <A, R> Opened<R> open(Procedure<A, R> procedure, A args, RpcStream.Incoming incoming)
            throws IOException, RemoteErrorException, InterruptedException {
        Header header = procedure.header(nextSerial.getAndIncrement());
        Waiter waiter = new Waiter(header);
        // Known before the call goes out: data may follow the answer at once.
        RpcStream stream = new RpcStream(header, incoming, writer, keepAlive,
                () -> streams.remove(header.serial()));
        streams.put(header.serial(), stream);
        boolean open = false;
        try {
            Frame reply = exchange(Frame.of(header, procedure.args(), args), waiter);
            R result = result(procedure, reply);
            open = true;
            return new Opened<>(result, stream);
        } catch (RemoteErrorException e) {
            streams.remove(header.serial());
            throw e;
        } finally {
            if (!open && waiter.answer.isDone() && !waiter.answer.isCompletedExceptionally()) {
                stream.close();
            }
        }
    }

    /**
     * Calls any procedure with bytes that are already laid out. For tools and tests.
     *
     * @param program   the program's number
     * @param version   its version
     * @param procedure the procedure's number
     * @param args      the arguments
     * @return the answer, whatever its status
     * @throws IOException          if the connection is or gets lost
     * @throws InterruptedException if interrupted
     */
    public Frame callRaw(int program, int version, int procedure, ByteBuffer args)
            throws IOException, InterruptedException {
        Header header = new Header(program, version, procedure, 0, nextSerial.getAndIncrement(), 0);
        return exchange(new Frame(header, args), new Waiter(header));
    }

    /**
     * How the connection was lost.
     *
     * @return the loss; empty while it lives
     */
    public Optional<ConnectionLostException> loss() {
        return Optional.ofNullable(lost.get());
    }

    /**
     * Closes the connection at once. Waiting callers fail. Returns when the threads of this connection have
     * ended, except the one that calls the listener.
     */
    @Override
    public void close() {
        lose(new ConnectionLostException(Reason.CLIENT, "The connection is closed", null));
        writer.close();
        if (Thread.currentThread() != readerThread) {
            boolean interrupted = false;
            while (true) {
                try {
                    readerThread.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <R> R result(Procedure<?, R> procedure, Frame reply) throws IOException, RemoteErrorException {
        try {
            return switch (reply.header().messageStatus()) {
                // A newer server may append to an answer; what we know of it stands at its beginning.
                case OK -> procedure.ret().decode(reply.payload());
                case ERROR -> throw new RemoteErrorException(
                        XdrCodec.of(RemoteError.class).decode(reply.payload()));
                default -> throw new ProtocolException(
                        "Answer to " + procedure + " has status " + reply.header().status());
            };
        } catch (XdrException e) {
            ProtocolException bad = new ProtocolException(
                    "Answer to " + procedure + " cannot be read: " + e.getMessage());
            bad.initCause(e);
            throw bad;
        }
    }

    private Frame exchange(Frame call, Waiter waiter) throws IOException, InterruptedException {
        send(call, waiter);
        return await(waiter);
    }

    private Waiter waiter(Procedure<?, ?> procedure) {
        if (procedure.stream() != Procedure.StreamUse.NONE) {
            throw new IllegalArgumentException(procedure + " opens a stream");
        }
        return new Waiter(procedure.header(nextSerial.getAndIncrement()));
    }

    private void send(Frame call, Waiter waiter) throws IOException, InterruptedException {
        enrol(waiter);
        try {
            writer.write(call);
        } catch (InterruptedException e) {
            waiters.remove(waiter.header.serial());
            streams.remove(waiter.header.serial());
            throw e;
        } catch (IOException e) {
            throw unsent(e);
        }
    }

    private void enrol(Waiter waiter) throws ConnectionLostException {
        int serial = waiter.header.serial();
        waiters.put(serial, waiter);
        ConnectionLostException gone = lost.get();
        if (gone != null) {
            // Whoever lost it may have been through the waiters before we came.
            waiters.remove(serial);
            streams.remove(serial);
            throw gone.again();
        }
    }

    private ConnectionLostException unsent(IOException e) {
        lose(cannotSend(e));
        return lost.get().again();
    }

    private static Frame await(Waiter waiter) throws IOException, InterruptedException {
        try {
            return waiter.answer.get();
        } catch (InterruptedException e) {
            // The waiter stays, cancelled, until its answer comes.
            waiter.answer.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            throw lost(e.getCause());
        } catch (CancellationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static IOException lost(Throwable why) {
        return why instanceof ConnectionLostException loss ? loss.again() : new IOException(why);
    }

    private void read() {
        ConnectionLostException loss;
        try {
            Optional<Frame> frame = reader.read();
            while (frame.isPresent()) {
                dispatch(frame.get());
                frame = reader.read();
            }
            loss = new ConnectionLostException(
                    Reason.END_OF_FILE, "The other side has closed the connection", null);
        } catch (ConnectionLostException e) {
            loss = e;
        } catch (IOException e) {
            loss = new ConnectionLostException(Reason.ERROR, "Cannot receive: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            loss = new ConnectionLostException(Reason.ERROR, "Reading failed: " + e, e);
        }
        lose(loss);
    }

    private void dispatch(Frame frame) throws ConnectionLostException {
        Header header = frame.header();
        if (keepAlive.received(header)) {
            return;
        }
        switch (header.messageType()) {
            case REPLY -> answer(frame);
            case STREAM, STREAM_HOLE -> {
                RpcStream stream = streams.get(header.serial());
                if (stream != null && stream.isFor(header)) {
                    stream.arrived(frame);
                }
            }
            case MESSAGE -> events.add(frame);
            // A server calls nobody; what we do not know is dropped, as a stock client does.
            default -> { }
        }
    }

    private void answer(Frame frame) throws ConnectionLostException {
        Header header = frame.header();
        Waiter waiter = waiters.get(header.serial());
        if (waiter == null || waiter.header.program() != header.program()
                || waiter.header.version() != header.version()
                || waiter.header.procedure() != header.procedure()) {
            throw new ConnectionLostException(Reason.ERROR, "Answer that nobody waits for: " + header, null);
        }
        waiters.remove(header.serial());
        if (!waiter.answer.complete(frame)) {
            RpcStream stream = streams.get(header.serial());
            if (stream != null && header.messageStatus() == MessageStatus.OK) {
                stream.close();
            } else {
                streams.remove(header.serial());
            }
        }
    }

    private static ConnectionLostException cannotSend(IOException e) {
        return new ConnectionLostException(Reason.ERROR, "Cannot send: " + e.getMessage(), e);
    }

    /** Ends everything, once. */
    private void lose(ConnectionLostException loss) {
        if (!lost.compareAndSet(null, loss)) {
            return;
        }
        keepAlive.close();
        writer.abandon();
        try {
            channel.close();
        } catch (IOException e) {
            loss.addSuppressed(e);
        }
        for (Waiter waiter : waiters.values()) {
            waiter.answer.completeExceptionally(loss);
        }
        waiters.clear();
        for (RpcStream stream : streams.values()) {
            stream.lost(loss);
        }
        streams.clear();
        events.close(loss);
    }
}
