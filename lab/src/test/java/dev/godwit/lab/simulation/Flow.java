package dev.godwit.lab.simulation;

/** Who drives a migration, and how the guest's data gets over. */
enum Flow {
    /** The client drives both hosts. */
    DIRECT,
    /** The source drives. */
    PEER_TO_PEER,
    /** The source drives, and the data goes through the daemons' connection. */
    TUNNELLED
}
