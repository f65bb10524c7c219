package dev.godwit.driver.qemu.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which number a socket of the JDK has in this process, for QEMU to be given it. The JDK does not tell. */
public final class SocketDescriptor {

    private static final Path FILES = Path.of("/proc/self/fd");

    private SocketDescriptor() {}

    /**
     * Finds it by what no two sockets of a host have in common: the addresses and ports of both ends.
     *
     * @param tcp connected; stays open as long as the number is used
     * @return its number
     * @throws IOException if it is not connected, or not over TCP
     */
    public static int of(SocketChannel tcp) throws IOException {
        if (tcp.getLocalAddress() instanceof InetSocketAddress here && tcp.getRemoteAddress() instanceof InetSocketAddress there) {
            try (DirectoryStream<Path> open = Files.newDirectoryStream(FILES)) {
                for (Path file : open) {
                    int descriptor = Integer.parseInt(file.getFileName().toString());
                    if (SocketCalls.isBetween(descriptor, without(here), without(there))) {
                        return descriptor;
                    }
                }
            }
        }
        throw new IOException("no open file of this process is the socket " + tcp);
    }

    /** The same address without a scope, which the kernel tells apart and which is not needed here. */
    private static InetSocketAddress without(InetSocketAddress address) throws IOException {
        return new InetSocketAddress(java.net.InetAddress.getByAddress(address.getAddress().getAddress()), address.getPort());
    }
}
