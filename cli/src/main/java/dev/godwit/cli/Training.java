package dev.godwit.cli;

import dev.godwit.cli.command.Streams;
import dev.godwit.domain.DomainState;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.JobProcedures;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A run for the JDK's AOT cache (JEP 514): the commands that are used most, over a real socket, against a
 * daemon in this process that knows just enough to answer them. {@code ./build} makes the cache with it:
 * {@code java -XX:AOTCacheOutput=… dev.godwit.cli.Main --train}.
 */
final class Training {

    private static final NonnullDomain GUEST = new NonnullDomain("guest", new UUID(1, 2), 1);

    private record Reply<R>(Procedure<?, R> procedure, R value) {
        Frame to(Frame call) {
            return Frame.of(call.header().reply(MessageStatus.OK), procedure.ret(), value);
        }
    }

    private static final List<Reply<?>> REPLIES = List.of(
            new Reply<>(AuthProcedures.LIST, new AuthProcedures.ListRet(List.of(0))),
            new Reply<>(ConnectProcedures.SUPPORTS_FEATURE, new ConnectProcedures.SupportsFeatureRet(1)),
            new Reply<>(ConnectProcedures.OPEN, new Nothing()),
            new Reply<>(ConnectProcedures.CLOSE, new Nothing()),
            new Reply<>(ConnectProcedures.LIST_ALL_DOMAINS,
                    new ConnectProcedures.ListAllDomainsRet(List.of(GUEST, GUEST), 2)),
            new Reply<>(DomainProcedures.LOOKUP_BY_NAME, new DomainRet(GUEST)),
            new Reply<>(DomainProcedures.SUSPEND, new Nothing()),
            new Reply<>(DomainQueryProcedures.GET_STATE,
                    new DomainQueryProcedures.GetStateRet(DomainState.RUNNING.number(), 1)),
            new Reply<>(DomainQueryProcedures.GET_INFO,
                    new DomainQueryProcedures.GetInfoRet(1, 1 << 20, 1 << 20, 1, 1)),
            new Reply<>(DomainQueryProcedures.GET_OS_TYPE, new DomainQueryProcedures.GetOsTypeRet("hvm")),
            new Reply<>(DomainQueryProcedures.IS_PERSISTENT, new DomainQueryProcedures.IsPersistentRet(1)),
            new Reply<>(DomainQueryProcedures.GET_AUTOSTART, new DomainQueryProcedures.GetAutostartRet(0)),
            new Reply<>(DomainQueryProcedures.GET_AUTOSTART_ONCE, new DomainQueryProcedures.GetAutostartOnceRet(0)),
            new Reply<>(DomainQueryProcedures.HAS_MANAGED_SAVE_IMAGE,
                    new DomainQueryProcedures.HasManagedSaveImageRet(0)),
            new Reply<>(DomainQueryProcedures.GET_MESSAGES, new DomainQueryProcedures.GetMessagesRet(List.of())),
            new Reply<>(DomainQueryProcedures.GET_XML_DESC, new DomainQueryProcedures.GetXmlDescRet(
                    "<domain><name>guest</name><devices><disk type='file'><source file='/disk'/>"
                            + "<target dev='vda'/></disk></devices></domain>")),
            new Reply<>(JobProcedures.GET_JOB_STATS, new JobProcedures.GetJobStatsRet(0, List.of())),
            new Reply<>(MigrationProcedures.BEGIN, new MigrationProcedures.BeginRet(Opaque.empty(), "<domain/>")),
            new Reply<>(MigrationProcedures.PREPARE,
                    new MigrationProcedures.PrepareRet(Opaque.empty(), Optional.of("tcp:127.0.0.1:49152"))),
            new Reply<>(MigrationProcedures.PERFORM, new MigrationProcedures.PerformRet(Opaque.empty())),
            new Reply<>(MigrationProcedures.FINISH, new MigrationProcedures.FinishRet(GUEST, Opaque.empty())),
            new Reply<>(MigrationProcedures.CONFIRM, new Nothing()));

