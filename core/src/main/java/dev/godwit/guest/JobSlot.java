package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Waiting;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the jobs of one guest queue: at most one short job and at most one long one (a migration) at a time.
 */
public final class JobSlot {

    private final Duration patience;
    private final Waiting waiting;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Job current;
    private MigrationJob migration;

    /**
     * A slot without jobs.
     *
     * @param patience how long a job waits for another one before it fails; libvirt's is 30 s
     * @param waiting  how it waits
     */
    public JobSlot(Duration patience, Waiting waiting) {
        this.patience = patience;
        this.waiting = waiting;
    }

    /**
     * Begins a short job; waits for the one that runs, and for a migration that does not let this kind in.
     *
     * @param kind   what it does
     * @param holder the call's name, for those who wait for it
     * @return the lease; close it
     * @throws VirtException 68 when it has waited too long, or the thread was interrupted
     */
    public Job begin(JobKind kind, String holder) {
        lock.lock();
        try {
            await(kind);
            current = new Job(this, kind, holder);
            return current;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Begins a migration's job; waits for a short job that runs, never for another migration.
     *
     * @param guest     whose
     * @param operation {@link JobOperation#MIGRATION_OUT} or {@link JobOperation#MIGRATION_IN}
     * @param holder    the call's name, for those who wait for it
     * @param allowed   the short jobs that are let in meanwhile
     * @param domain    the subsystem of the error
     * @return the lease
     * @throws VirtException 55 when a migration runs already, 68 when it has waited too long
     */
    MigrationJob beginMigration(
            Guest guest, JobOperation operation, String holder, Set<JobKind> allowed, ErrorDomain domain) {
        lock.lock();
        try {
            refuseSecondMigration(guest, domain);
            await(JobKind.MODIFY);
            refuseSecondMigration(guest, domain);
            migration = new MigrationJob(this, guest, operation, holder, allowed);
            return migration;
        } finally {
            lock.unlock();
        }
    }

    /** The migration that goes on, if one does. */
    public Optional<MigrationJob> migration() {
        lock.lock();
        try {
            return Optional.ofNullable(migration);
        } finally {
            lock.unlock();
        }
    }

    /** The short job that goes on, if one does. */
    public Optional<Job> current() {
        lock.lock();
        try {
            return Optional.ofNullable(current);
        } finally {
            lock.unlock();
        }
    }

    void end(Job job) {
        lock.lock();
        try {
            if (current == job) {
                current = null;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void end(MigrationJob job) {
        lock.lock();
        try {
            if (migration == job) {
                migration = null;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets those who wait look again. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void refuseSecondMigration(Guest guest, ErrorDomain domain) {
        if (migration != null) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, domain,
                    "another migration job is already running for domain '" + guest.name() + "'");
        }
    }

    private void await(JobKind kind) {
        long nanos = patience.toNanos();
        while (current != null || (migration != null && !migration.lets(kind))) {
            refuseInDoubt(kind);
            String holder = current != null ? current.holder() : migration.holder();
            if (nanos <= 0) {
                throw timeout(holder);
            }
            try {
                nanos = waiting.await(lock, changed, nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw timeout(holder);
            }
        }
    }

    /** A migration in doubt may stay so for hours; whoever wants the guest is told at once why he cannot have it. */
    private void refuseInDoubt(JobKind kind) {
        if (migration != null && migration.doubt().isPresent() && !migration.lets(kind)) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.NONE,
                    "domain '" + migration.guest().name() + "' is " + migration.doubt().get());
        }
    }

    private static VirtException timeout(String holder) {
        return new VirtException(ErrorCode.OPERATION_TIMEOUT, ErrorDomain.NONE,
                "cannot acquire state change lock (held by monitor=" + holder + ")");
    }
}
