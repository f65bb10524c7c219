package dev.godwit.client.dial;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A Unix socket of this machine.
 *
 * @param socket its path, at most 107 bytes
 */
public record UnixDialer(Path socket) implements Dialer {

    @Override
    public ByteChannel dial() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }
}
