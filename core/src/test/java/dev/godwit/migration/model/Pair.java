package dev.godwit.migration.model;

/**
 * Everything at one moment of a post-copy migration, from PERFORM on. See {@link PostCopyModel}.
 *
 * @param source      the host the guest leaves
 * @param destination the host it goes to
 * @param stream      whether the two QEMUs are connected
 * @param call        what the coordinator waits for
 * @param finishSent  whether a FINISH(GO) may arrive
 * @param cancelSent  whether a FINISH(CANCEL) may arrive
 * @param dead        whether the guest has ended: it, or one of its halves, by itself or by a user
 */
record Pair(Side source, Side destination, boolean stream, Call call, boolean finishSent, boolean cancelSent, boolean dead) {

    // @formatter:off
    Pair source(Side next)      { return new Pair(next, destination, stream, call, finishSent, cancelSent, dead); }
    Pair destination(Side next) { return new Pair(source, next, stream, call, finishSent, cancelSent, dead); }
    Pair stream(boolean next)   { return new Pair(source, destination, next, call, finishSent, cancelSent, dead); }
    Pair call(Call next)        { return new Pair(source, destination, stream, next, finishSent || next == Call.FINISH, cancelSent || next == Call.CANCEL, dead); }
    Pair ended()                { return new Pair(source, destination, false, call, finishSent, cancelSent, true); }
    // @formatter:on

    /** What a host has of the guest. */
    enum Half {
        NONE,
        /** Source: the whole guest, running, being sent. */
        SENDING,
        /** Source: the whole guest, running, and nothing is sent any more. */
        RUNNING,
        /** Source: stopped for good; holds memory that the destination needs. */
        HOLDER,
        /** Source: stopped for good; all has gone over. */
        EMPTY,
        /** Destination: waits for the switch. */
        RECEIVER,
        /** Destination: has the devices and a part of the memory; its CPUs have not been started. */
        PAUSED_PART,
        /** Destination: the same, and its CPUs run. They wait while the memory that they need does not come. */
        RUNNING_PART,
        /** Destination: has all of the memory; its CPUs have not been started. */
        PAUSED_WHOLE,
        /** Destination: the whole guest, running. */
        RUNNING_WHOLE
    }

    /** The last line of a host's journal. */
    enum Note {
        PERFORM_ENTERED, PERFORM_DONE, CONFIRM_GO, CONFIRM_DONE,
        PREPARE_DONE, FINISH_ENTERED, HANDED_OVER, FINISH_DONE, BARRED,
        /** Closed, and the guest is the source's. */
        STAYED
    }

    /** What the coordinator waits for. */
    enum Call { PERFORM, FINISH, CANCEL, CONFIRM, GONE }

    /**
     * One host.
     *
     * @param up      whether its daemon runs
     * @param note    durable
     * @param half    durable, because QEMU does not depend on the daemon
     * @param working volatile: whether FINISH is in hand
     * @param alone   whether it has noticed that nobody drives it
     */
    record Side(boolean up, Note note, Half half, boolean working, boolean alone) {

        // @formatter:off
        Side note(Note next)       { return new Side(up, next, half, working, alone); }
        Side half(Half next)       { return new Side(up, note, next, working, alone); }
        Side working(boolean next) { return new Side(up, note, half, next, alone); }
        Side left()                { return new Side(up, note, half, working, true); }
        Side driven()              { return new Side(up, note, half, working, false); }
        Side killed()              { return new Side(false, note, half, false, true); }
        Side restarted()           { return new Side(true, note, half, working, alone); }
        // @formatter:on
    }
}
