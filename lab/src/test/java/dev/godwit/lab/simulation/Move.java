package dev.godwit.lab.simulation;

import dev.godwit.driver.MigrationFlag;
import java.util.Set;

/**
 * A migration that somebody wants.
 *
 * @param from  the host that the guest is to leave
 * @param to    the host that it is to go to
 * @param flow  who drives
 * @param flags what else is wanted
 */
record Move(String from, String to, Flow flow, Set<MigrationFlag> flags) {

    Move {
        flags = Set.copyOf(flags);
    }

    boolean has(MigrationFlag flag) {
        return flags.contains(flag);
    }

    @Override
    public String toString() {
        return from + " to " + to + ", " + flow + flags.stream().sorted().map(flag -> ", " + flag).reduce("", String::concat);
    }
}
