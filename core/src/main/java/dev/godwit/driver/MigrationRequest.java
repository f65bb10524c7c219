package dev.godwit.driver;

import dev.godwit.domain.DomainRef;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What to move, and how: the flags and typed parameters of the remote protocol's migration procedures
 * (302 to 307) as one value. Every phase gets the same request.
 *
 * @param guest           the guest, as it is called at the source
 * @param flags           how
 * @param destinationName its name at the destination, when it changes ({@code destination_name})
 * @param destinationXml  its definition there, when the user gives one ({@code destination_xml})
 * @param persistentXml   its configuration there, when the user gives one ({@code persistent_xml})
 * @param uri             the hypervisor-specific migration URI, when the user gives one ({@code migrate_uri})
 * @param listenAddress   where the destination listens, when the user says so ({@code listen_address})
 * @param bandwidthMiB    at most so many MiB/s ({@code bandwidth})
 * @param graphicsUri     where graphics clients are sent ({@code graphics_uri})
 * @param tlsDestination  the name that must be in the destination's certificate, when the user says so ({@code tls.destination})
 * @param reached         the address of this host under which the one who drives reached it; only at the destination, and
 *                        only where it is an address that says something. Not on the wire
 * @param peer            the destination's connection URI; only at a source that drives, which asks there when it is in doubt. Not
 *                        on the wire
 * @param others          parameters this release hands on but does not act on, by name
 */
public record MigrationRequest(
        DomainRef guest,
        Set<MigrationFlag> flags,
        Optional<String> destinationName,
        Optional<String> destinationXml,
        Optional<String> persistentXml,
        Optional<String> uri,
        Optional<String> listenAddress,
        OptionalLong bandwidthMiB,
        Optional<String> graphicsUri,
        Optional<String> tlsDestination,
        Optional<String> reached,
        Optional<String> peer,
        List<String> others) {

    public MigrationRequest {
        Objects.requireNonNull(guest, "guest");
        flags = Set.copyOf(flags);
        others = List.copyOf(others);
    }

    /**
     * A plain request.
     *
     * @param guest what to move
     * @param flags how
     * @return a request without parameters
     */
    public static MigrationRequest of(DomainRef guest, Set<MigrationFlag> flags) {
        return new MigrationRequest(guest, flags, Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), List.of());
    }

    /** Whether a flag is set. */
    public boolean has(MigrationFlag flag) {
        return flags.contains(flag);
    }

    /** The name the guest will have at the destination. */
    public String nameAtDestination() {
        return destinationName.orElse(guest.name());
    }

    /** The same request with another set of flags. */
    public MigrationRequest withFlags(Set<MigrationFlag> newFlags) {
        return new MigrationRequest(guest, newFlags, destinationName, destinationXml, persistentXml, uri,
                listenAddress, bandwidthMiB, graphicsUri, tlsDestination, reached, peer, others);
    }

    /** The same request towards a migration URI. */
    public MigrationRequest withUri(String newUri) {
        return new MigrationRequest(guest, flags, destinationName, destinationXml, persistentXml, Optional.of(newUri),
                listenAddress, bandwidthMiB, graphicsUri, tlsDestination, reached, peer, others);
    }

    /** The same request with a definition for the destination. */
    public MigrationRequest withDestinationXml(String xml) {
        return new MigrationRequest(guest, flags, destinationName, Optional.of(xml), persistentXml, uri,
                listenAddress, bandwidthMiB, graphicsUri, tlsDestination, reached, peer, others);
    }

    /** The same request with a name for the destination. */
    public MigrationRequest withDestinationName(String name) {
        return new MigrationRequest(guest, flags, Optional.of(name), destinationXml, persistentXml, uri,
                listenAddress, bandwidthMiB, graphicsUri, tlsDestination, reached, peer, others);
    }

    /** The same request with a configuration for the destination. */
    public MigrationRequest withPersistentXml(String xml) {
        return new MigrationRequest(guest, flags, destinationName, destinationXml, Optional.of(xml), uri,
                listenAddress, bandwidthMiB, graphicsUri, tlsDestination, reached, peer, others);
    }

    /** The same request with an address for the destination to listen on. */
    public MigrationRequest withListenAddress(String address) {
        return new MigrationRequest(guest, flags, destinationName, destinationXml, persistentXml, uri,
                Optional.of(address), bandwidthMiB, graphicsUri, tlsDestination, reached, peer, others);
    }

    /** The same request with a limit of its speed, in MiB/s. */
    public MigrationRequest withBandwidthMiB(long mib) {
        return new MigrationRequest(guest, flags, destinationName, destinationXml, persistentXml, uri, listenAddress,
                OptionalLong.of(mib), graphicsUri, tlsDestination, reached, peer, others);
    }

    /** The same request with a place for graphics clients to go. */
    public MigrationRequest withGraphicsUri(String newUri) {
        return new MigrationRequest(guest, flags, destinationName, destinationXml, persistentXml, uri, listenAddress,
                bandwidthMiB, Optional.of(newUri), tlsDestination, reached, peer, others);
    }

    /** The same request with a name that must be in the destination's certificate. */
    public MigrationRequest withTlsDestination(String name) {
        return new MigrationRequest(guest, flags, destinationName, destinationXml, persistentXml, uri, listenAddress,
                bandwidthMiB, graphicsUri, Optional.of(name), reached, peer, others);
    }

    /** The same request at the destination, which the one who drives reached under an address. */
    public MigrationRequest withReached(String address) {
        return new MigrationRequest(guest, flags, destinationName, destinationXml, persistentXml, uri, listenAddress,
                bandwidthMiB, graphicsUri, tlsDestination, Optional.of(address), peer, others);
    }

    /** The same request at a source that drives. */
    public MigrationRequest withPeer(String connectUri) {
        return new MigrationRequest(guest, flags, destinationName, destinationXml, persistentXml, uri, listenAddress,
                bandwidthMiB, graphicsUri, tlsDestination, reached, Optional.of(connectUri), others);
    }
}
