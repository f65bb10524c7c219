package dev.godwit.client;

import dev.godwit.domain.VirtException;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.TunnelProcedures;
import dev.godwit.wire.rpc.Timer;
import dev.godwit.wire.xdr.Opaque;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A tunnel's own connection: to the same port as the one on which the tunnel was opened, and from its only answer on the
 * hypervisors'. Where it cannot be had, the guest goes through the tunnel, and nothing is lost but speed.
 */
final class TunnelConnection {

    private static final System.Logger LOG = System.getLogger(TunnelConnection.class.getName());

    private TunnelConnection() {}

    /**
     * Asks for it.
     *
     * @param connection on which the tunnel was opened, over TCP
     * @param redial     connects once more to the same host in the same way; throws {@link VirtException} where that fails
     * @return in blocking mode; empty where the host has none for this tunnel
     */
    static Optional<SocketChannel> open(Connection connection, Supplier<ByteChannel> redial) {
        try {
            Opaque key = connection.call(TunnelProcedures.KEY, new Nothing()).key();
            return key.isEmpty() ? Optional.empty() : joined(connection, redial.get(), key);
        } catch (VirtException | IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "A tunnel to " + connection.peer() + " has no connection of its own", e);
            return Optional.empty();
        }
    }

    private static Optional<SocketChannel> joined(Connection connection, ByteChannel channel, Opaque key) throws IOException {
        boolean joined = false;
        Timer.Alarm impatience = connection.afterFirstAnswers(() -> close(channel));
        try {
            if (!(channel instanceof SocketChannel socket)) {
                return Optional.empty();
            }
            try (FrameWriter writer = new FrameWriter(socket, "tunnel's connection")) {
                writer.writeHere(Frame.of(TunnelProcedures.JOIN.header(1), TunnelProcedures.JOIN.args(),
                        new TunnelProcedures.JoinArgs(key)));
            }
            // What comes behind the answer is the receiver's, and it says nothing before it is spoken to.
            joined = new FrameReader(socket, Frame.MAX_LENGTH).read()
                    .filter(answer -> answer.header().messageStatus() == MessageStatus.OK).isPresent();
            return joined ? Optional.of(socket) : Optional.empty();
        } finally {
            impatience.cancel();
            if (!joined) {
                close(channel);
            }
        }
    }

    /** Lets go of it here; never fails. */
    static void close(ByteChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "A tunnel's connection could not be closed", e);
        }
    }
}
