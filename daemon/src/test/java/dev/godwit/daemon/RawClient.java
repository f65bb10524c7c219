package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.KeepAliveProcedures;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;
import java.util.Optional;

/** A client that says exactly what a test wants it to say, byte by byte if need be. */
final class RawClient implements AutoCloseable {

    final SocketChannel socket;
    private final FrameReader reader;
    private int serial;

    RawClient(SocketAddress address) throws IOException {
        socket = SocketChannel.open(address);
        reader = new FrameReader(socket);
    }

    /** A client that has opened a URI. */
    static RawClient open(SocketAddress address, String uri) throws IOException {
        return open(address, uri, 0);
    }

    static RawClient open(SocketAddress address, String uri, int flags) throws IOException {
        RawClient client = new RawClient(address);
        client.call(ConnectProcedures.OPEN, new ConnectProcedures.OpenArgs(Optional.of(uri), flags));
        return client;
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    void write(String hex) throws IOException {
        write(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replaceAll("\\s", ""))));
    }

    void send(Header header, ByteBuffer payload) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Frame.MIN_LENGTH + payload.remaining());
        bytes.putInt(bytes.capacity()).putInt(header.program()).putInt(header.version()).putInt(header.procedure())
                .putInt(header.type()).putInt(header.serial()).putInt(header.status()).put(payload.duplicate());
        write(bytes.flip());
    }

    /** Sends a call and returns its header; its serial tells its reply from others. */
    <A> Header send(Procedure<A, ?> procedure, A args) throws IOException {
        Header header = procedure.header(serial++);
        send(header, procedure.args().encode(args));
        return header;
    }

    void ping() throws IOException {
        keepalive(KeepAliveProcedures.PING);
    }

    void pong() throws IOException {
        keepalive(KeepAliveProcedures.PONG);
    }

    private void keepalive(int procedure) throws IOException {
        send(new Header(Program.KEEPALIVE.number(), 1, procedure, MessageType.MESSAGE, 0, MessageStatus.OK), ByteBuffer.allocate(0));
    }

    void stream(Header call, MessageStatus status, String text) throws IOException {
        send(call.stream(status), ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** The next message, whatever it is. */
    Frame next() throws IOException {
        return reader.read().orElseThrow(() -> new AssertionError("the daemon closed the connection"));
    }

    /** True when the daemon closes the connection without another message. */
    boolean isClosedByDaemon() {
        try {
            return reader.read().isEmpty();
        } catch (IOException e) {
            return true; // reset instead of closed: bytes of ours were not read
        }
    }

    /** Makes a call that must succeed. */
    <A, R> R call(Procedure<A, R> procedure, A args) throws IOException {
        Header header = send(procedure, args);
        Frame reply = next();
        assertThat(reply.header().serial()).isEqualTo(header.serial());
        if (reply.header().messageStatus() == MessageStatus.ERROR) {
            throw new AssertionError(error(reply).toString());
        }
        return procedure.ret().decodeAll(reply.payload());
    }

    /** Makes a call that must fail. */
    <A> RemoteError refused(Procedure<A, ?> procedure, A args) throws IOException {
        send(procedure, args);
        return error(next());
    }

    static RemoteError error(Frame reply) {
        assertThat(reply.header().messageStatus()).as("status of %s", reply).isEqualTo(MessageStatus.ERROR);
        return XdrCodec.of(RemoteError.class).decodeAll(reply.payload());
    }

    static String hex(Frame message) {
        Header h = message.header();
        ByteBuffer bytes = ByteBuffer.allocate(message.length()).putInt(message.length()).putInt(h.program())
                .putInt(h.version()).putInt(h.procedure()).putInt(h.type()).putInt(h.serial()).putInt(h.status())
                .put(message.payload());
        return HexFormat.of().formatHex(bytes.array());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
