package dev.godwit.client.dial;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/**
 * Over TCP, without encryption. Every address of the host is tried in turn, with a time limit each.
 *
 * @param host     a name or an address
 * @param port     1 to 65535
 * @param timeout  how long to wait for each address; whole milliseconds, at least one
 * @param resolver finds the addresses
 */
public record TcpDialer(String host, int port, Duration timeout, Resolver resolver) implements Dialer {

    /** How long to wait for an address where nobody said otherwise. */
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Finds the addresses of a host. */
    @FunctionalInterface
    public interface Resolver {

        /** The system's. */
        Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

        /**
         * Looks a host up.
         *
         * @param host a name or an address
         * @return its addresses, the best first, at least one
         * @throws UnknownHostException if it has none
         */
        List<InetAddress> resolve(String host) throws UnknownHostException;
    }

    /**
     * A dialer with the usual time limit.
     *
     * @param host a name or an address
     * @param port 1 to 65535
     */
    public TcpDialer(String host, int port) {
        this(host, port, TIMEOUT, Resolver.SYSTEM);
    }

    /** Checks the time limit: zero would mean to wait without end. */
    public TcpDialer {
        if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("timeout " + timeout);
        }
    }

    @Override
    public ByteChannel dial() throws IOException {
        IOException failure = null;
        for (InetAddress address : addresses()) {
            try {
                return connect(address);
            } catch (InterruptedIOException e) {
                if (!(e instanceof SocketTimeoutException)) {
                    throw e;
                }
                failure = next(failure, e);
            } catch (IOException e) {
                failure = next(failure, e);
            }
        }
        throw failure;
    }

    private List<InetAddress> addresses() throws UnknownHostException {
        List<InetAddress> addresses;
        try {
            addresses = resolver.resolve(host);
        } catch (UnknownHostException e) {
            UnknownHostException plain = new UnknownHostException("Name or service not known");
            plain.initCause(e);
            throw plain;
        }
        if (addresses.isEmpty()) {
            throw new UnknownHostException("Name or service not known");
        }
        return addresses;
    }

    /** The last address's failure is reported, as stock clients do; the others go with it. */
    private static IOException next(IOException before, IOException now) {
        if (before != null) {
            now.addSuppressed(before);
        }
        return now;
    }

    private ByteChannel connect(InetAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            // Calls are small and wait for their answers: holding them back to fill a packet only costs time.
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(new InetSocketAddress(address, port), (int) timeout.toMillis());
            return channel;
        } catch (IOException e) {
            channel.close();
            throw switch (e) {
                case SocketTimeoutException _ -> timedOut(e);
                case ClosedByInterruptException _ -> interrupted(e);
                case ConnectException _ -> plain(e);
                default -> e;
            };
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Some builds of the JDK say behind the system's words which call it was. */
    private static IOException plain(IOException e) {
        String words = String.valueOf(e.getMessage());
        ConnectException plain = new ConnectException(words.replaceFirst(" \\(connect failed\\)$", ""));
        plain.initCause(e);
        return plain;
    }

    private static IOException timedOut(IOException e) {
        SocketTimeoutException plain = new SocketTimeoutException("Connection timed out");
        plain.initCause(e);
        return plain;
    }

    private static IOException interrupted(IOException e) {
        InterruptedIOException plain = new InterruptedIOException("Interrupted while connecting");
        plain.initCause(e);
        return plain;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
