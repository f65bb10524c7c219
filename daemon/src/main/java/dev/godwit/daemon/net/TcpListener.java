package dev.godwit.daemon.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** Listens on TCP, without encryption. */
public final class TcpListener implements Listener {

    private final ServerSocketChannel server;

    private TcpListener(ServerSocketChannel server) {
        this.server = server;
    }

    /**
     * Begins to listen.
     *
     * @param address {@code listen_addr}: a name or a number, {@code ::} for all of IPv6 and IPv4
     * @param port    0 for any free one
     * @param key     the configuration's name for the port, {@code tcp_port}
     * @param backlog how many may wait to be accepted
     * @return the listener
     * @throws IOException naming address and port
     */
    public static TcpListener on(String address, int port, String key, int backlog) throws IOException {
        InetAddress where;
        try {
            where = InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IOException("listen_addr \"" + address + "\" is no address of this host", e);
        }
        boolean everywhere = address.equals("::");
        ServerSocketChannel server = everywhere || address.indexOf(':') >= 0
                ? ServerSocketChannel.open() : ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(everywhere ? new InetSocketAddress(port) : new InetSocketAddress(where, port), backlog);
            return new TcpListener(server);
        } catch (IOException e) {
            server.close();
            throw new IOException("Cannot listen on TCP " + address + " port " + port + ": " + e.getMessage()
                    + ". Set listen_addr and " + key + " to what is free.", e);
        }
    }

    /** A client that speaks without encryption. */
    private record Plain(SocketChannel client) implements Knock {

        @Override
        public Arrival arrive() throws IOException {
            SocketAddress address = client.getRemoteAddress();
            return new Arrival(client, new Door("tcp " + address, new Way.Tcp(address), false, Optional.empty())
                    .reachedBy(client));
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    @Override
    public Knock accept() throws IOException {
        return new Plain(acceptSocket());
    }

    /** The client's socket, in blocking mode. */
    SocketChannel acceptSocket() throws IOException {
        SocketChannel client = server.accept();
        try {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    @Override
    public SocketAddress address() {
        try {
            return server.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException("The listener is closed", e);
        }
    }

    @Override
    public boolean isOpen() {
        return server.isOpen();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            System.getLogger(TcpListener.class.getName()).log(System.Logger.Level.DEBUG, e.getMessage());
        }
    }
}
