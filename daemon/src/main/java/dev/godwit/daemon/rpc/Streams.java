package dev.godwit.daemon.rpc;

import dev.godwit.driver.Tunnel;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageType;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The open streams of one connection. A stream has the program, procedure and serial of the call that opened it. */
public final class Streams {

    private record Key(int program, int procedure, int serial) {
        static Key of(Header header) {
            return new Key(header.program(), header.procedure(), header.serial());
        }
    }

    private final Peer peer;
    private final Ports ports;
    private final Map<Key, OpenStream> open = new ConcurrentHashMap<>();
    private boolean closed;
    private volatile boolean onCredit;

    Streams(Peer peer, Ports ports) {
        this.peer = peer;
        this.ports = ports;
    }

    /**
     * Makes a stream of a call. From now on it takes the client's data; its own goes out once it is started.
     *
     * @param call   the call's header
     * @param device what the stream carries
     * @return the stream, to be started after the call's reply
     */
    OpenStream open(Header call, ByteChannel device) {
        Key key = Key.of(call);
        return opened(key, new ServerStream(peer, call, device, ports.waiting(), () -> open.remove(key)));
    }

    /**
     * Makes a stream of a call, into a receiver.
     *
     * @param call   the call's header
     * @param tunnel the way into the receiver
     * @return the stream, to be started after the call's reply
     */
    OpenStream open(Header call, Tunnel tunnel) {
        Key key = Key.of(call);
        return opened(key, new TunnelStream(peer, call, tunnel, onCredit, ports,
                () -> open.remove(key)));
    }

    /** The client knows {@link dev.godwit.wire.remote.StreamCredit}: the tunnels that it opens from now on give it. */
    public void giveCredit() {
        onCredit = true;
    }

    private OpenStream opened(Key key, OpenStream stream) {
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                open.put(key, stream);
            }
        }
        if (late) {
            stream.close();
        }
        return stream;
    }

    /**
     * Takes a message for a stream. One for a stream that does not exist is dropped, as stock daemons do: it may have
     * crossed the message that ended the stream.
     *
     * <p>Waits for a while when the stream's sink is slow; that is the flow control.
     *
     * @param message of type STREAM
     */
    public void take(Frame message) {
        OpenStream stream = open.get(Key.of(message.header()));
        if (stream != null) {
            stream.take(message);
        }
    }

    /**
     * Memory for the payload of a message that is being read; never waits.
     *
     * @param header the message's header
     * @param size   in bytes
     * @return nothing where a buffer of the heap will do
     */
    public Optional<ByteBuffer> memory(Header header, int size) {
        if (header.messageType() != MessageType.STREAM || open.isEmpty()) {
            return Optional.empty();
        }
        OpenStream stream = open.get(Key.of(header));
        return stream == null ? Optional.empty() : stream.memory(size);
    }

    /** Whether a guest comes through one of them. */
    public boolean haveTunnel() {
        return !open.isEmpty() && open.values().stream().anyMatch(TunnelStream.class::isInstance);
    }

    /**
     * Gives the receiver of a tunnel a connection of its own.
     *
     * @param connection over TCP, in blocking mode
     * @return false where there is no tunnel that takes it
     * @throws dev.godwit.domain.VirtException if the receiver did not take it
     */
    boolean joinTunnel(SocketChannel connection) {
        return open.values().stream().anyMatch(stream -> stream instanceof TunnelStream tunnel && tunnel.join(connection));
    }

    /** How many are open. */
    public int count() {
        return open.size();
    }

    /** Ends them all, without a word to the client. */
    void close() {
        List<OpenStream> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(open.values());
        }
        all.forEach(OpenStream::close);
    }
}
