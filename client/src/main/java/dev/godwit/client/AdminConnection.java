package dev.godwit.client;

import dev.godwit.client.dial.UnixDialer;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AdminProcedures;
import dev.godwit.wire.remote.AdminProcedures.NonnullServer;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.rpc.ConnectionLostException;
import dev.godwit.wire.rpc.RemoteErrorException;
import dev.godwit.wire.rpc.RpcClient;
import dev.godwit.wire.rpc.RpcListener;
import dev.godwit.wire.rpc.Threads;
import dev.godwit.wire.rpc.Timer;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;

/** A conversation with a daemon about itself, Godwit's or libvirt's, on its socket for administration. */
public final class AdminConnection implements AutoCloseable {

    /** The server that serves guests, in both daemons. */
    private static final NonnullServer SERVER = new NonnullServer("libvirtd");

    private final Path socket;
    private final Timer timer = Timer.real("admin timer", Threads.PLATFORM);
    private final RpcClient rpc;

    private AdminConnection(Path socket, ByteChannel channel) {
        this.socket = socket;
        this.rpc = new RpcClient(channel, "admin", Threads.PLATFORM, timer, new Deaf());
    }

    /**
     * Opens a conversation.
     *
     * @param socket the daemon's {@code libvirt-admin-sock}
     * @return the conversation, to be closed
     * @throws VirtException if nobody answers there, or not to this user
     */
    public static AdminConnection open(Path socket) {
        AdminConnection connection;
        try {
            connection = new AdminConnection(socket, new UnixDialer(socket).dial());
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC,
                    "Failed to connect socket to '" + socket + "': " + e.getMessage());
        }
        try {
            connection.call(AdminProcedures.OPEN, new AdminProcedures.OpenArgs(0));
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Has the daemon read its certificates for TLS again (administration, procedure 18); godwitd reads its access
     * policy again as well.
     *
     * @throws VirtException if one of the files cannot be used; the daemon goes on with what it has
     */
    public void reloadTls() {
        call(AdminProcedures.UPDATE_TLS_FILES, new AdminProcedures.UpdateTlsFilesArgs(SERVER, 0));
    }

    private <A, R> R call(Procedure<A, R> procedure, A args) {
        try {
            return rpc.call(procedure, args);
        } catch (RemoteErrorException e) {
            throw Refusals.translated(e.error().code(), e.error().domain(), e.error().text(), procedure.apiName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.REMOTE,
                    "interrupted while waiting for the answer to " + procedure.apiName(), e);
        } catch (IOException e) {
            throw new LostConnectionException("localhost", "Lost the connection to " + socket + ": " + e.getMessage(), e);
        }
    }

    /** Ends the conversation. Never fails. */
    @Override
    public void close() {
        rpc.close();
        timer.close();
    }

    /** There are no events about a daemon that anybody asked for. */
    private static final class Deaf implements RpcListener {
        @Override
        public void event(dev.godwit.wire.frame.Frame frame) {
            // Dropped.
        }

        @Override
        public void closed(ConnectionLostException loss) {
            // Whoever calls next learns it.
        }
    }
}
