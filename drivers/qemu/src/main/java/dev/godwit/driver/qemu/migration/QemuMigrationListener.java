package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.qemu.process.PortAllocator;
import dev.godwit.driver.qemu.process.PortRange;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where a receiver of this host listens, and what the source is told about it.
 *
 * <p>Listens on {@code listen_address} of the request, else on {@code migration_address} of the host, else on every address. The
 * source is told {@code migration_host}, else the host's name; a name that leads back to the host it is asked on is
 * refused, because the source would send the guest to itself.
 */
final class QemuMigrationListener {

    private final HostSetting setting;
    private final PortAllocator ports;

    QemuMigrationListener(HostSetting setting, PortAllocator ports) {
        this.setting = setting;
        this.ports = ports;
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
            return new Place("unix:" + path, Optional.empty(), () -> {});
        }
        Optional<QemuMigrationUri.Tcp> tcp = asked.map(QemuMigrationUri.Tcp.class::cast);
        Optional<String> host = tcp.isEmpty() ? Optional.of(hostForOthers()) : Optional.empty();
        String address = address(request);
        PortAllocator.Lease lease = tcp.flatMap(QemuMigrationUri.Tcp::port)
                .map(ports::reserve)
                .orElseGet(() -> acquire(address));
        Optional<String> answered = tcp.isEmpty()
                ? host.map(name -> "tcp:" + QemuMigrationUri.bracketed(name) + ":" + lease.port())
                : tcp.filter(uri -> uri.port().isEmpty()).map(uri -> uri.answered(lease.port()));
        return new Place("tcp:" + QemuMigrationUri.bracketed(address) + ":" + lease.port(), answered, lease);
    }

    private PortAllocator.Lease acquire(String address) {
        MigrationSettings migration = setting.migration();
        return ports.acquire(new PortRange("migration", migration.portMin(), migration.portMax()), resolve(address));
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

    /** What an administrator wrote down is taken as it is; what was found out must not lead back to this host. */
    private String hostForOthers() {
        return setting.migration().host().orElseGet(() -> {
            String name = setting.host().name();
            if (name.startsWith("localhost") || leadsBack(name)) {
                throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                        "hostname on destination resolved to localhost, but migration requires an FQDN;"
                                + " set migration_host on " + name
                                + " to a name or address by which the source host reaches it");
            }
            return name;
        });
    }

    private static boolean leadsBack(String name) {
        try {
            return Arrays.stream(InetAddress.getAllByName(name)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            // This host need not know its own name; it is the source that must.
            return false;
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
