package dev.godwit.client.migration;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.WireNames;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.LostConnectionException;
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
 * A migration that nobody drives: one call, PERFORM with the receiver's URI and with neither a connection URI nor a cookie, which
 * answers when the source's hypervisor says how it ended (remote protocol, procedure 305; libvirt's own client sends the same in the
 * older form, procedure 216).
 *
 * <p>This side can watch it and cancel it. It cannot end it by going away, and neither can the source's daemon.
 */
final class UnmanagedDirectMigration {

    private final Domain guest;
    private final MigrationRequest request;
    private final Duration progressEvery;

    UnmanagedDirectMigration(Domain guest, MigrationRequest request, Duration progressEvery) {
        this.guest = guest;
        this.request = request;
        this.progressEvery = progressEvery;
    }

    /** Has it sent; never throws for a migration that did not succeed. */
    MigrationOutcome run(PerformControl control) {
        Connection source = guest.connection();
        try {
            MigrationContradictions.of(request, ErrorDomain.DOM).ifPresent(contradiction -> {
                throw contradiction;
            });
            Features.requireUnmanaged(source);
            if (control.cancelled() || Thread.currentThread().isInterrupted()) {
                throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU,
                        "job 'migration out' canceled by client");
            }
        } catch (VirtException refusal) {
            return new MigrationOutcome.RolledBack(Phase.BEGIN, List.of(new Cause(Host.SOURCE, refusal)));
        }
        try {
            new Transfer(guest, control, progressEvery).run(() -> source.call(MigrationProcedures.PERFORM,
                    new MigrationProcedures.PerformArgs(WireNames.wire(guest.ref()), Optional.empty(),
                            MigrationParams.of(request), Opaque.of(new byte[0]), flags())));
            // The name is the only one known; what the receiver calls it, nobody said.
            return new MigrationOutcome.Completed(
                    new DomainRef(guest.name(), request.guest().uuid(), DomainRef.INACTIVE));
        } catch (LostConnectionException silence) {
            return new MigrationOutcome.OutOfSight(List.of(new Cause(Host.SOURCE, silence)));
        } catch (VirtException refusal) {
            return new MigrationOutcome.RolledBack(Phase.PERFORM, List.of(new Cause(Host.SOURCE, refusal)));
        }
    }

    /** Without CHANGE_PROTECTION, which would mean that somebody goes on to drive it. */
    private int flags() {
        Set<MigrationFlag> flags = EnumSet.noneOf(MigrationFlag.class);
        flags.addAll(request.flags());
        flags.remove(MigrationFlag.CHANGE_PROTECTION);
        return WireFlag.mask(flags);
    }
}
