package dev.godwit.lab.fault;

import dev.godwit.migration.MigrationProtocol.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A fault at a moment that can be seen from outside, so that it can be had with any daemon.
 *
 * @param drive  who drives
 * @param moment when
 * @param fault  which
 */
record OutsideCase(Drive drive, Moment moment, Fault fault) {

    /** What is seen of a migration by looking at the QEMUs. */
    enum Moment {
        /** There is a QEMU at the destination that waits. */
        RECEIVER_WAITS("the receiver waits"),
        /** So much of the memory is sent. */
        MIDWAY("30 % are sent"),
        /** All is sent: the source's QEMU has stopped the guest, and the destination's daemon has not let it run yet. */
        SOURCE_STOPPED("the source has stopped"),
        /** A client has driven until all is sent, and the source's daemon has said so. Nothing more comes from it. */
        ALL_SENT("PERFORM is over"),
        /** The same, until the guest runs at the destination. */
        RUNS_THERE("FINISH is over");

        private final String label;

        Moment(String label) {
            this.label = label;
        }

        /** What it is called in tables. */
        String label() {
            return label;
        }
    }

    /** What can be done from outside. */
    private static final List<Fault> FAULTS = List.of(Fault.SOURCE_DAEMON, Fault.DESTINATION_DAEMON, Fault.BOTH_DAEMONS, Fault.CLIENT,
            Fault.SOURCE_QEMU, Fault.DESTINATION_QEMU, Fault.NETWORK);

    /** All cases. */
    static List<OutsideCase> all() {
        List<OutsideCase> all = new ArrayList<>();
        Stream.of(Drive.DIRECT, Drive.DIRECT_VIRSH, Drive.PEER_TO_PEER).forEach(drive -> Stream.of(Moment.values())
                .forEach(moment -> FAULTS.forEach(fault -> all.add(new OutsideCase(drive, moment, fault)))));
        all.removeIf(one -> one.halt().isPresent() != (one.drive() == Drive.DIRECT));
        return all;
    }

    /** Whether the destination's daemon stands still at that moment, as on a host that is too busy: what it is told is taken later. */
    boolean frozen() {
        return moment == Moment.SOURCE_STOPPED;
    }

    /** The last phase that a client of ours drives before it stands still; empty where an ordinary client drives. */
    Optional<Phase> halt() {
        return switch (moment) {
            case ALL_SENT -> Optional.of(Phase.PERFORM);
            case RUNS_THERE -> Optional.of(Phase.FINISH);
            default -> Optional.empty();
        };
    }

    @Override
    public String toString() {
        return drive.label() + ", " + moment.label() + ", " + fault.label();
    }
}
