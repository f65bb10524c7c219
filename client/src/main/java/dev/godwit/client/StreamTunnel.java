package dev.godwit.client;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import dev.godwit.wire.rpc.RemoteErrorException;
import dev.godwit.wire.rpc.RpcStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A tunnel whose receiver is at the far end of a connection: the sending end of a stream of the remote protocol. */
final class StreamTunnel implements Tunnel {

    private final String peer;
    private final RpcStream stream;
    private final Optional<SocketChannel> connection;

    /**
     * The sending end.
     *
     * @param peer       who is at the other end, for messages
     * @param stream     takes what is sent
     * @param connection where a hypervisor may send instead
     */
    StreamTunnel(String peer, RpcStream stream, Optional<SocketChannel> connection) {
        this.peer = peer;
        this.stream = stream;
        this.connection = connection;
    }

    @Override
    public Optional<SocketChannel> connection() {
        return connection;
    }

    @Override
    public void send(ByteBuffer bytes) {
        step(() -> stream.sendHere(bytes));
    }

    @Override
    public void finish() {
        step(stream::finish);
    }

    private interface Step {
        void run() throws IOException, RemoteErrorException, InterruptedException;
    }

    private void step(Step step) {
        try {
            step.run();
        } catch (RemoteErrorException e) {
            throw VirtException.received(e.error().code(), e.error().domain(), e.error().text()).at(peer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.STREAMS,
                    "interrupted while sending to " + peer, e).at(peer);
        } catch (IOException e) {
            throw new LostConnectionException(peer, "Lost the connection to " + peer + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        stream.close();
        connection.ifPresent(TunnelConnection::close);
    }
}
