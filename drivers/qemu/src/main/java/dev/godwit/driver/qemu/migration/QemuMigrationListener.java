package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.qemu.migration.QemuMigrationReach.Resolver;
import dev.godwit.driver.qemu.process.PortAllocator;
import dev.godwit.driver.qemu.process.PortRange;
import dev.godwit.driver.qemu.process.UnixSocketPath;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a receiver of this host listens, and what the source is told about it.
 *
 * <p>Listens on {@code listen_address} of the request, else on {@code migration_address} of the host, else on every address. The
 * source is told {@code migration_host}, else the host's name. A name that leads back to the host it is asked on, or nowhere, is
 * replaced by the address under which a source that drives has reached this host; without such a source, one that leads back is
 * refused, because the source would send the guest to itself.
 */
final class QemuMigrationListener {

    private final HostSetting setting;
    private final PortAllocator ports;
    private final Resolver resolver;

    QemuMigrationListener(HostSetting setting, PortAllocator ports) {
        this(setting, ports, name -> List.of(InetAddress.getAllByName(name)));
    }

    QemuMigrationListener(HostSetting setting, PortAllocator ports, Resolver resolver) {
        this.setting = setting;
        this.ports = ports;
        this.resolver = resolver;
    }

    /**
     * A place to listen.
     *
     * @param incoming what QEMU is told: {@code tcp:[::]:49152}
     * @param answered what the source is told; empty when the user has said it already
     * @param lease    the port, kept until this is closed; closing it again does no harm
     */
    record Place(String incoming, Optional<String> answered, AutoCloseable lease) {}

    /**
     * Finds a place.
     *
     * @throws VirtException 1 when the range is used up or the host's name leads nowhere, 8 or 74 for a URI that cannot be
     *         used
     */
    Place find(MigrationRequest request) {
        Optional<QemuMigrationUri> asked = request.uri().map(QemuMigrationUri::parse);
        if (asked.isPresent() && asked.get() instanceof QemuMigrationUri.Unix(String path)) {
            return unix(path);
        }
        Optional<QemuMigrationUri.Tcp> tcp = asked.map(QemuMigrationUri.Tcp.class::cast);
        Optional<String> host = tcp.isEmpty() ? Optional.of(hostForOthers(request)) : Optional.empty();
        String address = address(request);
        PortAllocator.Lease lease = acquire(address, tcp.flatMap(QemuMigrationUri.Tcp::port));
        Optional<String> answered = tcp.isEmpty()
                ? host.map(name -> "tcp:" + QemuMigrationUri.bracketed(name) + ":" + lease.port())
                : tcp.filter(uri -> uri.port().isEmpty()).map(uri -> uri.answered(lease.port()));
        return new Place("tcp:" + QemuMigrationUri.bracketed(address) + ":" + lease.port(), answered, lease);
    }

    /**
     * A place that is said to the last, for a receiver that stands alone: the URI is where it listens, not what others call it.
     *
     * @param uri with an address of this host, and with a port or without
     * @throws VirtException as {@link #find}
     */
    Place at(QemuMigrationUri uri) {
        return switch (uri) {
            case QemuMigrationUri.Unix(String path) -> unix(path);
            case QemuMigrationUri.Tcp tcp -> {
                String address = QemuMigrationUri.withoutBrackets(tcp.host());
                PortAllocator.Lease lease = acquire(address, tcp.port());
                yield new Place("tcp:" + QemuMigrationUri.bracketed(address) + ":" + lease.port(),
                        Optional.of(tcp.answered(lease.port())), lease);
            }
        };
    }

    private static Place unix(String path) {
        UnixSocketPath.checked(Path.of(path), "the migration URI");
        return new Place("unix:" + path, Optional.empty(), () -> {});
    }

    /** A port that can be listened on, found out before QEMU is started. */
    private PortAllocator.Lease acquire(String address, Optional<Integer> wanted) {
        MigrationSettings migration = setting.migration();
        PortRange range = wanted.map(port -> new PortRange("migration", port, port))
                .orElseGet(() -> new PortRange("migration", migration.portMin(), migration.portMax()));
        InetAddress resolved = resolve(address);
        try {
            return ports.acquire(range, resolved);
        } catch (VirtException e) {
            if (!e.is(ErrorCode.INTERNAL_ERROR)) {
                throw e;
            }
            throw wanted.isPresent()
                    ? new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "Port " + wanted.get() + " of "
                            + setting.host().name() + " is taken. Give another one that the firewall lets through, or none,"
                            + " and one of " + migration.portMin() + " to " + migration.portMax() + " is chosen")
                    : new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                            "Unable to find an unused port in range 'migration' (" + migration.portMin() + "-"
                                    + migration.portMax() + ") of " + setting.host().name() + ". Wait until other"
                                    + " migrations are over, widen it with migration_port_min and migration_port_max, or"
                                    + " give a port that the firewall lets through as migration URI (tcp://"
                                    + setting.host().name() + ":PORT)");
        }
    }

    private String address(MigrationRequest request) {
        return request.listenAddress().or(() -> setting.migration().address())
                .map(QemuMigrationUri::withoutBrackets)
                .orElseGet(() -> hasIpv6() ? "::" : "0.0.0.0");
    }

    private static InetAddress resolve(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.QEMU,
                    "cannot listen for the migration on '" + address + "': it is no address of this host");
        }
    }

    /**
     * What an administrator wrote down is taken as it is. What was found out must not lead back to this host, and a source that
     * drives and has reached this host itself is given the address it did that under rather than a name that leads nowhere.
     */
    private String hostForOthers(MigrationRequest request) {
        Optional<String> written = setting.migration().host();
        if (written.isPresent()) {
            return written.get();
        }
        String name = setting.host().name();
        Found found = name.startsWith("localhost") ? Found.LOCALHOST : look(name);
        // Only in the peer-to-peer flow is the one who reached this host the one who will send the guest.
        Optional<String> reached = request.reached().filter(_ -> request.has(MigrationFlag.PEER2PEER));
        if (found != Found.GOOD && reached.isPresent()) {
            return reached.get();
        }
        if (found == Found.LOCALHOST) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                    "hostname on destination resolved to localhost, but migration requires an FQDN;"
                            + " set migration_host on " + name
                            + " to a name or address by which the source host reaches it, or give such an address as"
                            + " migration URI (tcp://ADDRESS)");
        }
        return name; // Also one that this host does not know itself: it is the source that must.
    }

    /** What a look at the host's own name gives. */
    private enum Found { GOOD, NOTHING, LOCALHOST }

    private Found look(String name) {
        try {
            return resolver.addresses(name).stream().allMatch(InetAddress::isLoopbackAddress)
                    ? Found.LOCALHOST : Found.GOOD;
        } catch (UnknownHostException e) {
            return Found.NOTHING;
        }
    }

    /** Whether the host has an IPv6 address that others could use; then {@code ::} takes IPv4, too. */
    private static boolean hasIpv6() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !(address instanceof Inet4Address))
                    .anyMatch(address -> address instanceof Inet6Address
                            && !address.isLoopbackAddress() && !address.isLinkLocalAddress());
        } catch (SocketException e) {
            return false;
        }
    }
}
