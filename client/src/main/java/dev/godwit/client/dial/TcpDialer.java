package dev.godwit.client.dial;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;

/**
 * TCP without encryption.
 *
 * @param host a name, or an address without brackets
 * @param port 1 to 65535
 */
public record TcpDialer(String host, int port) implements Dialer {

    /** Tries the host's addresses in the order of the resolver; the last failure is reported. */
    @Override
    public ByteChannel dial() throws IOException {
        IOException failure = new IOException("no address");
        for (InetAddress address : InetAddress.getAllByName(host)) {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.connect(new InetSocketAddress(address, port));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                return channel;
            } catch (IOException e) {
                channel.close();
                e.addSuppressed(failure);
                failure = e;
            }
        }
        throw failure;
    }
}
