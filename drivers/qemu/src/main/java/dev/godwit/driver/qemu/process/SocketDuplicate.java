package dev.godwit.driver.qemu.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** A socket of the JDK under a number of its own, for QEMU to be given it: whoever closes the first meanwhile does not close this. */
public final class SocketDuplicate implements AutoCloseable {

    private final int descriptor;

    private SocketDuplicate(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Finds the socket by what no two sockets of a host have in common: the addresses and ports of both ends.
     *
     * @param tcp connected
     * @return to be closed
     * @throws IOException if it is not connected, or not over TCP
     */
    public static SocketDuplicate of(SocketChannel tcp) throws IOException {
        if (tcp.getLocalAddress() instanceof InetSocketAddress here && tcp.getRemoteAddress() instanceof InetSocketAddress there) {
            return new SocketDuplicate(OpenFiles.duplicate(descriptor -> SocketCalls.isBetween(descriptor, here, there))
                    .orElseThrow(() -> missing(tcp)));
        }
        throw missing(tcp);
    }

    private static IOException missing(SocketChannel tcp) {
        return new IOException("no open file of this process is the socket " + tcp);
    }

    /** Its number in this process; its own until it is closed. */
    public int descriptor() {
        return descriptor;
    }

    /** Closes it here. What was handed on stays open there. */
    @Override
    public void close() {
        Posix.close(descriptor);
    }
}
