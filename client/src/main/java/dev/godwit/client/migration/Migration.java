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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A migration that this process will drive: managed, direct, native.
 *
 * {@snippet :
 * MigrationOutcome outcome = Migration.of(guest, kvm7).live().persistent().run(PerformControl.NONE);
 * }
 *
 * <p>Immutable: every method that says more returns another migration.
 */
public final class Migration {

    private final Domain guest;
    private final Connection destination;
    private final MigrationRequest request;
    private final Duration progressEvery;

    private Migration(Domain guest, Connection destination, MigrationRequest request, Duration progressEvery) {
        this.guest = guest;
        this.destination = destination;
        this.request = request;
        this.progressEvery = progressEvery;
    }

    /**
     * A plain migration.
     *
     * @param guest       what to move
     * @param destination where to
     */
    public static Migration of(Domain guest, Connection destination) {
        return new Migration(guest, destination, MigrationRequest.of(guest.ref(), Set.of()), Duration.ofMillis(500));
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
        return with(new MigrationRequest(request.guest(), request.flags(), request.destinationName(),
                request.destinationXml(), Optional.of(xml), request.uri(), request.listenAddress(),
                request.bandwidthMiB(), request.graphicsUri(), request.others()));
    }

    /**
     * Where the destination listens.
     *
     * @param address an address of the destination
     */
    public Migration listeningOn(String address) {
        return with(new MigrationRequest(request.guest(), request.flags(), request.destinationName(),
                request.destinationXml(), request.persistentXml(), request.uri(), Optional.of(address),
                request.bandwidthMiB(), request.graphicsUri(), request.others()));
    }

    /**
     * At a limited speed.
     *
     * @param mib MiB/s at most
     */
    public Migration bandwidth(long mib) {
        return with(new MigrationRequest(request.guest(), request.flags(), request.destinationName(),
                request.destinationXml(), request.persistentXml(), request.uri(), request.listenAddress(),
                OptionalLong.of(mib), request.graphicsUri(), request.others()));
    }

    /**
     * Where graphics clients are sent.
     *
     * @param uri as {@code spice://host:port}
     */
    public Migration graphics(String uri) {
        return with(new MigrationRequest(request.guest(), request.flags(), request.destinationName(),
                request.destinationXml(), request.persistentXml(), request.uri(), request.listenAddress(),
                request.bandwidthMiB(), Optional.of(uri), List.copyOf(request.others())));
    }

    /**
     * With figures more or less often; twice a second otherwise.
     *
     * @param interval the time between two questions to the source
     */
    public Migration progressEvery(Duration interval) {
        return new Migration(guest, destination, request, interval);
    }

    private Migration with(MigrationRequest changed) {
        return new Migration(guest, destination, changed, progressEvery);
    }

    /** What will be asked for. */
    public MigrationRequest request() {
        return request;
    }

    /**
     * Moves the guest. Blocks until it is decided who may run it. Interrupt the thread, or let
     * {@code control} say so, to cancel; that is still answered with an outcome.
     *
     * @param control takes progress, carries cancellation
     * @return who may run the guest now, and why
     */
    public MigrationOutcome run(PerformControl control) {
        return MigrationProtocol.run(new RemoteMigrationSource(guest.connection(), progressEvery),
                new RemoteMigrationDestination(destination), request, control);
    }
}
