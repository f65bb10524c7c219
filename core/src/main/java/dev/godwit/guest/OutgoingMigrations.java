package dev.godwit.guest;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.WireFlag;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * What {@link dev.godwit.driver.MigrationSource} promises, as far as it is the same for every hypervisor: who may enter which
 * phase, what is written down before it, what is put right when it fails, and what a repeated call gets. The hypervisor's own
 * part of each phase comes in as a function.
 */
public final class OutgoingMigrations {

    private static final System.Logger LOG = System.getLogger(OutgoingMigrations.class.getName());
    private static final String BEGIN = "remoteDispatchDomainMigrateBegin3Params";
    private static final String PERFORM = "remoteDispatchDomainMigratePerform3Params";
    private static final String CONFIRM = "remoteDispatchDomainMigrateConfirm3Params";

    private final GuestRegistry registry;
    private final GuestMigrations migrations;
    private final AbandonedMigration abandoned;
    private final MigrationCustody custody;
    private final Settlement settlement;
    private final ErrorDomain errorDomain;
    private volatile boolean closed;

    /** The hypervisor's part of PERFORM. */
    public interface Sending {

        /**
         * Sends the guest. The guest stands still when this returns.
         *
         * @param job      the migration
         * @param transfer says whether it is to be given up
         * @return the cookie for FINISH
         * @throws VirtException if it could not be sent, or was to be given up; nothing is being sent any more
         */
        Cookie send(MigrationJob job, Transfer transfer);

        /** Wakes {@link #send}, from another thread, because the transfer is to be given up. */
        void wake();
    }

    /**
     * The guests that leave a host.
     *
     * @param manager     the host's guests
     * @param abandoned   what is done with a migration that is left alone
     * @param errorDomain the subsystem of the errors
     */
    public OutgoingMigrations(GuestManager manager, AbandonedMigration abandoned, ErrorDomain errorDomain) {
        this.registry = manager.registry();
        this.migrations = manager.migrations();
        this.abandoned = abandoned;
        this.custody = manager.custody();
        this.settlement = manager.settlement();
        this.errorDomain = errorDomain;
    }

    /**
     * BEGIN. Without CHANGE_PROTECTION the guest is not locked before PERFORM.
     *
     * @param request  what to move and how
     * @param describe the hypervisor's part: checks that it can be moved, and says what it is
     */
    public Offer begin(MigrationRequest request, Function<MigrationJob, Offer> describe) {
        MigrationJob job = open(request, BEGIN);
        boolean keep = false;
        try {
            custody.entered(job, Phase.BEGIN, Verdict.GO);
            Offer offer = describe.apply(job);
            custody.done(job, Phase.BEGIN, Verdict.GO);
            if (request.has(MigrationFlag.CHANGE_PROTECTION)) {
                migrations.note(job, MigrationPhase.BEGIN, WireFlag.mask(request.flags()));
                keep = true;
            }
            return offer;
        } finally {
            if (!keep) {
                migrations.endJob(job);
            }
        }
    }

    /** Locks a guest, and writes down that it is about to be moved. */
    private MigrationJob open(MigrationRequest request, String call) {
        MigrationJob job = migrations.beginOutgoing(request.guest(), call);
        boolean written = false;
        try {
            abandoned.adopt(job);
            job.willEnd(Owner.SOURCE, "it did not move");
            custody.opensOutgoing(job, request.peer().stream().toList(), WireFlag.mask(request.flags()));
            settlement.verdicts().forget(job.guest().uuid());
            written = true;
            return job;
        } finally {
            if (!written) {
                migrations.endJob(job);
            }
        }
    }

