package dev.godwit.wire.rpc;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two ends of a Unix socket. */
record SocketPair(SocketChannel client, SocketChannel server) implements AutoCloseable {

    static SocketPair open() throws IOException {
        Path folder = Files.createTempDirectory("godwit-wire");
        Path path = folder.resolve("s");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
            return new SocketPair(client, listener.accept());
        } finally {
            Files.deleteIfExists(path);
            Files.deleteIfExists(folder);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
