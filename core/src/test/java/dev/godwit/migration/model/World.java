package dev.godwit.migration.model;

import dev.godwit.domain.Host;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.util.Optional;

/**
 * Everything at one moment: two hosts, the one who drives, and what is between them. A value; a step makes another one.
 *
 * @param source        the host the guest leaves
 * @param destination   the host it goes to
 * @param asking        where the source's question to the destination is; volatile, the source's
 * @param coordinator   who drives
 * @param toSource      the coordinator's connection to the source
 * @param toDestination the coordinator's connection to the destination
 * @param hostsApart    whether the source cannot reach the destination to ask; only looked at while it wants to
 * @param sent          the calls that were ever made. A call that was made can arrive at any time, again, or never
 * @param endedHere     whether the copy at the source has ended by itself, or by a user
 * @param endedThere    whether the copy at the destination has
 * @param ranThere      whether the destination's CPUs have ever run
 */
record World(Side source, Side destination, Asking asking, Coordinator coordinator, Link toSource, Link toDestination,
        boolean hostsApart, Calls sent, boolean endedHere, boolean endedThere, boolean ranThere) {

    /** A guest runs at the source, and somebody wants it to be moved. */
    static final World START = new World(
            new Side(true, Note.NOTHING, Copy.RUNNING, Task.NOTHING, Stage.OPEN),
            new Side(true, Note.NOTHING, Copy.NONE, Task.NOTHING, Stage.OPEN), Asking.NO,
            Coordinator.about(Task.BEGIN), Link.OPEN, Link.OPEN, false, new Calls(0), false, false, false);

    /**
     * One host.
     *
     * @param up    whether its daemon runs
     * @param note  durable: the last line of its journal for this migration
     * @param copy  durable: the guest's QEMU, which does not depend on the daemon
     * @param hand  volatile: what the daemon works on; it works on one thing at a time
     * @param stage volatile: how far that is
     */
    record Side(boolean up, Note note, Copy copy, Task hand, Stage stage) {

        boolean idle() {
            return up && hand == Task.NOTHING;
        }

        // @formatter:off
        Side note(Note next)   { return new Side(up, next, copy, hand, stage); }
        Side copy(Copy next)   { return new Side(up, note, next, hand, stage); }
        Side hand(Task next)   { return new Side(up, note, copy, next, Stage.OPEN); }
        Side stage(Stage next) { return new Side(up, note, copy, hand, next); }
        Side down()            { return new Side(false, note, copy, Task.NOTHING, Stage.OPEN); }
        Side restarted()       { return new Side(true, note, copy, hand, stage); }
        // @formatter:on
    }

    /**
     * Who drives: {@code MigrationProtocol.run} and {@code settle}.
     *
     * @param alive      whether it is there; a client never comes back
     * @param call       what it calls; NOTHING when it has come to an end
     * @param delivery   where that call is
     * @param reply      what came back, when that is ANSWERED
     * @param asks       whether a FINISH_CANCEL is the question after a FINISH without an answer
     * @param thenSource whether the source has to be told, too
     */
    record Coordinator(boolean alive, Task call, Delivery delivery, Reply reply, boolean asks, boolean thenSource) {

        static Coordinator about(Task call) {
            return new Coordinator(true, call, Delivery.READY, Reply.NO, false, false);
        }

        // @formatter:off
        static Coordinator ended()           { return about(Task.NOTHING); }
        static Coordinator dead()            { return new Coordinator(false, Task.NOTHING, Delivery.READY, Reply.NO, false, false); }
        Coordinator delivery(Delivery next)  { return new Coordinator(alive, call, next, reply, asks, thenSource); }
        Coordinator answered(Reply answer)   { return new Coordinator(alive, call, Delivery.ANSWERED, answer, asks, thenSource); }
        Coordinator asking()                 { return new Coordinator(alive, call, delivery, reply, true, thenSource); }
        Coordinator thenSource(boolean next) { return new Coordinator(alive, call, delivery, reply, asks, next); }
        // @formatter:on

        /** Whether it waits for the answer to a call that has not arrived yet. */
        boolean sent(Task task) {
            return call == task && delivery == Delivery.SENT;
        }

        /** Whether it waits for the answer to a call that a host has in hand. */
        boolean taken(Task task) {
            return call == task && delivery == Delivery.TAKEN;
        }
    }

    /** What is asked of a host, and what it does alone. */
    enum Task {
        NOTHING,
        BEGIN, PERFORM, CONFIRM_GO, CONFIRM_CANCEL, PREPARE, FINISH_GO, FINISH_CANCEL, QUESTION,
        /** What the table says for a host that was left alone. */
        REMEDY;

        boolean isFor(Host host) {
            return switch (this) {
                case BEGIN, PERFORM, CONFIRM_GO, CONFIRM_CANCEL -> host == Host.SOURCE;
                case PREPARE, FINISH_GO, FINISH_CANCEL, QUESTION -> host == Host.DESTINATION;
                case NOTHING, REMEDY -> false;
            };
        }

        @Override
        public String toString() {
            return switch (this) {
                case CONFIRM_GO -> "CONFIRM(GO)";
                case CONFIRM_CANCEL -> "CONFIRM(CANCEL)";
                case FINISH_GO -> "FINISH(GO)";
                case FINISH_CANCEL -> "FINISH(CANCEL)";
                case QUESTION -> "the question";
                default -> name();
            };
        }
    }

    /** How far a task in hand is. */
    enum Stage {
        OPEN,
        /** It failed, and this host is being cleaned. */
        FAILED,
        /** It is done and in the journal, and not answered. */
        DONE,
        /** It was answered before it is in the journal: only with {@link Rules.Defect#ANSWER_BEFORE_JOURNAL}. */
        ANSWERED
    }

    /** The last line of a host's journal for this migration. */
    enum Note {
        NOTHING("nothing"),
        BEGIN_ENTERED("Entered(BEGIN)", Phase.BEGIN, false),
        BEGIN_DONE("Done(BEGIN)", Phase.BEGIN, true),
        PERFORM_ENTERED("Entered(PERFORM)", Phase.PERFORM, false),
        PERFORM_DONE("Done(PERFORM)", Phase.PERFORM, true),
        CONFIRM_GO_ENTERED("Entered(CONFIRM, GO)", Phase.CONFIRM, false),
        CONFIRM_CANCEL_ENTERED("Entered(CONFIRM, CANCEL)", Phase.CONFIRM, false),
        /** The source's end of a migration that took place. */
        CONFIRM_DONE("Closed(destination owns)", Phase.CONFIRM, true),
        PREPARE_ENTERED("Entered(PREPARE)", Phase.PREPARE, false),
        PREPARE_DONE("Done(PREPARE)", Phase.PREPARE, true),
        FINISH_ENTERED("Entered(FINISH)", Phase.FINISH, false),
        /** From here on the guest is the destination's. */
        HANDED_OVER("HandedOver", Phase.FINISH, false),
        /** The destination's end of a migration that took place. */
        FINISH_DONE("Done(FINISH)", Phase.FINISH, true),
        /** It never will run at the destination, whoever asks for it; the receiver may still be there. */
        BARRED("Barred"),
        /** Either host's end of a migration that did not take place. */
        STAYED("Closed(source owns)");

        private final String words;
        private final Optional<Phase> phase;
        private final boolean done;

        Note(String words) {
            this.words = words;
            this.phase = Optional.empty();
            this.done = true;
        }

        Note(String words, Phase phase, boolean done) {
            this.words = words;
            this.phase = Optional.of(phase);
            this.done = done;
        }

        /** The phase in which a host is left alone, where that says what it has to do. */
        Optional<Phase> phase() {
            return phase;
        }

        boolean done() {
            return done;
        }

        /** Whether the source has a verdict that it has not carried out. */
        boolean verdict() {
            return this == CONFIRM_GO_ENTERED || this == CONFIRM_CANCEL_ENTERED;
        }

        /** Whether a job is open on this host. */
        boolean open() {
            return this != NOTHING && this != CONFIRM_DONE && this != FINISH_DONE && this != STAYED;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** One host's copy of the guest. */
    enum Copy {
        NONE,
        RUNNING,
        /** Source: runs, and is being sent. */
        SENDING,
        /** Source: paused, and all of it has been sent. */
        SENT,
        /** Destination: a receiver without the guest's memory. */
        WAITING,
        /** Destination: a receiver with all of it, paused. */
        COMPLETE;

        boolean cpusRun() {
            return this == RUNNING || this == SENDING;
        }
    }

    /** Where a source's question is. */
    enum Asking { NO, WANTED, SENT, TAKEN, HEARD_CANCELLED, HEARD_RUNS }

    /** Where a coordinator's call is. LOST: no answer will come, and the coordinator is about to notice. */
    enum Delivery { READY, SENT, TAKEN, ANSWERED, LOST }

    /** What a host says. */
    enum Reply {
        YES, NO, CANCELLED, RUNS_HERE;

        @Override
        public String toString() {
            return switch (this) {
                case YES -> "yes";
                case NO -> "no";
                case CANCELLED -> "\"cancelled, and it never will\"";
                case RUNS_HERE -> "\"it runs here\"";
            };
        }
    }

    /** A connection: whole; closed, which the host has not noticed; closed, which the host has noticed. */
    enum Link { OPEN, BROKEN, CLOSED }

    /** A set of calls. */
    record Calls(int bits) {

        boolean has(Task call) {
            return (bits & 1 << call.ordinal()) != 0;
        }

        Calls with(Task call) {
            return new Calls(bits | 1 << call.ordinal());
        }
    }

    /** Whether the guest is the destination's: from HandedOver on, unless that was taken back. */
    boolean handedOver() {
        return destination.note() == Note.HANDED_OVER || destination.note() == Note.FINISH_DONE;
    }

    /** Whether the guest died by itself, or by its user: the copy of the host that owns it ended. */
    boolean guestEnded() {
        return handedOver() ? endedThere : endedHere;
    }

    Side side(Host host) {
        return host == Host.SOURCE ? source : destination;
    }

    Link link(Host host) {
        return host == Host.SOURCE ? toSource : toDestination;
    }

    // @formatter:off
    World side(Host host, Side next)    { return host == Host.SOURCE ? source(next) : destination(next); }
    World link(Host host, Link next)    { return host == Host.SOURCE ? links(next, toDestination) : links(toSource, next); }
    World source(Side next)             { return new World(next, destination, asking, coordinator, toSource, toDestination, hostsApart, sent, endedHere, endedThere, ranThere); }
    World destination(Side next)        { return new World(source, next, asking, coordinator, toSource, toDestination, hostsApart, sent, endedHere, endedThere, ranThere || next.copy == Copy.RUNNING); }
    World asking(Asking next)           { return new World(source, destination, next, coordinator, toSource, toDestination, hostsApart && next != Asking.NO, sent, endedHere, endedThere, ranThere); }
    World coordinator(Coordinator next) { return new World(source, destination, asking, next, toSource, toDestination, hostsApart, sent, endedHere, endedThere, ranThere); }
    World links(Link here, Link there)  { return new World(source, destination, asking, coordinator, here, there, hostsApart, sent, endedHere, endedThere, ranThere); }
    World hostsApart(boolean next)      { return new World(source, destination, asking, coordinator, toSource, toDestination, next, sent, endedHere, endedThere, ranThere); }
    World sent(Calls next)              { return new World(source, destination, asking, coordinator, toSource, toDestination, hostsApart, next, endedHere, endedThere, ranThere); }
    World endsHere()                    { return new World(source.copy(Copy.NONE), destination, asking, coordinator, toSource, toDestination, hostsApart, sent, true, endedThere, ranThere); }
    World endsThere()                   { return new World(source, destination.copy(Copy.NONE), asking, coordinator, toSource, toDestination, hostsApart, sent, endedHere, true, ranThere); }
    // @formatter:on
}
