package dev.godwit.client;

import dev.godwit.client.dial.Dialer;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.Waiting;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.ConnectEvents;
import dev.godwit.wire.remote.ConnectFlags;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.Feature;
import dev.godwit.wire.remote.FirstMessages;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.rpc.ConnectionLostException;
import dev.godwit.wire.rpc.RemoteErrorException;
import dev.godwit.wire.rpc.RpcClient;
import dev.godwit.wire.rpc.RpcListener;
import dev.godwit.wire.rpc.Threads;
import dev.godwit.wire.rpc.Timer;
import dev.godwit.wire.sasl.SaslChannel;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A conversation with the daemon of one host, Godwit's or libvirt's.
 *
 * {@snippet :
 * try (Connection kvm7 = Connection.open("qemu+tcp://kvm7/system")) {
 *     kvm7.domains().byName("web1").suspend();
 * }
 * }
 *
 * <p>Any number of threads may use it at once. Calls block; a thread that is interrupted stops waiting and
 * gets {@code OPERATION_ABORTED} with its interrupt flag set, and whether the host has carried out the
 * call is then not known. What the host refuses comes as {@link VirtException} with its words and its
 * name; when the connection is gone, {@link LostConnectionException}.
 */
public final class Connection implements AutoCloseable {

    /** How long a daemon may take to say goodbye before the socket is closed anyway. */
    private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long the first questions may remain unanswered; a host that failed in between would never answer them. */
    private static final Duration FIRST_ANSWERS = Duration.ofSeconds(30);

    private final ConnectUri uri;
    private final String peer;
    private final Supplier<ByteChannel> redial;
    private final Ports ports;
    private final Timer timer;
    private final RpcClient rpc;
    private final Events events = new Events(this);
    private final Domains domains = new Domains(this);
    private final RemoteHost host = new RemoteHost(this);
    private final Resolution resolution = new Resolution(this);
    private volatile String openedUri = "";
    private volatile boolean watchesHost;

    private Connection(ByteChannel channel, Supplier<ByteChannel> redial, ConnectUri uri, Ports ports) {
        this.uri = uri;
        this.redial = redial;
        this.peer = uri.host().orElse("localhost");
        this.ports = ports;
        this.timer = ports.timers().apply(peer + " timer");
        this.rpc = new RpcClient(channel, peer, ports.threads(), timer, new Listener());
    }

    /**
     * Opens a connection.
     *
     * @param uri as {@code qemu:///system} or {@code qemu+tcp://host/system}, or an alias of {@code libvirt.conf}; empty
     *            for {@code LIBVIRT_DEFAULT_URI}, {@code uri_default}, or whatever this machine has
     * @return the connection, to be closed
     * @throws VirtException if the URI cannot be read or served, the host not be reached, or it refuses
     */
    public static Connection open(String uri) {
        return open(ClientConfig.ofThisProcess().resolve(uri), ConnectOptions.DEFAULT);
    }

    /**
     * Opens a connection.
     *
     * @param uri     where to
     * @param options how
     * @return the connection, to be closed
     * @throws VirtException if the URI cannot be served, the host not be reached, or it refuses
     */
    public static Connection open(ConnectUri uri, ConnectOptions options) {
        return over(() -> Reach.dial(uri, options), uri, options, Ports.REAL);
    }

    /**
     * Opens a connection through something that connects. For daemons and tests, which bring their own.
     *
     * @param dialer  connects
     * @param uri     what to open there
     * @param options how
     * @return the connection, to be closed
     * @throws VirtException if the host cannot be reached, or it refuses
     */
    public static Connection open(Dialer dialer, ConnectUri uri, ConnectOptions options) {
        return open(dialer, uri, options, Ports.REAL);
    }

    /**
     * Opens a connection through something that connects, in a world of its own. For simulations.
     *
     * @param dialer  connects
     * @param uri     what to open there
     * @param options how
     * @param ports   its threads and its time
     * @return the connection, to be closed
     * @throws VirtException if the host cannot be reached, or it refuses
     */
    public static Connection open(Dialer dialer, ConnectUri uri, ConnectOptions options, Ports ports) {
        return over(() -> Reach.dial(dialer, uri), uri, options, ports);
    }

