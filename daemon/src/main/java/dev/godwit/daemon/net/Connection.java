package dev.godwit.daemon.net;

import dev.godwit.daemon.access.AuthMethod;
import dev.godwit.daemon.access.AuthRules;
import dev.godwit.daemon.access.Identity;
import dev.godwit.daemon.rpc.Dispatcher;
import dev.godwit.daemon.rpc.Peer;
import dev.godwit.daemon.rpc.Ports;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.wire.frame.BadFrameException;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.KeepAliveProcedures;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.TunnelProcedures;
import dev.godwit.wire.sasl.SaslChannel;
import dev.godwit.wire.sasl.SecurityLayer;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The conversation with one client, from its first byte to its last.
 *
 * <p>{@link #run} reads, on the thread of its caller. It hands calls to a lane, streams their data, answers PING, and
 * runs no handler, so that a client always hears whether the daemon is there.
 */
final class Connection implements Peer {

    private static final System.Logger LOG = System.getLogger(Connection.class.getName());
    /** So long a peer may stop in the middle of a message. */
    private static final long HALF_A_MESSAGE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** So long a peer may be connected without having opened anything. */
    private static final long NOTHING_OPENED_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** So long the last messages may take once the connection is to end. */
    private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Optional<SaslChannel> layered;
    private final ByteChannel channel;
    private final String name;
    private final boolean readOnly;
    private final Optional<InetSocketAddress> reached;
    private final Dispatcher dispatcher;
    private final Ports ports;
    private final long began;
    private final WatchedChannel incoming;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final EventQueue events;
    private final CallLane ordinary;
    private final CallLane priority;
    private final Keepalive keepalive;
    private final Presence presence;
    private final Session session;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean lastWords;
    private volatile long lastWordsSince;
    private volatile long consumed;

    /**
     * A conversation that begins.
     *
     * @param arrival    the client's channel, which the connection closes, and what is known about the client
     * @param rules      who has to log in
     * @param known      told once when it is known who the client is
     * @param dispatcher answers its calls
     * @param limits     how much it may ask for
     * @param ports      its threads and its time
     */
    Connection(Arrival arrival, AuthRules rules, Runnable known, Dispatcher dispatcher, ConnectionLimits limits,
            Ports ports) {
        Door door = arrival.door();
        Identity client = door.way().identity();
        AuthMethod method = rules.forClient(client, door.readOnly());
        // Only there can a layer be asked for: all other ways are protected by themselves.
        this.layered = method == AuthMethod.SASL && !client.isProtected()
                ? Optional.of(new SaslChannel(arrival.channel())) : Optional.empty();
        this.channel = layered.<ByteChannel>map(c -> c).orElse(arrival.channel());
        this.name = door.name();
        this.readOnly = door.readOnly();
        this.reached = door.reached();
        this.dispatcher = dispatcher;
        this.ports = ports;
        this.began = ports.timer().nanoTime();
        this.incoming = new WatchedChannel(channel, ports.timer()::nanoTime);
        this.session = new Session(this, door.refusal(), client, method, known, ports);
        this.reader = new FrameReader(incoming, session.streams()::memory);
        this.writer = new FrameWriter(channel, "writer " + name);
        this.events = new EventQueue(writer, () -> close("it left too many events unread"));
        ThreadFactory threads = Thread.ofVirtual().name("call " + name).factory();
        this.ordinary = new CallLane(threads, limits.callsAtOnce());
        this.priority = new CallLane(threads, limits.callsAtOnce());
        this.keepalive = new Keepalive(limits.keepaliveInterval(), limits.keepaliveCount());
        this.presence = new Presence(ports.waiting());
    }

    /** Reads until the connection ends, then ends all that belongs to it. */
    void run() {
        run(true);
    }

    private void run(boolean mayHandOver) {
        boolean goesOn = false;
        try {
            goesOn = read(mayHandOver && Thread.currentThread().isVirtual());
            if (!goesOn) {
                close("it has left");
            }
        } catch (ClosedChannelException e) {
            close("it was closed"); // from here; the reason has been logged
        } catch (EOFException e) {
            close(e.getMessage());
        } catch (BadFrameException e) {
            if (e.isTls()) {
                LOG.log(System.Logger.Level.WARNING, "Client " + name + " is thrown out: it speaks TLS, which this port"
                        + " is not for");
            }
            close(e.getMessage());
        } catch (IOException e) {
            close(e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "A mistake in godwitd while reading from " + name, e);
            close("of a mistake in godwitd");
        } finally {
            if (goesOn) {
                goOn();
            } else {
                session.end();
            }
        }
    }

    /**
     * Reads until the client closes the connection.
     *
     * @param virtual whether another thread should read when a guest comes through it: to wait by way of a poller for
     *                each piece of gigabytes costs more than the reading
     * @return true when one should
     */
    private boolean read(boolean virtual) throws IOException {
        Optional<Frame> message = reader.read();
        while (message.isPresent() && !closed.get()) {
            consumed = consumed + message.get().length(); // one thread writes
            keepalive.received(ports.timer().nanoTime());
            take(message.get());
            if (virtual && session.streams().haveTunnel()) {
                return true;
            }
            message = reader.read();
        }
        return false;
    }

    /** Reads on with a thread of the system's, and returns when that has come to the end. */
    private void goOn() {
        Thread bulk = ports.threads().named("reader " + name).start(() -> run(false));
        boolean interrupted = false;
        while (bulk.isAlive()) {
            try {
                bulk.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Frame message) throws IOException {
        Header header = message.header();
        switch (header.messageType()) {
            case CALL -> call(message);
            case STREAM, STREAM_HOLE -> session.streams().take(message);
            case MESSAGE -> {
                if (header.program() == Program.KEEPALIVE.number()) {
                    switch (header.procedure()) {
                        case KeepAliveProcedures.PING -> writer.writeFirst(keepaliveMessage(KeepAliveProcedures.PONG));
                        case KeepAliveProcedures.PONG -> presence.answered();
                        default -> { } // as stock daemons do
                    }
                }
            }
            // The descriptors that come behind such a message would be taken for the next one.
            case CALL_WITH_FDS -> throw new IOException("it sent file descriptors, which was not offered");
            case REPLY, REPLY_WITH_FDS, UNKNOWN -> LOG.log(System.Logger.Level.DEBUG, () -> name
                    + ": dropped " + header);
        }
    }

    private void call(Frame message) throws IOException {
        Header header = message.header();
        if (header.program() == TunnelProcedures.JOIN.program().number() && header.procedure() == TunnelProcedures.JOIN.number()) {
            // Here, so that nobody reads what comes behind it: that is the receiver's.
            answer(message);
            return;
        }
        CallLane lane = dispatcher.isPriority(header) ? priority : ordinary;
        if (!lane.submit(() -> answer(message), message.length())) {
            throw new ClosedChannelException();
        }
    }

    private void answer(Frame message) {
        dispatcher.answer(session, message);
        if (lastWords) {
            writer.close(); // returns when all is written, or when tick() has lost its patience
            close("it said good-bye");
        }
    }

    /** Looks after the connection; called about once a second. Never waits. */
    void tick() {
        long now = ports.timer().nanoTime();
        if (lastWords && now - lastWordsSince > LAST_WORDS_NANOS) {
            close("it does not read our last messages");
        } else if (incoming.received() > consumed && incoming.waitingNanos() > HALF_A_MESSAGE_NANOS) {
            close("it stopped in the middle of a message");
        } else if (!session.isOpen() && now - began > NOTHING_OPENED_NANOS) {
            close("it has opened nothing for a minute");
        } else {
            switch (keepalive.step(now)) {
                case WAIT -> { }
                case PING -> ping();
                case DEAD -> close("it does not answer keepalive");
            }
        }
    }

    private long ping() {
        long number = presence.asked();
        try {
            writer.writeFirst(keepaliveMessage(KeepAliveProcedures.PING));
        } catch (IOException e) {
            close("writing failed: " + e.getMessage());
        }
        return number;
    }

    private static Frame keepaliveMessage(int procedure) {
        return new Frame(new Header(Program.KEEPALIVE.number(), Program.VERSION, procedure, MessageType.MESSAGE, 0,
                MessageStatus.OK));
    }

    /**
     * Ends the connection. The reader then notices and ends the rest.
     *
     * @param why for the log, after "because"
     */
    void close(String why) {
        if (closed.getAndSet(true)) {
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, () -> "Connection of " + name + " ends because " + why);
        presence.end();
        ordinary.close();
        priority.close();
        events.close();
        writer.abandon();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> name + ": " + e.getMessage());
        }
    }

    /** Bytes that came so far. */
    long received() {
        return incoming.received();
    }

    @Override
    public void send(Frame message) throws IOException, InterruptedException {
        writer.write(message);
    }

    @Override
    public void sendNow(Frame message) throws IOException {
        writer.writeNow(message);
    }

    @Override
    public void sendThrough(Frame message) throws IOException, InterruptedException {
        writer.writeThrough(message);
    }

    @Override
    public void sendAndProtect(Frame message, SecurityLayer layer) throws IOException {
        SaslChannel bare = layered.orElseThrow(() -> new IllegalStateException("this way needs no layer"));
        // The client's next message comes under the layer, and it may come as soon as this one is out.
        bare.protectReading(layer);
        writer.writeThen(message, () -> bare.protectWriting(layer));
    }

    @Override
    public void sendEvent(Frame message) {
        events.add(message);
    }

    @Override
    public void startKeepalive() {
        presence.canAnswer();
        keepalive.start(ports.timer().nanoTime());
    }

    @Override
    public boolean isThere(Duration patience) {
        return !presence.mayBeAsked() || presence.await(ping(), patience);
    }

    @Override
    public void closeAfterSending() {
        lastWordsSince = ports.timer().nanoTime();
        lastWords = true;
    }

    @Override
    public Optional<InetSocketAddress> reached() {
        return reached;
    }

    @Override
    public Optional<SocketChannel> bareSocket() {
        // TLS and a layer are channels of their own, and nobody reaches a Unix socket by an address.
        return channel instanceof SocketChannel socket ? reached.map(_ -> socket) : Optional.empty();
    }

    @Override
    public boolean cameReadOnly() {
        return readOnly;
    }

    @Override
    public String toString() {
        return name;
    }
}
