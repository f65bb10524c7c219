package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.process.OutgoingSocket;
import dev.godwit.driver.qemu.process.UnixSocketPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Reaches a receiver from this host, before the guest's QEMU is told anything.
 *
 * <p>A receiver takes exactly one connection, so it cannot be tried out and then used: the connection that tries it is the one
 * that QEMU gets, as an open file. What is wrong with a migration URI is found here, with a bounded wait, while the guest runs as
 * if nothing had been asked.
 */
final class QemuMigrationReach {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final String here;
    private final Duration limit;
    private final Resolver resolver;

    /** Finds the addresses of a name. */
    @FunctionalInterface
    interface Resolver {
        /**
         * Looks it up.
         *
         * @param name a name or an address
         * @return at least one
         * @throws UnknownHostException if there is none
         */
        List<InetAddress> addresses(String name) throws UnknownHostException;
    }

    /**
     * From a host.
     *
     * @param here     its name, for messages
     * @param limit    how long connecting may take
     * @param resolver what it resolves names with
     */
    QemuMigrationReach(String here, Duration limit, Resolver resolver) {
        this.here = here;
        this.limit = limit;
        this.resolver = resolver;
    }

    /** From this host. */
    static QemuMigrationReach of(HostSetting setting) {
        return new QemuMigrationReach(setting.host().name(), limit(setting.options()),
                name -> List.of(InetAddress.getAllByName(name)));
    }

    private static Duration limit(Map<String, String> options) {
        String seconds = options.getOrDefault("migration_connect_timeout", "");
        try {
            return seconds.isBlank() ? LIMIT : Duration.ofSeconds(Long.parseLong(seconds.strip()));
        } catch (NumberFormatException e) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU,
                    "migration_connect_timeout = " + seconds + " is not a number of seconds");
        }
    }

    /**
     * Connects to a receiver.
     *
     * @param uri     where it waits
     * @param guest   whose receiver it is, for messages
     * @param givenUp asked now and then whether it is not wanted any more
     * @return the connection
     * @throws VirtException 38 with the cause and what helps against it, 78 if it is not wanted any more
     */
    QemuOutlet open(QemuMigrationUri uri, String guest, BooleanSupplier givenUp) {
        try {
            return switch (uri) {
                case QemuMigrationUri.Tcp tcp -> new Handed(connect(tcp, guest, givenUp));
                case QemuMigrationUri.Unix(String path) -> new Handed(connect(path, guest));
            };
        } catch (OutgoingSocket.GivenUpException e) {
            throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU,
                    "job 'migration out' canceled by client", e);
        }
    }

    private OutgoingSocket connect(QemuMigrationUri.Tcp uri, String guest, BooleanSupplier givenUp)
            throws OutgoingSocket.GivenUpException {
        int port = uri.requiredPort();
        String host = QemuMigrationUri.withoutBrackets(uri.host());
        String server = "'" + QemuMigrationUri.bracketed(host) + ":" + port + "'";
        List<InetAddress> addresses;
        try {
            addresses = resolver.addresses(host);
        } catch (UnknownHostException e) {
            throw unreachable("unable to resolve address '" + host + "' service '" + port + "' on " + here, uri, guest);
        }
        if (!isLiteral(host) && addresses.stream().allMatch(InetAddress::isLoopbackAddress)) {
            throw unreachable("unable to connect to server at " + server + ": on " + here + " the name " + host
                    + " resolves to localhost, so the guest would be sent to " + here + " itself", uri, guest);
        }
        long end = System.nanoTime() + limit.toNanos();
        IOException last = new IOException("there is no address");
        for (int i = 0; i < addresses.size(); i++) {
            // One address that does not answer must not use up the time of the others.
            Duration share = Duration.ofNanos(Math.max(0, end - System.nanoTime()) / (addresses.size() - i));
            try {
                return OutgoingSocket.connect(new InetSocketAddress(addresses.get(i), port), share, givenUp);
            } catch (OutgoingSocket.GivenUpException e) {
                throw e;
            } catch (IOException e) {
                last = e;
            }
        }
        String why = last instanceof SocketTimeoutException
                ? "no answer within " + seconds() + " s, as when a firewall drops what comes to that port"
                : last.getMessage();
        throw unreachable("unable to connect to server at " + server + ": " + why, uri, guest);
    }

    private String seconds() {
        return limit.toMillis() % 1000 == 0 ? Long.toString(limit.toSeconds()) : Double.toString(limit.toMillis() / 1000.0);
    }

    private static boolean isLiteral(String host) {
        return host.contains(":") || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    private static VirtException unreachable(String cause, QemuMigrationUri.Tcp uri, String guest) {
        return VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, cause + ". Guest '" + guest
                + "' stays where it is. What helps: correct the name of the destination, or set migration_host there to one"
                + " that resolves here; or give the address of another of its interfaces as migration URI (tcp://ADDRESS);"
                + " or a port that the firewall lets through (" + uri.prefix() + uri.host() + ":PORT)");
    }

    private OutgoingSocket connect(String path, String guest) throws OutgoingSocket.GivenUpException {
        try {
            return OutgoingSocket.connect(UnixSocketPath.checked(Path.of(path), "migration URI"));
        } catch (OutgoingSocket.GivenUpException e) {
            throw e;
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, "Failed to connect socket to '" + path
                    + "' on " + here + ": " + e.getMessage() + ". Guest '" + guest + "' stays where it is. A unix migration"
                    + " URI names a socket that both hosts see, or that something on " + here + " carries over");
        }
    }

    /** A connection that QEMU gets as an open file. */
    private record Handed(OutgoingSocket socket) implements QemuOutlet {

        @Override
        public String handOver(QemuMachine machine) {
            return QemuOutlet.give(machine, socket.descriptor());
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