    private static Connection over(Supplier<ByteChannel> dial, ConnectUri uri, ConnectOptions options, Ports ports) {
        ByteChannel channel = dial.get();
        // Where others can read along, authentication may have to see to it that they cannot any more.
        Optional<SaslChannel> readable = switch (uri.effectiveTransport()) {
            case TCP, EXT -> Optional.of(new SaslChannel(channel));
            case UNIX, TLS, SSH, LIBSSH, LIBSSH2 -> Optional.empty();
        };
        Connection connection = new Connection(readable.<ByteChannel>map(c -> c).orElse(channel), dial, uri, ports);
        try {
            connection.start(readable, options);
            return connection;
        } catch (LostConnectionException e) {
            connection.hangUp();
            throw Reach.atTheStart(uri, e);
        } catch (RuntimeException e) {
            connection.hangUp();
            throw e;
        }
    }

    /**
     * Has the JDK do what it does once before the first socket of its kind, which is to read a good part of its settings
     * for security, and has the host looked up. For programs that live for one call and have something else to do meanwhile; everybody else can do
     * without. Never fails: what is wrong shows when the connection is opened.
     *
     * @param uri what will be opened, as a user wrote it
     */
    public static void prepareSockets(String uri) {
        Reach.prepare(uri);
    }

    /**
     * Lays out some first messages, which otherwise happens when they are first sent or received, and more slowly. For
     * programs that live for one call; everybody else can do without.
     */
    public static void layOutAhead() {
        FirstMessages.repeat();
        AuthProcedures.LIST.ret();
        ConnectProcedures.SUPPORTS_FEATURE.args();
        ConnectProcedures.SUPPORTS_FEATURE.ret();
        ConnectProcedures.OPEN.args();
        ConnectProcedures.LIST_ALL_DOMAINS.args();
        ConnectProcedures.LIST_ALL_DOMAINS.ret();
        DomainQueryProcedures.GET_STATE.args();
        DomainQueryProcedures.GET_STATE.ret();
    }

    /** The order in which stock clients begin (remote protocol, from procedure 66 to procedure 1). */
    private void start(Optional<SaslChannel> readable, ConnectOptions options) {
        Authentication.authenticate(this, readable, uri, options);
        if (soon(() -> supports(Feature.PROGRAM_KEEPALIVE))) {
            rpc.startKeepAlive(options.keepaliveInterval(), options.keepaliveCount());
        }
        call(ConnectProcedures.OPEN, new ConnectProcedures.OpenArgs(
                Optional.of(uri.remoteName()), options.readOnly() ? ConnectFlags.READ_ONLY : 0));
    }

    /** Makes a call that nobody has to think about at the other end, and over which keepalive does not watch yet. */
    <T> T soon(Supplier<T> call) {
        Timer.Alarm impatience = afterFirstAnswers(() -> rpc.giveUp(
                "The other side has not answered within " + FIRST_ANSWERS.toSeconds() + " s"));
        try {
            return call.get();
        } finally {
            impatience.cancel();
        }
    }

    /** Sets an alarm for when the answer to a first call, over this connection or another to the same host, is overdue. */
    Timer.Alarm afterFirstAnswers(Runnable impatience) {
        return timer.after(FIRST_ANSWERS, impatience);
    }

    /** Who is at the other end, as the URI calls it; {@code localhost} on this machine. */
    public String peer() {
        return peer;
    }

    /** What was opened: the URI that was given, or what the host says where none was (procedure 110). */
    public String uri() {
        if (!uri.isAny()) {
            return uri.toString();
        }
        if (openedUri.isEmpty()) {
            openedUri = call(ConnectProcedures.GET_URI, new Nothing()).uri();
        }
        return openedUri;
    }

    /** Makes threads of the connection's kind, for those who have something done while they wait for a call. */
    public Threads threads() {
        return ports.threads();
    }

