package dev.godwit.client.migration;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.WireNames;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationContradictions;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.WireFlag;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationOutcome.Cause;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.xdr.Opaque;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A migration that the source daemon drives, peer to peer: one call, PERFORM with the destination's connection URI and
 * without a cookie (remote protocol, procedure 305), which answers when all five phases are over.
 *
 * <p>This side can watch it, cancel it and look afterwards who has the guest. It cannot end it by going away.
 */
final class SourceDrivenMigration {

    private final Domain guest;
    private final String peerUri;
    private final Optional<Connection> destination;
    private final MigrationRequest request;
    private final Duration progressEvery;

    /**
     * A migration to be driven.
     *
     * @param guest         what to move
     * @param peerUri       the destination, as the source is to reach it
     * @param destination   a connection of our own to it, if there is one, to look for the guest at the end
     * @param request       how
     * @param progressEvery how often the source is asked how far it has come
     */
    SourceDrivenMigration(Domain guest, String peerUri, Optional<Connection> destination, MigrationRequest request,
            Duration progressEvery) {
        this.guest = guest;
        this.peerUri = peerUri;
        this.destination = destination;
        this.request = request;
        this.progressEvery = progressEvery;
    }

    /** Has it driven; never throws for a migration that did not succeed. */
    MigrationOutcome run(PerformControl control) {
        Connection source = guest.connection();
        try {
            MigrationContradictions.of(request, ErrorDomain.DOM).ifPresent(contradiction -> {
                throw contradiction;
            });
            PeerUri.parse(peerUri);
            Features.requireDriving(source);
            if (control.cancelled() || Thread.currentThread().isInterrupted()) {
                throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU,
                        "job 'migration out' canceled by client");
            }
        } catch (VirtException refusal) {
            return new MigrationOutcome.RolledBack(Phase.BEGIN, List.of(new Cause(Host.SOURCE, refusal)));
        }
        try {
            new Transfer(guest, control, progressEvery).run(() -> source.call(MigrationProcedures.PERFORM,
                    new MigrationProcedures.PerformArgs(WireNames.wire(guest.ref()), Optional.of(peerUri),
                            MigrationParams.of(request), Opaque.of(new byte[0]), flags())));
            return new MigrationOutcome.Completed(arrived());
        } catch (LostConnectionException silence) {
            return new MigrationOutcome.OutOfSight(List.of(new Cause(Host.SOURCE, silence)));
        } catch (VirtException refusal) {
            return look(new Cause(Host.SOURCE, refusal));
        }
    }

    /** The source protects the guest by itself, all within one call; stock ones are not told to. */
    private int flags() {
        Set<MigrationFlag> flags = EnumSet.of(MigrationFlag.PEER2PEER);
        flags.addAll(request.flags());
        flags.remove(MigrationFlag.CHANGE_PROTECTION);
        return WireFlag.mask(flags);
    }

    /** The guest as it is called at the destination, as far as this side can see. */
    private DomainRef arrived() {
        DomainRef expected =
                new DomainRef(request.nameAtDestination(), request.guest().uuid(), DomainRef.INACTIVE);
        try {
            return destination.map(there -> there.domains().byName(request.nameAtDestination()).ref())
                    .orElse(expected);
        } catch (VirtException e) {
            // It moved; that it cannot be seen from here is no failure.
            return expected;
        }
    }

    /** The source says what went wrong and not who has the guest, so it is asked for the guest. */
    private MigrationOutcome look(Cause cause) {
        StateReason state;
        try {
            state = guest.state();
        } catch (LostConnectionException silence) {
            return new MigrationOutcome.OutOfSight(List.of(cause, new Cause(Host.SOURCE, silence)));
        } catch (VirtException refusal) {
            if (!refusal.is(ErrorCode.NO_DOMAIN) || cause.error().is(ErrorCode.NO_DOMAIN)) {
                return new MigrationOutcome.RolledBack(Phase.PERFORM, List.of(cause));
            }
            return goneAfter(cause, new Cause(Host.SOURCE, refusal));
        }
        if (state == StateReason.PAUSED_MIGRATION) {
            return new MigrationOutcome.InDoubt(List.of(cause));
        }
        boolean ended = state.state() == DomainState.SHUTOFF && !request.has(MigrationFlag.OFFLINE);
        if (!ended || neverRan(cause.error())) {
            return new MigrationOutcome.RolledBack(Phase.PERFORM, List.of(cause));
        }
        // A doubt is settled by the source itself, sometimes before anybody can look.
        return state == StateReason.SHUTOFF_MIGRATED ? new MigrationOutcome.Completed(arrived()) : goneAfter(cause, cause);
    }

    /** The guest is not at the source any more: it has ended there, or arrived after the source had said that it was in doubt. */
    private static MigrationOutcome goneAfter(Cause cause, Cause seen) {
        return MigrationOutcome.InDoubt.isSaidBy(cause.error())
                ? new MigrationOutcome.OutOfSight(cause == seen ? List.of(cause) : List.of(cause, seen))
                : new MigrationOutcome.Died(Host.SOURCE, List.of(cause));
    }

    /** A guest that was off before has not ended by this. */
    private static boolean neverRan(VirtException error) {
        return error.is(ErrorCode.OPERATION_INVALID) && error.domainNumber() == ErrorDomain.DOMAIN.number();
    }
}
