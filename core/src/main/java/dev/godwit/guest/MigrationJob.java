package dev.godwit.guest;

import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.WireFlag;
import dev.godwit.migration.MigrationOutcome.Owner;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The lease of a migration on a guest, from BEGIN to CONFIRM at the source, from PREPARE to FINISH at the destination: over several
 * calls, on any thread.
 *
 * <p>It never outlives the run it works on: when the guest's run ends, for whatever reason, its migration's job ends with it, and
 * {@link #active()} says so.
 */
public final class MigrationJob {

    private static final Runnable NOBODY = () -> {};

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
    private volatile Optional<MigrationTicket> ticket = Optional.empty();
    private volatile List<String> ask = List.of();
    private volatile Optional<String> doubt = Optional.empty();
    private volatile Ending ending;
    private volatile Runnable whenEnded = NOBODY;
    private volatile Runnable whenRolledBack = () -> {};
    private final ReentrantLock deciding = new ReentrantLock();
    private final AtomicBoolean active = new AtomicBoolean(true);
    private final AtomicBoolean endTold = new AtomicBoolean();

    MigrationJob(JobSlot slot, Guest guest, JobOperation operation, String holder, Set<JobKind> allowed) {
        this.slot = slot;
        this.guest = guest;
        this.operation = operation;
        this.holder = holder;
        this.allowed = Set.copyOf(allowed);
        this.heldBy = holder;
        this.ending = new Ending(Owner.NOBODY, "the guest ended while it moved");
    }

    /**
     * Whose the guest is when the job has ended, for the journal.
     *
     * @param owner who may run it
     * @param why   how it came to that
     */
    record Ending(Owner owner, String why) {}

    /**
     * What the status file says about a migration.
     *
     * @param phase   how far it has come
     * @param flags   the request's flags, as on the wire
     * @param started when it began
     */
    public record Note(MigrationPhase phase, int flags, Optional<Instant> started) {

        /** The same migration in another phase. */
        Note in(MigrationPhase next) {
            return new Note(next, flags, started);
        }
    }

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
        return active.get();
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

    /** What the other host is told about this migration; empty until it is in the journal, and where it never is. */
    public Optional<MigrationTicket> ticket() {
        return ticket;
    }

    /** Connection URIs under which the other host can be asked; empty where none is known. */
    public List<String> ask() {
        return ask;
    }

    void custody(MigrationTicket newTicket, List<String> newAsk) {
        ticket = Optional.of(newTicket);
        ask = List.copyOf(newAsk);
    }

    /** Why it is not known where the guest may run; empty while that is known, or somebody drives. */
    public Optional<String> doubt() {
        return doubt;
    }

    void doubt(Optional<String> why) {
        doubt = why;
        slot.wake();
    }

    /** Held by whoever decides where the guest runs on, and carries that out. */
    ReentrantLock deciding() {
        return deciding;
    }

    /** Says whose the guest will be when this job ends, before that is carried out. */
    void willEnd(Owner owner, String why) {
        ending = new Ending(owner, why);
    }

    Ending ending() {
        return ending;
    }

    /** Says what to do when the job has ended. */
    void onEnd(Runnable action) {
        whenEnded = action;
        if (!active()) {
            tellEnd(); // it ended before anybody could say so
        }
    }

    private void tellEnd() {
        Runnable told = whenEnded;
        if (told != NOBODY && endTold.compareAndSet(false, true)) {
            told.run();
        }
    }

    /** Says what is to be put back when the guest runs on at the source. */
    void onRolledBack(Runnable action) {
        whenRolledBack = action;
    }

    /** The job is over, and the guest runs on at the source. */
    void rolledBack() {
        whenRolledBack.run();
    }

    /** Gives the lease back without touching the guest. Does nothing the second time. */
    void end() {
        boolean first = active.getAndSet(false);
        slot.end(this);
        if (first) {
            tellEnd();
        }
    }

    @Override
    public String toString() {
        return operation + " of " + guest.name() + " in " + note.phase() + " (first held by " + holder + ")";
    }
}
