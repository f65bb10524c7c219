package dev.godwit.client.migration;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.PerformControl;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationProtocol;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A migration: who drives it, how the guest's data gets over, what becomes of its configuration.
 *
 * {@snippet :
 * // This process drives: managed direct.
 * MigrationOutcome outcome = Migration.of(guest, kvm7).live().persistent().run(PerformControl.NONE);
 * // The source drives: peer to peer, with the data through the daemons' connection.
 * Migration.toPeer(guest, "qemu+tls://kvm7/system").live().tunnelled().run(PerformControl.NONE);
 * }
 *
 * <p>Immutable: every method that says more returns another migration.
 */
public final class Migration {

    private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);

    private final Domain guest;
    private final Optional<Connection> destination;
    /** The destination as the source is to reach it; empty where that is how this process does. */
    private final Optional<String> peerUri;
    private final MigrationRequest request;
    private final Duration progressEvery;

    private Migration(Domain guest, Optional<Connection> destination, Optional<String> peerUri,
            MigrationRequest request, Duration progressEvery) {
        this.guest = guest;
        this.destination = destination;
        this.peerUri = peerUri;
        this.request = request;
        this.progressEvery = progressEvery;
    }

    /**
     * A plain migration, driven by this process unless {@link #peerToPeer()} is said: libvirt's
     * {@code virDomainMigrate}.
     *
     * @param guest       what to move
     * @param destination where to
     */
    public static Migration of(Domain guest, Connection destination) {
        return new Migration(guest, Optional.of(destination), Optional.empty(),
                MigrationRequest.of(guest.ref(), Set.of()), PROGRESS_EVERY);
    }

    /**
     * A migration that the source drives, with no connection from here to the destination: libvirt's
     * {@code virDomainMigrateToURI3} with {@code VIR_MIGRATE_PEER2PEER}. It goes on when this process ends.
     *
     * @param guest what to move
     * @param uri   where to, as the source reaches it, with its own credentials: {@code qemu+tls://kvm7/system}
     */
    public static Migration toPeer(Domain guest, String uri) {
        return new Migration(guest, Optional.empty(), Optional.of(uri),
                MigrationRequest.of(guest.ref(), Set.of(MigrationFlag.PEER2PEER)), PROGRESS_EVERY);
    }

    /**
     * A migration that nobody drives: the source's hypervisor sends the guest to a bare receiver, and no daemon at the
     * destination is asked anything: libvirt's {@code virDomainMigrateToURI3} without {@code VIR_MIGRATE_PEER2PEER}. It
     * goes on when this process ends, and when the source's daemon does.
     *
     * @param guest what to move
     * @param uri   where the receiver waits, in the hypervisor's form: {@code tcp://kvm7:49160}
     */
    public static Migration toReceiver(Domain guest, String uri) {
        return new Migration(guest, Optional.empty(), Optional.empty(),
                MigrationRequest.of(guest.ref(), Set.of()).withUri(uri), PROGRESS_EVERY);
    }

    /** Driven by the source, which reaches the destination by the URI that this process opened it with. */
    public Migration peerToPeer() {
        return with(MigrationFlag.PEER2PEER);
    }

    /**
     * Driven by the source.
     *
     * @param uri the destination as the source reaches it, with its own credentials
     */
    public Migration peerToPeer(String uri) {
        return new Migration(guest, destination, Optional.of(uri), request, progressEvery).peerToPeer();
    }

    /** The guest's data through the daemons' connection, which needs no other port; only peer to peer. */
    public Migration tunnelled() {
        return with(MigrationFlag.TUNNELLED);
    }

    /** While it runs. */
    public Migration live() {
        return with(MigrationFlag.LIVE);
    }

    /** It gets a configuration at the destination. */
    public Migration persistent() {
        return with(MigrationFlag.PERSIST_DEST);
    }

    /** Its configuration at the source goes. */
    public Migration undefineSource() {
        return with(MigrationFlag.UNDEFINE_SOURCE);
    }

    /** It stays paused at the destination. */
    public Migration paused() {
        return with(MigrationFlag.PAUSED);
    }

    /** Even where the source thinks that its disks could suffer. */
    public Migration unsafe() {
        return with(MigrationFlag.UNSAFE);
    }

    /** A disk error at the source ends it. */
    public Migration abortOnError() {
        return with(MigrationFlag.ABORT_ON_ERROR);
    }

    /**
     * With one more flag.
     *
     * @param flag the flag
     */
    public Migration with(MigrationFlag flag) {
        Set<MigrationFlag> flags = EnumSet.of(flag);
        flags.addAll(request.flags());
        return with(request.withFlags(flags));
    }

    /**
     * Under another name.
     *
     * @param name its name at the destination
     */
    public Migration named(String name) {
        return with(request.withDestinationName(name));
    }

    /**
     * Over a certain way.
     *
     * @param uri the hypervisor-specific migration URI
     */
    public Migration over(String uri) {
        return with(request.withUri(uri));
    }

    /**
     * With another definition, which must look the same to the guest.
     *
     * @param xml its definition at the destination
     */
    public Migration withXml(String xml) {
        return with(request.withDestinationXml(xml));
    }

    /**
     * With another configuration at the destination.
     *
     * @param xml its configuration there
     */
    public Migration withPersistentXml(String xml) {
        return with(request.withPersistentXml(xml));
    }

    /**
     * Where the destination listens.
     *
     * @param address an address of the destination
     */
    public Migration listeningOn(String address) {
        return with(request.withListenAddress(address));
    }

    /**
     * At a limited speed.
     *
     * @param mib MiB/s at most
     */
    public Migration bandwidth(long mib) {
        return with(request.withBandwidthMiB(mib));
    }

    /**
     * Where graphics clients are sent.
     *
     * @param uri as {@code spice://host:port}
     */
    public Migration graphics(String uri) {
        return with(request.withGraphicsUri(uri));
    }

    /** Encrypted by the hypervisors themselves, with the certificates that both hosts have for it. */
    public Migration tls() {
        return with(MigrationFlag.TLS);
    }

    /**
     * With another name in the destination's certificate than the one it is reached by; for {@link #tls()}.
     *
     * @param name the name that must be in the certificate
     */
    public Migration certifiedAs(String name) {
        return with(request.withTlsDestination(name));
    }

    /**
     * With figures more or less often; twice a second otherwise.
     *
     * @param interval the time between two questions to the source
     */
    public Migration progressEvery(Duration interval) {
        return new Migration(guest, destination, peerUri, request, interval);
    }

    private Migration with(MigrationRequest changed) {
        return new Migration(guest, destination, peerUri, changed, progressEvery);
    }

    /** What will be asked for. */
    public MigrationRequest request() {
        return request;
    }

    /**
     * Moves the guest, or has it moved. Blocks until it is decided who may run it. Interrupt the thread, or let
     * {@code control} say so, to cancel; that is still answered with an outcome.
     *
     * @param control takes progress, carries cancellation
     * @return who may run the guest now, and why
     */
    public MigrationOutcome run(PerformControl control) {
        if (request.has(MigrationFlag.PEER2PEER)) {
            String peer = peerUri.or(() -> destination.map(Connection::uri)).orElseThrow();
            return new SourceDrivenMigration(guest, peer, destination, request, progressEvery).run(control);
        }
        if (destination.isEmpty()) {
            return new UnmanagedDirectMigration(guest, request, progressEvery).run(control);
        }
        return MigrationProtocol.run(new RemoteMigrationSource(guest.connection(), progressEvery),
                new RemoteMigrationDestination(destination.orElseThrow()), request, control);
    }
}
