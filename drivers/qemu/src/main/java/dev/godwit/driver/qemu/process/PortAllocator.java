package dev.godwit.driver.qemu.process;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives out TCP ports of this host: the first free one of a range, in order.
 *
 * <p>A port is kept from when it is given out until its {@link Lease} is closed, also from other ranges
 * that overlap. That nobody else listens on it is tried out by listening on it for a moment. For the
 * wildcard address that means IPv6 and IPv4, because QEMU's {@code tcp:[::]:PORT} takes both.
 *
 * <p>Lock: {@code table} guards the set of ports. Trying out is done outside.
 */
public final class PortAllocator {

    /** Tries out whether a port can be listened on. */
    @FunctionalInterface
    public interface Probe {
        /**
         * Tries.
         *
         * @param address the address to listen on
         * @param port    the port
         * @return true if nobody else listens there
         * @throws IOException if it cannot be listened on for another reason
         */
        boolean isFree(InetAddress address, int port) throws IOException;
    }

    private final Probe probe;
    private final ReentrantLock table = new ReentrantLock();
    private final BitSet taken = new BitSet(1 << 16);

    /** The ports of this host. */
    public PortAllocator() {
        this(PortAllocator::canListen);
    }

    /**
     * Ports that are tried out in another way.
     *
     * @param probe tries out a port
     */
    public PortAllocator(Probe probe) {
        this.probe = probe;
    }

    /** A port that is kept for somebody until this is closed. */
    public final class Lease implements AutoCloseable {

        private final int port;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Lease(int port) {
            this.port = port;
        }

        /**
         * The port.
         *
         * @return its number
         */
        public int port() {
            return port;
        }

        /** Gives the port back. Safe to repeat. */
        @Override
        public void close() {
            if (open.getAndSet(false)) {
                release(port);
            }
        }

        @Override
        public String toString() {
            return "port " + port;
        }
    }

    /**
     * The first port of a range that nobody has and nobody listens on.
     *
     * @param range   where to look
     * @param address the address that will be listened on
     * @return the port, kept until the lease is closed
     * @throws VirtException 1/0 if the range is used up; 38/0 if a port cannot be listened on for another
     *         reason than that somebody does
     */
    public Lease acquire(PortRange range, InetAddress address) {
        for (int port = range.min(); port <= range.max(); port++) {
            if (!take(port)) {
                continue;
            }
            boolean free = false;
            try {
                free = probe.isFree(address, port);
            } catch (IOException e) {
                throw new VirtException(ErrorCode.SYSTEM_ERROR, ErrorDomain.NONE,
                        "Unable to bind to port " + port + ": " + e.getMessage(), e);
            } finally {
                if (!free) {
                    release(port);
                }
            }
            if (free) {
                return new Lease(port);
            }
        }
        throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, "Unable to find an unused port in range '"
                + range.name() + "' (" + range.min() + "-" + range.max() + ")");
    }

    /**
     * Keeps a port that somebody asked for by number, or that a guest which was found again has. It is not
     * tried out.
     *
     * @param port the port
     * @return the port, kept until the lease is closed
     * @throws VirtException 1/0 if somebody has it
     */
    public Lease reserve(int port) {
        if (port < 1 || port > 65535 || !take(port)) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, "Failed to reserve port " + port);
        }
        return new Lease(port);
    }

    private boolean take(int port) {
        table.lock();
        try {
            boolean was = taken.get(port);
            taken.set(port);
            return !was;
        } finally {
            table.unlock();
        }
    }

    private void release(int port) {
        table.lock();
        try {
            taken.clear(port);
        } finally {
            table.unlock();
        }
    }

    private static boolean canListen(InetAddress address, int port) throws IOException {
        if (!address.isAnyLocalAddress()) {
            return canListen(address, port, address.getAddress().length == 4
                    ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        }
        return canListen(anyOf(16), port, StandardProtocolFamily.INET6)
                && canListen(anyOf(4), port, StandardProtocolFamily.INET);
    }

    private static InetAddress anyOf(int length) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[length]);
    }

    private static boolean canListen(InetAddress address, int port, ProtocolFamily family) throws IOException {
        ServerSocketChannel socket;
        try {
            socket = ServerSocketChannel.open(family);
        } catch (UnsupportedOperationException noIpv6) {
            return true; // Then nobody listens there and nobody will.
        }
        try (socket) {
            socket.bind(new InetSocketAddress(address, port), 1);
            return true;
        } catch (BindException e) {
            // Its text is in the host's language. If another port can be had, then it is this one's fault.
            if (port != 0 && canListen(address, 0, family)) {
                return false;
            }
            if (address.isAnyLocalAddress() && family == StandardProtocolFamily.INET6) {
                return true; // The kernel has IPv6 and the administrator does not want it: nobody listens there.
            }
            throw e;
        }
    }
}
