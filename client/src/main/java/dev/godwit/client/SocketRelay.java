package dev.godwit.client;

import dev.godwit.client.dial.UnixDialer;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * The far end of a connection by ssh: joins two channels to the socket of this machine's daemon. What
 * {@code virt-ssh-helper} is to stock clients; it is called the same way.
 */
public final class SocketRelay {

    private static final int BUFFER = 1 << 20;

    private SocketRelay() {}

    /**
     * Carries bytes both ways until one side ends.
     *
     * @param uri      what the client wants to open, as this machine's own clients would write it
     * @param readOnly whether the read-only socket will do
     * @param in       what the client says; still open afterwards, and still read where the daemon ended first
     * @param out      what it hears
     * @throws VirtException if the URI is not one of this machine, or no daemon answers
     * @throws IOException   if the daemon's answers cannot be handed on
     */
    public static void run(ConnectUri uri, boolean readOnly, ReadableByteChannel in, WritableByteChannel out)
            throws IOException {
        if (uri.effectiveTransport() != ConnectUri.Transport.UNIX) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI, "unexpected URI transport '" + uri
                    + "': only what is on this machine can be reached from here");
        }
        Path socket = LocalSockets.ofThisProcess().find(uri, readOnly);
        try (ByteChannel daemon = new UnixDialer(socket).dial()) {
            Thread.ofPlatform().daemon().name("to the daemon").start(() -> {
                try (daemon) {
                    copy(in, daemon);
                } catch (IOException e) {
                    // The daemon has closed; what it said last is on its way.
                }
            });
            try {
                copy(daemon, out);
            } catch (java.nio.channels.ClosedChannelException e) {
                // The client has left.
            }
        } catch (java.net.SocketException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC,
                    "cannot connect to '" + socket + "': " + e.getMessage());
        }
    }

    private static void copy(ReadableByteChannel from, WritableByteChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        while (from.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                to.write(buffer);
            }
            buffer.clear();
        }
    }
}
