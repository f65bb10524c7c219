package dev.godwit.domain;

/** What a job is for (libvirt's {@code virDomainJobOperation}); the ordinal is the number on the wire. */
public enum JobOperation {
    UNKNOWN, START, SAVE, RESTORE, MIGRATION_IN, MIGRATION_OUT, SNAPSHOT, SNAPSHOT_REVERT, DUMP, BACKUP,
    SNAPSHOT_DELETE
}
