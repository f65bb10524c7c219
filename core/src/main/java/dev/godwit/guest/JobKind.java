package dev.godwit.guest;

/** What a short job does to a guest; decides whether it may run beside a migration. */
public enum JobKind {
    /** Ends the guest by force. Let in by every migration. */
    DESTROY,
    /** Stops its CPUs. Let in by an outgoing migration. */
    SUSPEND,
    /** Cancels the long job. Let in by an outgoing migration. */
    ABORT,
    /** Sets the limits of a migration. Let in by an outgoing migration. */
    MIGRATION_LIMITS,
    /** Anything else that changes the guest. Waits for the end of a migration. */
    MODIFY
}