    /**
     * PERFORM.
     *
     * @param request what to move and how
     * @param there   what the destination says beside what stock hosts do; empty from a stock one
     * @param sending the hypervisor's part
     */
    public Sent perform(MigrationRequest request, Optional<MigrationTicket> there, Sending sending) {
        MigrationJob job = request.has(MigrationFlag.CHANGE_PROTECTION)
                ? migrations.outgoing(request.guest())
                : open(request.guest()).orElseGet(() -> open(request, PERFORM));
        job.holder(PERFORM);
        Transfer transfer = Transfer.of(job);
        if (job.phase() != MigrationPhase.BEGIN && job.phase() != MigrationPhase.NONE
                || !transfer.enter(sending::wake)) {
            throw invalid("another migration job is already running for domain '" + job.guest().name() + "'");
        }
        int flags = WireFlag.mask(request.flags());
        boolean sent = false;
        String why = "it could not be sent";
        try {
            Run run = migrations.run(job);
            try {
                there.ifPresent(ticket -> custody.hears(job, ticket));
                custody.entered(job, Phase.PERFORM, Verdict.GO);
                migrations.note(job, MigrationPhase.PERFORM, flags);
                job.onAbort(Optional.of(transfer::cancel));
                Cookie cookie = sending.send(job, transfer);
                // Before it is said: should the guest end here in between, the destination may start it nevertheless.
                job.willEnd(Owner.UNKNOWN, "it ended here after all of it had been sent");
                migrations.note(job, MigrationPhase.PERFORM_DONE, flags);
                custody.sent(job);
                sent = true;
                return new Sent(cookie);
            } catch (VirtException failure) {
                why = String.valueOf(failure.getMessage());
                throw run.endExpected() && !closed ? ended(failure) : failure;
            }
        } finally {
            job.onAbort(Optional.empty());
            boolean alone = transfer.leave();
            if (!closed) {
                settle(job, sent, alone, why);
            }
        }
    }

    private void settle(MigrationJob job, boolean sent, boolean alone, String why) {
        try {
            if (!sent) {
                custody.failed(job, Phase.PERFORM, why);
                job.willEnd(job.active() ? Owner.SOURCE : Owner.NOBODY, why);
                migrations.resumeOutgoing(job);
            } else if (alone) {
                abandoned.recover(migrations, job);
            } else {
                settlement.watch(job);
            }
        } catch (VirtException e) {
            LOG.log(Level.ERROR, "Guest " + job.guest().name() + " could not be resumed after its migration failed", e);
        }
    }

    /** Somebody ended the guest on purpose while it was sent; what broke by that is of less interest. */
    private static VirtException ended(VirtException failure) {
        return new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.DOMAIN, "domain is not running", failure);
    }

    /**
     * CONFIRM.
     *
     * @param request what was moved and how
     * @param verdict GO ends the original, CANCEL lets it run again
     * @param there   what the destination says beside what stock hosts do; empty from a stock one, and with a CANCEL
     * @param figures the last figures of a migration that succeeded
     */
    public void confirm(MigrationRequest request, Verdict verdict, Optional<MigrationTicket> there,
            Function<MigrationJob, JobStats> figures) {
        UUID uuid = request.guest().uuid();
        Optional<MigrationJob> open = open(request.guest());
        if (open.isEmpty() && settlement.verdicts().of(uuid).filter(verdict::equals).isPresent()) {
            return;
        }
        if (open.isEmpty() && verdict == Verdict.CANCEL) {
            settlement.requireNotMoved(request.guest()); // who was too late must not think that it is back
        }
        MigrationJob job = open.orElseGet(() -> migrations.outgoing(request.guest()));
        custody.requireSame(job, there);
        job.holder(CONFIRM);
        settlement.confirm(job, verdict, request.flags(), figures);
    }

    /**
     * The one who drove is gone.
     *
     * @param request what was to be moved
     */
    public void abandon(MigrationRequest request) {
        Optional<MigrationJob> open = open(request.guest());
        if (open.isEmpty() || Transfer.of(open.get()).abandon()) {
            return;
        }
        try {
            abandoned.recover(migrations, open.get());
        } catch (VirtException e) {
            LOG.log(Level.ERROR, "Guest " + open.get().guest().name()
                    + " could not be put right after the one who migrated it had gone", e);
        }
    }

    /** The daemon ends: whoever sends now leaves everything to the next one. */
    public void close() {
        closed = true;
        settlement.close();
    }

    /** Whether the daemon ends. */
    public boolean isClosed() {
        return closed;
    }

    private Optional<MigrationJob> open(DomainRef ref) {
        return registry.find(ref.uuid()).flatMap(guest -> guest.jobs().migration())
                .filter(job -> job.operation() == JobOperation.MIGRATION_OUT);
    }

    private VirtException invalid(String detail) {
        return new VirtException(ErrorCode.OPERATION_INVALID, errorDomain, detail);
    }
}
