package dev.godwit.domain;

/** What a job is doing (libvirt's {@code virDomainJobType}); the ordinal is the number on the wire. */
public enum JobType {
    NONE, BOUNDED, UNBOUNDED, COMPLETED, FAILED, CANCELLED
}
