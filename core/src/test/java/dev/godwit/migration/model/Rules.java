package dev.godwit.migration.model;

import java.util.EnumSet;
import java.util.Set;

/**
 * What is explored: a table, somebody who drives, and the rules that stand between the cells. The rules are in the code of the
 * steps; a {@link Defect} leaves one of them out.
 *
 * @param table   what the hosts read
 * @param flow    who runs the five phases
 * @param defects which rules are broken; none for the protocol itself
 */
record Rules(Table table, Flow flow, Set<Defect> defects) {

    /** Who runs the five phases. */
    enum Flow {
        /** Managed direct: our client, with a connection to each host that it may keep open afterwards. */
        OUR_CLIENT("managed direct, our client"),
        /** Managed direct: libvirt's client, which takes a FINISH without an answer for one that was refused. */
        STOCK_CLIENT("managed direct, libvirt's client"),
        /** Peer to peer: the source's daemon, which dies with it. */
        PEER_TO_PEER("peer to peer");

        private final String words;

        Flow(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** A rule that is left out, so that the model can show what it is there for. */
    enum Defect {
        /** The destination answers the question by whether the guest runs, and writes nothing down. */
        PLAIN_QUESTION,
        /** The source answers PERFORM before Done is in its journal. */
        ANSWER_BEFORE_JOURNAL,
        /** A source that cannot reach the destination takes that for "it is not there". */
        TRUSTS_THE_CONNECTION,
        /** The destination bars itself, answers "cancelled", and leaves the receiver's process where it is. */
        RECEIVER_NOT_KILLED,
        /** The destination starts the CPUs and then writes HandedOver. */
        HANDED_OVER_AFTER_START,
        /** Two migrations of a guest have the same token: a late message of the first counts in the second. */
        TOKEN_REPEATS,
        /** The source resumes on a client's CONFIRM(CANCEL) after PERFORM, without the destination's word. */
        CANCEL_IS_OBEYED,
        /** The CPUs could not be started; the receiver is killed, and the hand-over is not taken back in the journal. */
        NOT_TAKEN_BACK,
        /** QEMU ended while the CPUs were being started; the destination answers FINISH with a refusal. */
        REFUSED_AFTER_HAND_OVER,
        /** "It runs here" is answered as soon as HandedOver is written, while FINISH or recovery still works. */
        ANSWERS_OVER_THE_DOOR,
        /** After PERFORM the source asks only when the connection that drove it has closed. */
        ASKS_ONLY_WHEN_LEFT,
        /** A CONFIRM or a FINISH(CANCEL) that failed waits for somebody to repeat it. */
        FAILED_VERDICT_WAITS,
        /** A phase that ends after its connection has closed stays as it is. */
        LATE_PHASE_NOT_LOOKED_AT
    }

    /** The protocol as it is. */
    static Rules of(Flow flow) {
        return new Rules(Table.REAL, flow, Set.of());
    }

    Rules with(Table altered) {
        return new Rules(altered, flow, defects);
    }

    Rules with(Defect defect) {
        return new Rules(table, flow, EnumSet.of(defect));
    }

    boolean has(Defect defect) {
        return defects.contains(defect);
    }

    boolean peerToPeer() {
        return flow == Flow.PEER_TO_PEER;
    }
}
