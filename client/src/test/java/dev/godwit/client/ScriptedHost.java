package dev.godwit.client;

import dev.godwit.client.dial.Dialer;
import dev.godwit.domain.ConnectUri;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Event;
import dev.godwit.wire.remote.Feature;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A host that answers what a test tells it to, over a real socket. Every call has a thread of its own. */
public final class ScriptedHost implements AutoCloseable {

    /** A call as it arrived. */
    public record Call(Header header, ByteBuffer body) {}

    /** What a host says instead of an answer. */
    public static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient RemoteError error;

        public Refusal(int code, int domain, String message) {
            super(message);
            this.error = RemoteError.of(code, domain, message);
        }
    }

    private interface Answer {
        Frame to(Frame call);
    }

    private final ServerSocketChannel server;
    private record Key(int program, int procedure) {}

    private final Map<Key, Answer> answers = new ConcurrentHashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile SocketChannel channel;
    private volatile FrameWriter writer;

    public ScriptedHost() {
        try {
            server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        on(AuthProcedures.LIST, args -> new AuthProcedures.ListRet(List.of(0)));
        // As a stock daemon does, which knows all of libvirt's features and none of ours.
        on(ConnectProcedures.SUPPORTS_FEATURE, args -> new ConnectProcedures.SupportsFeatureRet(
                args.feature() == Feature.STREAM_CREDIT.number() ? 0 : 1));
        on(ConnectProcedures.OPEN, args -> new Nothing());
        on(ConnectProcedures.CLOSE, args -> new Nothing());
        Thread.ofVirtual().start(this::accept);
    }

    /** Says how a procedure is answered. */
    public <A, R> ScriptedHost on(Procedure<A, R> procedure, Function<A, R> answer) {
        answers.put(new Key(procedure.program().number(), procedure.number()), call -> Frame.of(call.header().reply(MessageStatus.OK), procedure.ret(),
                answer.apply(procedure.args().decodeAll(call.payload()))));
        return this;
    }

    /** Answers a procedure with bytes as they are. */
    public ScriptedHost onRaw(int procedure, Function<ByteBuffer, ByteBuffer> answer) {
        answers.put(new Key(Program.REMOTE.number(), procedure),
                call -> new Frame(call.header().reply(MessageStatus.OK), answer.apply(call.payload())));
        return this;
    }

    private void accept() {
        try {
            channel = server.accept();
            FrameReader reader = new FrameReader(channel);
            writer = new FrameWriter(channel, "scripted");
            Optional<Frame> frame = reader.read();
            while (frame.isPresent()) {
                Frame call = frame.get();
                calls.add(new Call(call.header(), call.payload()));
                if (call.header().messageType() == MessageType.STREAM) {
                    stream(call);
                } else {
                    Thread.ofVirtual().start(() -> answer(call));
                }
                frame = reader.read();
            }
        } catch (IOException e) {
            // The client went away, or the test did.
        }
    }

    /** The end of what a client sends is answered by the end of the stream, as is an abort. */
    private void stream(Frame message) {
        if (message.header().messageStatus() != MessageStatus.CONTINUE) {
            send(new Frame(message.header().stream(MessageStatus.OK)));
        }
    }

    private void answer(Frame call) {
        Frame reply;
        try {
            Answer answer = answers.get(new Key(call.header().program(), call.header().procedure()));
            if (answer == null && answers.keySet().stream().noneMatch(key -> key.program == call.header().program())) {
                throw new Refusal(39, 7, "Cannot find program " + call.header().program() + " version 1");
            } else if (answer == null) {
                throw new Refusal(39, 7, "unknown procedure: " + call.header().procedure());
            }
            reply = answer.to(call);
        } catch (Refusal e) {
            reply = Frame.of(call.header().reply(MessageStatus.ERROR), XdrCodec.of(RemoteError.class), e.error);
        }
        send(reply);
    }

    private void send(Frame frame) {
        try {
            writer.writeNow(frame);
        } catch (IOException e) {
            // As above.
        }
    }

    /** Sends an event. */
    public <T> void tell(Event<T> event, T body) {
        send(Frame.of(event.header(), event.codec(), body));
    }

    /** The calls so far. */
    public List<Call> calls() {
        return calls;
    }

    /** The numbers of the procedures that were called so far. */
    public List<Integer> procedures() {
        return calls.stream().map(call -> call.header().procedure()).toList();
    }

    public Dialer dialer() {
        return () -> SocketChannel.open(server.getLocalAddress());
    }

    /** A connection to this host. */
    public Connection connect() {
        return Connection.open(dialer(), ConnectUri.parse("qemu+tcp://scripted/system"), ConnectOptions.DEFAULT);
    }

    /** Cuts the connection. */
    public void cut() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            if (channel != null) {
                channel.close();
            }
            if (writer != null) {
                writer.abandon();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