    /** Over the Unix socket, each on a connection of its own. */
    private static final List<List<String>> COMMANDS = List.of(
            List.of("list"), List.of("list", "--all", "--output", "json"), List.of("dominfo", "guest"),
            List.of("domstate", "guest", "--reason"), List.of("suspend", "guest"), List.of("dumpxml", "guest"),
            List.of("domblklist", "guest"), List.of("domjobinfo", "guest"), List.of("migrate", "--help"),
            List.of("help"));

    private Training() {}

    /**
     * Trains.
     *
     * @param streams gets nothing but what goes wrong
     * @return the exit code: 1 if a command did not do what it should
     */
    static int run(Streams streams) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Streams quiet = new Streams(streams.in(), nowhere, nowhere, streams.inTerminal(), streams.outTerminal(),
                streams.errTerminal());
        Path socket = Path.of(System.getProperty("java.io.tmpdir"),
                "godwit-train-" + ProcessHandle.current().pid() + ".sock");
        try (ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ServerSocketChannel tcp = ServerSocketChannel.open()) {
            unix.bind(UnixDomainSocketAddress.of(socket));
            serve(unix);
            String uri = "qemu+unix:///system?socket=" + socket;
            for (List<String> command : COMMANDS) {
                run(quiet, words("-q", uri, command));
            }
            Main.program(quiet, Map.of()).run(List.of("no-such-command"));
            tcp.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            serve(tcp);
            String peer = "qemu+tcp://localhost:" + ((InetSocketAddress) tcp.getLocalAddress()).getPort() + "/system";
            run(quiet, words("-q", peer, List.of("migrate", "--live", "guest", peer)));
            run(quiet, words("--keepalive-count=6", peer,
                    List.of("migrate", "--live", "--verbose", "--p2p", "guest", "qemu+tcp://kvm7/system")));
            return 0;
        } catch (IOException e) {
            streams.err().print("error: Cannot train: " + e.getMessage() + "\n");
            streams.err().flush();
            return 1;
        } finally {
            try {
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                // A file of no size in the folder for such files.
            }
        }
    }

    /** Commands that fail would leave a cache of half the way. */
    private static void run(Streams streams, List<String> words) throws IOException {
        if (Main.program(streams, Map.of()).run(words) != 0) {
            throw new IOException("'" + String.join(" ", words) + "' failed");
        }
    }

    private static List<String> words(String option, String uri, List<String> command) {
        List<String> words = new ArrayList<>(List.of(option, "-c", uri));
        words.addAll(command);
        return words;
    }

    private static void serve(ServerSocketChannel server) {
        Thread.ofPlatform().daemon().start(() -> {
            while (server.isOpen()) {
                try {
                    SocketChannel channel = server.accept();
                    // A migration has two connections at a time.
                    Thread.ofPlatform().daemon().start(() -> converse(channel));
                } catch (IOException e) {
                    // The server is closed, or a client gone before it was let in.
                }
            }
        });
    }

    private static void converse(SocketChannel channel) {
        FrameReader reader = new FrameReader(channel);
        try (channel; FrameWriter writer = new FrameWriter(channel, "training")) {
            Optional<Frame> call = reader.read();
            while (call.isPresent()) {
                writer.writeNow(answer(call.get()));
                if (call.get().header().procedure() == ConnectProcedures.CLOSE.number()) {
                    return;
                }
                call = reader.read();
            }
        } catch (IOException e) {
            // The client is gone.
        }
    }

    private static Frame answer(Frame call) {
        return REPLIES.stream().filter(reply -> reply.procedure().number() == call.header().procedure())
                .findFirst().map(reply -> reply.to(call))
                .orElseGet(() -> Frame.of(call.header().reply(MessageStatus.ERROR), XdrCodec.of(RemoteError.class),
                        RemoteError.of(39, 7, "unknown procedure: " + call.header().procedure())));
    }
}