    /** How those who call wait for a time. */
    public Waiting waiting() {
        return ports.waiting();
    }

    /** The guests of this host. */
    public Domains domains() {
        return domains;
    }

    /** This host. */
    public RemoteHost host() {
        return host;
    }

    /** What became of migrations that nobody drives any more. */
    public Resolution resolution() {
        return resolution;
    }

    /** What happens to the guests of this host. */
    public Events events() {
        return events;
    }

    /**
     * Whether the host can do something (procedure 60).
     *
     * @param feature what
     */
    public boolean supports(Feature feature) {
        return call(ConnectProcedures.SUPPORTS_FEATURE,
                new ConnectProcedures.SupportsFeatureArgs(feature.number())).supported() != 0;
    }

    /**
     * Calls a procedure and waits for its answer. All that is offered elsewhere goes through here.
     *
     * @param procedure which
     * @param args      its arguments
     * @return its answer
     * @throws VirtException if the host refuses, the connection is lost or the thread is interrupted
     */
    public <A, R> R call(Procedure<A, R> procedure, A args) {
        return attempt(procedure, () -> rpc.call(procedure, args));
    }

    /**
     * Sends a call and does not wait for its answer, so that more can be sent meanwhile: any number of calls then takes
     * little longer than one. The host answers in what order it likes.
     *
     * @param procedure which, one that opens no stream
     * @param args      its arguments
     * @return waits for the answer and gives it; throws as {@link #call} does, once it is asked
     * @throws VirtException if the connection is lost or the thread is interrupted
     */
    public <A, R> Supplier<R> send(Procedure<A, R> procedure, A args) {
        RpcClient.Outstanding<R> pending = attempt(procedure, () -> rpc.send(procedure, args));
        return () -> attempt(procedure, pending::get);
    }

    /**
     * Calls a procedure whose answer must be known, whatever happens to this thread. An interrupt is kept
     * for later.
     *
     * @param procedure which
     * @param args      its arguments
     * @return its answer
     * @throws VirtException if the host refuses or the connection is lost
     */
    public <A, R> R callToTheEnd(Procedure<A, R> procedure, A args) {
        return attempt(procedure, () -> rpc.callToTheEnd(procedure, args));
    }

