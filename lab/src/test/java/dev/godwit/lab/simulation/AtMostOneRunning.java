package dev.godwit.lab.simulation;

import java.util.List;
import java.util.Optional;

/** At no moment do the CPUs of two copies of the guest run. */
final class AtMostOneRunning implements Invariant {

    @Override
    public Optional<String> broken(Simulation run) {
        List<Site> running = run.world().running();
        return running.size() < 2 ? Optional.empty()
                : Optional.of("the guest runs on " + running.stream().map(Site::name).toList());
    }
}
