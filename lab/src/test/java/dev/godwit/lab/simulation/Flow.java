package dev.godwit.lab.simulation;

/** Who drives a migration, and how the guest's data gets over. */
enum Flow {
    /** The client drives both hosts. */
    DIRECT,
    /** The same, by a client that takes a FINISH without an answer for a refusal, as libvirt's does. */
    DIRECT_AS_LIBVIRT,
    /** The source drives. */
    PEER_TO_PEER,
    /** The source drives, and the data goes through the daemons' connection. */
    TUNNELLED
}