    private <R> R toTheEnd(Callable<R> call) {
        boolean interrupted = Thread.interrupted();
        Pending<R> task = Pending.start(Thread.ofVirtual().name(peer + " call"), ports.waiting(), call);
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException refusal ? refusal : new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Calls a procedure that opens a stream in both directions.
     *
     * @param procedure which
     * @param args      its arguments
     * @return the stream as a channel; closing it ends the stream
     * @throws VirtException if the host refuses, the connection is lost or the thread is interrupted
     */
    public <A, R> ByteChannel openStream(Procedure<A, R> procedure, A args) {
        return new StreamChannel(peer, attempt(procedure, () -> rpc.open(procedure, args)).stream());
    }

    /**
     * What a call that opens a tunnel gives.
     *
     * @param result its answer
     * @param tunnel the way into what the call has opened at the host
     * @param <R>    the answer's type
     */
    public record Tunnelled<R>(R result, Tunnel tunnel) {}

    /**
     * Calls a procedure that opens a stream in which the client sends. Its answer is waited for, whatever happens to
     * this thread; an interrupt is kept for later. A host that can say how much it takes is asked to.
     *
     * @param procedure which
     * @param args      its arguments
     * @return its answer and the sending end, to be finished or closed
     * @throws VirtException if the host refuses or the connection is lost
     */
    public <A, R> Tunnelled<R> openTunnel(Procedure<A, R> procedure, A args) {
        boolean onCredit = supports(Feature.STREAM_CREDIT);
        RpcClient.Opened<R> opened = toTheEnd(() -> attempt(procedure,
                () -> onCredit ? rpc.openOnCredit(procedure, args) : rpc.open(procedure, args)));
        // One of ours may give the tunnel a connection of its own; with a stock daemon the guest goes through this one.
        Optional<SocketChannel> own = onCredit && uri.effectiveTransport() == ConnectUri.Transport.TCP
                ? TunnelConnection.open(this, redial) : Optional.empty();
        return new Tunnelled<>(opened.result(), new StreamTunnel(peer, opened.stream(), own));
    }

    private <T> T attempt(Procedure<?, ?> procedure, Callable<T> call) {
        try {
            return call.call();
        } catch (RemoteErrorException e) {
            throw refusal(e.error(), procedure.apiName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.REMOTE,
                    "interrupted while waiting for the answer to " + procedure.apiName(), e).at(peer);
        } catch (IOException e) {
            throw lost(e);
        } catch (XdrException e) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.REMOTE,
                    "arguments of " + procedure.apiName() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private VirtException refusal(RemoteError error, String apiName) {
        return Refusals.translated(error.code(), error.domain(), error.text(), apiName).at(peer);
    }

    private LostConnectionException lost(IOException e) {
        return new LostConnectionException(peer, "Lost the connection to " + peer + ": " + e.getMessage(), e);
    }

    /**
     * Asks to be told when a daemon between this one and the host loses that host (procedure 360); this connection
     * then ends. Does nothing where the daemon cannot tell. Stock sources do this before a peer-to-peer migration.
     */
    public void watchHost() {
        if (supports(Feature.REMOTE_CLOSE_CALLBACK)) {
            call(ConnectProcedures.REGISTER_CLOSE_CALLBACK, new Nothing());
            watchesHost = true;
        }
    }

    /** Why this connection has ended; empty while it stands. */
    public Optional<End> ended() {
        return rpc.loss().map(loss -> switch (loss.reason()) {
            case ERROR -> End.ERROR;
            case END_OF_FILE -> End.END_OF_FILE;
            case KEEPALIVE -> End.KEEPALIVE;
            case CLIENT -> End.CLOSED;
        });
    }

    /** How a connection ends. */
    public enum End {
        /** It broke. */
        ERROR,
        /** The host closed it. */
        END_OF_FILE,
        /** The host did not answer any more. */
        KEEPALIVE,
        /** It was closed here. */
        CLOSED
    }

    /** Says goodbye (procedure 2) and closes. Never fails; does nothing to a connection that has ended. */
    @Override
    public void close() {
        if (rpc.loss().isEmpty()) {
            boolean interrupted = Thread.interrupted();
            Pending<Nothing> goodbye =
                    Pending.start(ports.threads().named(peer + " goodbye"), ports.waiting(), this::sayGoodbye);
            try {
                // However it goes, the connection is closed then, which means the same to the daemon.
                goodbye.await(GOODBYE_NANOS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        hangUp();
    }

    private Nothing sayGoodbye() throws IOException, RemoteErrorException, InterruptedException {
        if (watchesHost) {
            rpc.call(ConnectProcedures.UNREGISTER_CLOSE_CALLBACK, new Nothing());
        }
        return rpc.call(ConnectProcedures.CLOSE, new Nothing());
    }

    private void hangUp() {
        rpc.close();
        timer.close();
    }

    /** Hears what the host says unasked. */
    private final class Listener implements RpcListener {

        @Override
        public void event(Frame frame) {
            if (frame.header().program() != Program.REMOTE.number()) {
                return;
            }
            if (frame.header().procedure() == ConnectEvents.CONNECTION_CLOSED.number()) {
                rpc.close();
                return;
            }
            for (EventKind kind : EventKind.values()) {
                if (kind.wire().event().number() == frame.header().procedure()) {
                    deliver(kind.wire(), frame);
                    return;
                }
            }
        }

        private <M extends dev.godwit.wire.remote.DomainEvent> void deliver(EventKind.Wire<M> wire, Frame frame) {
            XdrCodec<M> codec = wire.event().codec();
            events.received(codec.decode(frame.payload()));
        }

        @Override
        public void closed(ConnectionLostException loss) {
            events.ended(lost(loss));
        }
    }
}
