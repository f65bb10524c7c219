package dev.godwit.lab.simulation;

import dev.godwit.driver.MigrationFlag;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a seed wants.
 *
 * @param seed               the seed
 * @param hosts              how many there are
 * @param move               the migration
 * @param persistent         whether the guest is defined at the source
 * @param knownAtDestination whether it is defined at the destination beforehand
 * @param strikes            what breaks, in order
 */
record Scenario(long seed, int hosts, Move move, boolean persistent, boolean knownAtDestination, List<Strike> strikes) {

    /** How many moments a migration has in which nothing breaks, about. */
    private static final int USUAL_MOMENTS = 130;
    /** How many of them pass before the guest is locked, about: connections are made. */
    private static final int BEGIN_MOMENT = 40;
    private static final int MOST_STRIKES = 4;

    /** The scenario of a seed. */
    static Scenario of(long seed) {
        // Neighbouring seeds have nothing to do with each other.
        SplittableRandom dice = new SplittableRandom(seed).split().split();
        int hosts = dice.nextInt(4) == 0 ? 3 : 2;
        Set<MigrationFlag> flags = EnumSet.noneOf(MigrationFlag.class);
        add(flags, MigrationFlag.LIVE, dice.nextInt(8) != 0);
        add(flags, MigrationFlag.PERSIST_DEST, dice.nextBoolean());
        add(flags, MigrationFlag.UNDEFINE_SOURCE, dice.nextBoolean());
        Flow flow = switch (dice.nextInt(10)) {
            case 0, 1, 2, 3 -> Flow.DIRECT;
            case 4 -> Flow.DIRECT_AS_LIBVIRT;
            case 5, 6, 7 -> Flow.PEER_TO_PEER;
            default -> Flow.TUNNELLED;
        };
        boolean persistent = dice.nextInt(4) != 0;
        boolean known = dice.nextInt(4) == 0;
        return new Scenario(seed, hosts, new Move("kvm1", "kvm2", flow, flags), persistent, known, strikes(dice));
    }

    /** The same without anything that breaks. */
    Scenario calm() {
        return new Scenario(seed, hosts, move, persistent, knownAtDestination, List.of());
    }

    private static void add(Set<MigrationFlag> flags, MigrationFlag flag, boolean wanted) {
        if (wanted) {
            flags.add(flag);
        }
    }

    private static List<Strike> strikes(SplittableRandom dice) {
        int count = dice.nextInt(20) == 0 ? 0 : 1 + dice.nextInt(MOST_STRIKES);
        List<Strike> strikes = new ArrayList<>();
        long moment = 0;
        for (int i = 0; i < count; i++) {
            Fault fault = fault(dice);
            if (i == 0) {
                moment = dice.nextInt(6) == 0 ? dice.nextInt(USUAL_MOMENTS)
                        : BEGIN_MOMENT + dice.nextInt(USUAL_MOMENTS - BEGIN_MOMENT);
                strikes.add(new Strike(moment, -1, fault));
            } else if (dice.nextInt(3) == 0) {
                strikes.add(new Strike(0, Fault.delay(dice), fault));
            } else {
                moment += dice.nextInt(dice.nextBoolean() ? 8 : 60);
                strikes.add(new Strike(moment, -1, fault));
            }
        }
        return strikes;
    }

    private static Fault fault(SplittableRandom dice) {
        int all = 0;
        for (Fault fault : Fault.values()) {
            all += fault.weight();
        }
        int left = dice.nextInt(all);
        for (Fault fault : Fault.values()) {
            left -= fault.weight();
            if (left < 0) {
                return fault;
            }
        }
        throw new IllegalStateException("There are no faults");
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + hosts + " hosts, " + move + (persistent ? ", persistent" : ", transient")
                + (knownAtDestination ? ", known at the destination" : "") + ", " + strikes.stream().map(Strike::fault).toList();
    }
}
