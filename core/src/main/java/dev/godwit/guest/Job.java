package dev.godwit.guest;

/**
 * A lease on a guest for one short operation. Whoever holds it may change the guest; closing it, from any
 * thread, gives it back.
 *
 * @see JobSlot#begin
 */
public final class Job implements AutoCloseable {

    private final JobSlot slot;
    private final JobKind kind;
    private final String holder;

    Job(JobSlot slot, JobKind kind, String holder) {
        this.slot = slot;
        this.kind = kind;
        this.holder = holder;
    }

    /** What it does. */
    public JobKind kind() {
        return kind;
    }

    /** Which call holds it, by the name that error 68 shows to those who waited in vain. */
    public String holder() {
        return holder;
    }

    /** Gives the lease back. Does nothing the second time. */
    @Override
    public void close() {
        slot.end(this);
    }
}
