package dev.godwit.guest;

import dev.godwit.domain.DomainState;
import dev.godwit.driver.ListFlag;
import java.util.Set;

/** Which guests a list shows: the flags of one group are alternatives, the groups narrow. */
final class ListFilter {

    private final Set<ListFlag> flags;

    ListFilter(Set<ListFlag> flags) {
        this.flags = Set.copyOf(flags);
    }

    boolean accepts(Guest guest) {
        Guest.Facts facts = guest.facts();
        boolean active = facts.run().isPresent();
        boolean persistent = facts.configuration().isPresent();
        if (!active && !persistent) {
            return false;
        }
        DomainState state = facts.state().state();
        boolean running = state == DomainState.RUNNING;
        boolean paused = state == DomainState.PAUSED;
        boolean off = state == DomainState.SHUTOFF;
        return choice(ListFlag.ACTIVE, active, ListFlag.INACTIVE, !active)
                && choice(ListFlag.PERSISTENT, persistent, ListFlag.TRANSIENT, !persistent)
                && (none(ListFlag.RUNNING, ListFlag.PAUSED, ListFlag.SHUTOFF, ListFlag.OTHER)
                        || asked(ListFlag.RUNNING, running)
                        || asked(ListFlag.PAUSED, paused)
                        || asked(ListFlag.SHUTOFF, off)
                        || asked(ListFlag.OTHER, !running && !paused && !off))
                && choice(ListFlag.AUTOSTART, facts.autostart(), ListFlag.NO_AUTOSTART, !facts.autostart())
                // Managed save images, snapshots and checkpoints do not exist here yet.
                && choice(ListFlag.MANAGEDSAVE, false, ListFlag.NO_MANAGEDSAVE, true)
                && choice(ListFlag.HAS_SNAPSHOT, false, ListFlag.NO_SNAPSHOT, true)
                && choice(ListFlag.HAS_CHECKPOINT, false, ListFlag.NO_CHECKPOINT, true);
    }

    private boolean choice(ListFlag one, boolean isOne, ListFlag other, boolean isOther) {
        return none(one, other) || asked(one, isOne) || asked(other, isOther);
    }

    private boolean asked(ListFlag flag, boolean holds) {
        return holds && flags.contains(flag);
    }

    private boolean none(ListFlag... group) {
        for (ListFlag flag : group) {
            if (flags.contains(flag)) {
                return false;
            }
        }
        return true;
    }
}
