package dev.godwit.lab.fault;

import static dev.godwit.domain.Host.DESTINATION;
import static dev.godwit.domain.Host.SOURCE;

import dev.godwit.domain.Host;
import dev.godwit.lab.fault.daemon.Action;
import dev.godwit.lab.fault.daemon.Point;
import java.util.List;

/** What goes wrong, at once or one after the other, while a daemon is at a point. */
enum Fault {
    /** The source's daemon is killed. */
    SOURCE_DAEMON("source daemon", false, List.of(SOURCE)),
    /** The destination's daemon is killed. */
    DESTINATION_DAEMON("destination daemon", false, List.of(DESTINATION)),
    /** Both are. */
    BOTH_DAEMONS("both daemons", false, List.of(SOURCE, DESTINATION)),
    /** The client is killed. */
    CLIENT("client", false, List.of()),
    /** The source's QEMU is killed: the guest dies, unless it is the destination's by then. */
    SOURCE_QEMU("source QEMU", false, List.of()),
    /** The destination's QEMU is killed: the guest dies if it was handed over. */
    DESTINATION_QEMU("destination QEMU", false, List.of()),
    /** All TCP connections of the host that is at the point are reset. */
    CONNECTIONS("connections", false, List.of()),
    /** The destination is cut off for as long as it takes that everybody has noticed. */
    NETWORK("network", true, List.of()),
    /** The destination is cut off, and then the source's daemon is killed. */
    NETWORK_THEN_SOURCE_DAEMON("network, source daemon", true, List.of(SOURCE)),
    /** The destination is cut off, and then its daemon is killed. */
    NETWORK_THEN_DESTINATION_DAEMON("network, destination daemon", true, List.of(DESTINATION)),
    /** The disk with the journal of the host that is at the point is full, for some seconds. */
    DISK_FULL("disk full", false, List.of());

    private final String label;
    private final boolean cut;
    private final List<Host> killed;

    Fault(String label, boolean cut, List<Host> killed) {
        this.label = label;
        this.cut = cut;
        this.killed = killed;
    }

    /** What it is called in tables. */
    String label() {
        return label;
    }

    /** Whether the destination is cut off. */
    boolean cut() {
        return cut;
    }

    /** Whose daemons are killed, after the cut. */
    List<Host> killed() {
        return killed;
    }

    /** What the daemon at the point does. */
    Action action(Point point) {
        if (this == DISK_FULL) {
            return Action.FULL;
        }
        return !cut && killed.contains(point.side()) && point.moment() != Point.Moment.MIDWAY ? Action.DIE : Action.STOP;
    }
}
