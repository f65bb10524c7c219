package dev.godwit.guest;

import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.WireFlag;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The lease of a migration on a guest, from BEGIN to CONFIRM at the source, from PREPARE to FINISH at the destination: over several
 * calls, on any thread.
 *
 * <p>It never outlives the run it works on: when the guest's run ends, for whatever reason, its migration's job ends with it, and
 * {@link #active()} says so.
 */
public final class MigrationJob {

    private final JobSlot slot;
    private final Guest guest;
    private final JobOperation operation;
    private final String holder;
    private volatile Set<JobKind> allowed;
    private volatile String heldBy;
    private volatile Note note = new Note(MigrationPhase.NONE, 0, Optional.empty());
    private volatile Supplier<JobStats> stats = () -> JobStats.NONE;
    private volatile Optional<Runnable> abort = Optional.empty();
    private volatile Object attachment;
    private volatile boolean ended;

    MigrationJob(JobSlot slot, Guest guest, JobOperation operation, String holder, Set<JobKind> allowed) {
        this.slot = slot;
        this.guest = guest;
        this.operation = operation;
        this.holder = holder;
        this.allowed = Set.copyOf(allowed);
        this.heldBy = holder;
    }

    /**
     * What the status file says about a migration.
     *
     * @param phase   how far it has come
     * @param flags   the request's flags, as on the wire
     * @param started when it began
     */
    public record Note(MigrationPhase phase, int flags, Optional<Instant> started) {}

    /** The guest. */
    public Guest guest() {
        return guest;
    }

    /** {@link JobOperation#MIGRATION_OUT} or {@link JobOperation#MIGRATION_IN}. */
    public JobOperation operation() {
        return operation;
    }

    /** Which call holds it, by the name that error 68 shows. */
    public String holder() {
        return heldBy;
    }

    /** Says which call works on it now. */
    public void holder(String call) {
        heldBy = call;
    }

    /** Whether the lease is still held. */
    public boolean active() {
        return !ended;
    }

    /** How far it has come. */
    public MigrationPhase phase() {
        return note.phase();
    }

    /** The request's flags, as far as this release knows them. */
    public Set<MigrationFlag> flags() {
        return WireFlag.of(MigrationFlag.class, note.flags());
    }

    /** What the status file says. */
    public Note note() {
        return note;
    }

    void note(Note newNote) {
        note = newNote;
    }

    /** The figures as they are now; what {@link #progress} was given, or none. */
    public JobStats stats() {
        return stats.get();
    }

    /**
     * Says where the figures come from.
     *
     * @param source asked for each query, on the query's thread; must not block for long
     */
    public void progress(Supplier<JobStats> source) {
        stats = source;
    }

    /** How to cancel what goes on, while it can be cancelled. */
    public Optional<Runnable> abort() {
        return abort;
    }

    /**
     * Says how to cancel what goes on.
     *
     * @param action tells the hypervisor and returns; empty while there is nothing to cancel
     */
    public void onAbort(Optional<Runnable> action) {
        abort = action;
    }

    /**
     * What the side keeps for this migration from one phase to the next.
     *
     * @param type the type it has
     * @return empty when nothing of that type was kept
     */
    public <T> Optional<T> attachment(Class<T> type) {
        return type.isInstance(attachment) ? Optional.of(type.cast(attachment)) : Optional.empty();
    }

    /** Keeps something from one phase to the next. */
    public void attach(Object what) {
        attachment = what;
    }

    /** Says which short jobs are let in from now on. */
    void let(Set<JobKind> kinds) {
        allowed = Set.copyOf(kinds);
        slot.wake();
    }

    boolean lets(JobKind kind) {
        return allowed.contains(kind);
    }

    /** Gives the lease back without touching the guest. Does nothing the second time. */
    void end() {
        ended = true;
        slot.end(this);
    }

    @Override
    public String toString() {
        return operation + " of " + guest.name() + " in " + note.phase() + " (first held by " + holder + ")";
    }
}
