package dev.godwit.client.dial;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Over a Unix socket on this machine.
 *
 * @param socket the socket's path; Linux allows 107 bytes
 */
public record UnixDialer(Path socket) implements Dialer {

    @Override
    public ByteChannel dial() throws IOException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (ClosedByInterruptException e) {
            InterruptedIOException interrupted = new InterruptedIOException("Interrupted while connecting");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public String toString() {
        return socket.toString();
    }
}
