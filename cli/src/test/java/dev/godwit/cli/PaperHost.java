package dev.godwit.cli;

import dev.godwit.client.Connection;
import dev.godwit.client.dial.Dialer;
import dev.godwit.cli.command.Settings;
import dev.godwit.cli.command.Streams;
import dev.godwit.domain.ConnectUri;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A host that answers what a test writes down for it, and the program that talks to it. */
final class PaperHost implements AutoCloseable {

    /** What a run of the program left behind. */
    record Run(int status, String out, String err) {}

    /** What the host says instead of an answer. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int code;
        private final int domain;

        Refusal(int code, int domain, String message) {
            super(message);
            this.code = code;
            this.domain = domain;
        }
    }

    private final ServerSocketChannel server;
    private record Key(int program, int procedure) {}

    private final Map<Key, Function<Frame, Frame>> answers = new ConcurrentHashMap<>();
    private final Map<String, PaperHost> others = new ConcurrentHashMap<>();
    private final List<Integer> procedures = new CopyOnWriteArrayList<>();
    private String input = "";

    PaperHost() {
        try {
            server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        on(AuthProcedures.LIST, args -> new AuthProcedures.ListRet(List.of(0)));
        on(ConnectProcedures.SUPPORTS_FEATURE, args -> new ConnectProcedures.SupportsFeatureRet(1));
        on(ConnectProcedures.OPEN, args -> new Nothing());
        on(ConnectProcedures.CLOSE, args -> new Nothing());
        Thread.ofVirtual().start(this::serve);
    }

    <A, R> PaperHost on(Procedure<A, R> procedure, Function<A, R> answer) {
        answers.put(new Key(procedure.program().number(), procedure.number()), call -> Frame.of(call.header().reply(MessageStatus.OK), procedure.ret(),
                answer.apply(procedure.args().decodeAll(call.payload()))));
        return this;
    }

    /** Whom the program will find under another URI. */
    PaperHost at(String uri, PaperHost other) {
        others.put(uri, other);
        return this;
    }

    /** What the program will find on its standard input. */
    PaperHost input(String text) {
        input = text;
        return this;
    }

    private void serve() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Thread.ofVirtual().start(() -> converse(channel));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void converse(SocketChannel channel) {
        try (channel; FrameWriter writer = new FrameWriter(channel, "paper")) {
            FrameReader reader = new FrameReader(channel);
            Optional<Frame> call = reader.read();
            while (call.isPresent()) {
                if (call.get().header().program() == Program.REMOTE.number()) {
                    procedures.add(call.get().header().procedure());
                }
                writer.writeNow(answer(call.get()));
                call = reader.read();
            }
        } catch (IOException | UncheckedIOException e) {
            // The program went away, or the test wants the connection to.
        }
    }

    private Frame answer(Frame call) {
        try {
            Key key = new Key(call.header().program(), call.header().procedure());
            return answers.getOrDefault(key, unknown -> {
                throw new Refusal(39, 7, answers.keySet().stream().anyMatch(known -> known.program == key.program)
                        ? "unknown procedure: " + key.procedure : "Cannot find program " + key.program + " version 1");
            }).apply(call);
        } catch (Refusal e) {
            return Frame.of(call.header().reply(MessageStatus.ERROR), XdrCodec.of(RemoteError.class),
                    RemoteError.of(e.code, e.domain, e.getMessage()));
        }
    }

    /** The procedures that were called after the connection was opened. */
    List<Integer> procedures() {
        return procedures.stream().filter(number -> !List.of(66, 60, 1, 2).contains(number)).toList();
    }

    /** Runs the program with these words. */
    Run run(String... words) {
        return run(Map.of(), words);
    }

    /** Runs the program in an environment. */
    Run run(Map<String, String> environment, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Streams streams = new Streams(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), outStream,
                new PrintStream(err, true, StandardCharsets.UTF_8), () -> false, () -> false, () -> false);
        int status = new dev.godwit.cli.Program(streams, environment, this::connect).run(List.of(words));
        outStream.flush();
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Connection connect(String uri, Settings settings) {
        Dialer dialer = () -> SocketChannel.open(others.getOrDefault(uri, this).server.getLocalAddress());
        return Connection.open(dialer, ConnectUri.parse(uri), settings.connect());
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
