package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.WireFlag;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * What {@link dev.godwit.driver.UnmanagedMigration} promises, as far as it is the same for every hypervisor: that the guest is
 * locked, that what goes on is written down before it goes on, and what its end means for the guest.
 *
 * <pre>
 *   note "unmanaged" ─► hypervisor sends ─┬─ completed ─► the original is ended
 *                           │             └─ failed, cancelled ─► the guest runs on
 *                      daemon ends
 *                           └─ the next one finds the note, and follows on
 * </pre>
 */
public final class UnmanagedMigrations {

    private static final System.Logger LOG = System.getLogger(UnmanagedMigrations.class.getName());
    private static final String CALL = "remoteDispatchDomainMigratePerform3";

    private final GuestMigrations migrations;
    private final ErrorDomain errorDomain;
    private volatile boolean closed;

    /** The hypervisor's part. */
    public interface Sending {

        /**
         * Looks for what stands against it, makes the way, and tells the hypervisor how.
         *
         * @throws VirtException if it cannot be sent; the guest and its hypervisor are as they were
         */
        void prepare(MigrationJob job, Transfer transfer);

        /**
         * Begins. Called when it has been written down.
         *
         * @throws VirtException if it cannot be begun; nothing is being sent
         */
        void begin(MigrationJob job);

        /**
         * Waits until the hypervisor has ended it.
         *
         * @return the figures of one that is complete
         * @throws VirtException if it failed or was cancelled; nothing is being sent any more
         */
        JobStats follow(MigrationJob job, Transfer transfer);

        /** Wakes {@link #follow}, from another thread, because the transfer is to be given up. */
        void wake();
    }

    /**
     * The guests that leave a host without anybody's help.
     *
     * @param migrations  what may be done to them
     * @param errorDomain the subsystem of the errors
     */
    public UnmanagedMigrations(GuestMigrations migrations, ErrorDomain errorDomain) {
        this.migrations = migrations;
        this.errorDomain = errorDomain;
    }

    /**
     * Sends a guest.
     *
     * @param request what to move and how
     * @param sending the hypervisor's part
     * @return the last figures
     */
    public JobStats send(MigrationRequest request, Sending sending) {
        MigrationJob job = migrations.beginOutgoing(request.guest(), CALL);
        Transfer transfer = Transfer.of(job);
        transfer.enter(sending::wake);
        boolean begun = false;
        try {
            sending.prepare(job, transfer);
            // Written down first: a hypervisor that sends, and a daemon that knows nothing of it, must not be.
            migrations.note(job, MigrationPhase.UNMANAGED, WireFlag.mask(request.flags()));
            job.onAbort(Optional.of(transfer::cancel));
            sending.begin(job);
            begun = true;
        } finally {
            if (!begun) {
                job.onAbort(Optional.empty());
                transfer.leave();
                putBack(job);
            }
        }
        return toTheEnd(job, transfer, sending);
    }

    /**
     * Takes up a transfer that an earlier daemon began, and returns at once.
     *
     * @param job     whose
     * @param sending the hypervisor's part; it is not begun again
     */
    public void takeUp(MigrationJob job, Sending sending) {
        Transfer transfer = Transfer.of(job);
        transfer.enter(sending::wake);
        job.onAbort(Optional.of(transfer::cancel));
        Thread.ofVirtual().name("unmanaged " + job.guest().name()).start(() -> {
            try {
                toTheEnd(job, transfer, sending);
            } catch (VirtException e) {
                LOG.log(closed ? Level.DEBUG : Level.WARNING, "Guest {0} did not leave and runs on: {1}",
                        job.guest().name(), e.getMessage());
            }
        });
    }

    private JobStats toTheEnd(MigrationJob job, Transfer transfer, Sending sending) {
        String name = job.guest().name();
        boolean left = false;
        try {
            JobStats last = follow(job, transfer, sending);
            left = true;
            LOG.log(Level.INFO, "Guest {0} was taken by its receiver; the original is ended", name);
            try {
                migrations.removeOutgoing(job, last,
                        ConfigHandling.sourceKeeps(job.guest().persistent(), job.flags()));
            } catch (VirtException e) {
                LOG.log(Level.ERROR, "Guest " + name + " was taken by its receiver, and its paused copy here could not be"
                        + " ended. Destroy it; never resume it", e);
                migrations.endJob(job);
            }
            return last;
        } finally {
            job.onAbort(Optional.empty());
            transfer.leave();
            if (!left) {
                putBack(job);
            }
        }
    }

    /** While the daemon ends, a question that was just on its way finds the monitor closed: that says nothing of the transfer. */
    private JobStats follow(MigrationJob job, Transfer transfer, Sending sending) {
        try {
            return sending.follow(job, transfer);
        } catch (VirtException e) {
            throw closed ? leftAlone(job.guest().name()) : e;
        }
    }

    private void putBack(MigrationJob job) {
        if (closed) {
            return; // The hypervisor goes on, and the next daemon sees to it.
        }
        try {
            migrations.resumeOutgoing(job);
        } catch (VirtException e) {
            LOG.log(Level.ERROR, "Guest " + job.guest().name() + " could not be resumed after it had not left", e);
        }
    }

    /** The daemon ends: transfers are left to their hypervisors and to the next one. */
    public void close() {
        closed = true;
    }

    /** Whether the daemon ends. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * What whoever waits for a transfer is told when the daemon ends before it.
     *
     * @param guest the guest's name
     */
    public VirtException leftAlone(String guest) {
        return new VirtException(ErrorCode.OPERATION_ABORTED, errorDomain, "the daemon ends, and guest '" + guest
                + "' goes on to its receiver without it");
    }
}
