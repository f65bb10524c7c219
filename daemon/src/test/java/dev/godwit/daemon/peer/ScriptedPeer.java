package dev.godwit.daemon.peer;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.daemon.access.AuthRules;
import dev.godwit.daemon.net.Admission;
import dev.godwit.daemon.net.ConnectionLimits;
import dev.godwit.daemon.net.Server;
import dev.godwit.daemon.net.TcpListener;
import dev.godwit.daemon.rpc.Dispatcher;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Ports;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.Procedure;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A daemon that has the procedures that a test gives it, and without those of our own program is a stock one. */
final class ScriptedPeer implements AutoCloseable {

    /** What was called, by name and argument, apart from what begins and ends every connection. */
    final List<Object> calls = new CopyOnWriteArrayList<>();
    private final Handlers handlers = new Handlers();
    private final Ports ports = Ports.real();
    private Server server;

    ScriptedPeer() {
        handlers.beforeLogin(AuthProcedures.LIST, (_, _) -> new AuthProcedures.ListRet(List.of()));
        handlers.beforeOpen(ConnectProcedures.SUPPORTS_FEATURE, (_, _) -> new ConnectProcedures.SupportsFeatureRet(0));
        handlers.beforeOpen(ConnectProcedures.OPEN, (_, _) -> Nothing.NOTHING);
        handlers.beforeOpen(ConnectProcedures.CLOSE, (_, _) -> Nothing.NOTHING);
    }

    <A, R> ScriptedPeer on(Procedure<A, R> procedure, Function<A, R> answer) {
        handlers.beforeOpen(procedure, (_, args) -> {
            calls.add(args);
            return answer.apply(args);
        });
        return this;
    }

    ScriptedPeer start() throws Exception {
        server = new Server(List.of(TcpListener.on("127.0.0.1", 0, "tcp_port", 10)), new Admission(10, 10),
                AuthRules.NONE, new Dispatcher(handlers), new ConnectionLimits(5, -1, 0), ports);
        server.start();
        return this;
    }

    /** Opens whatever URI is asked for here. */
    Connection open(ConnectUri uri) {
        int port = ((InetSocketAddress) server.listeners().getFirst().address()).getPort();
        return Connection.open(() -> SocketChannel.open(new InetSocketAddress("127.0.0.1", port)), uri,
                ConnectOptions.DEFAULT);
    }

    static VirtException refusal(ErrorCode code, String detail) {
        return new VirtException(code, ErrorDomain.QEMU, detail);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        ports.timer().close();
    }
}
