package dev.godwit.lab.simulation;

import java.util.List;

/** The program behind {@code lab/simulate}: runs consecutive seeds, or one that is told from beginning to end, and prints what came of it. */
final class SimulationTour {

    private SimulationTour() {}

    /**
     * Runs seeds.
     *
     * @param arguments the first and the last one, and the {@link Defect}; a single seed is told
     */
    public static void main(String[] arguments) {
        long from = Long.parseLong(arguments[0]);
        long to = Long.parseLong(arguments[1]);
        Defect defect = Defect.valueOf(arguments[2]);
        System.exit((from == to ? tell(from, defect) : run(from, to, defect)) ? 0 : 1);
    }

    private static boolean tell(long seed, Defect defect) {
        List<String> lines = Simulation.told(seed, defect);
        lines.forEach(System.out::println);
        return !lines.getLast().contains("is broken");
    }

    private static boolean run(long from, long to, Defect defect) {
        Campaign campaign = new Campaign(defect, System.err::println);
        campaign.run(from, to - from + 1);
        System.out.print(campaign.report());
        return campaign.broken().isEmpty();
    }
}
