package dev.godwit.lab.simulation;

import dev.godwit.driver.simulated.SimulatedHost;
import dev.godwit.driver.simulated.SimulatedSession;
import dev.godwit.guest.Guest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** At rest nothing of a migration is left: no receiver, no port, no job, no status file without a guest, no connection. */
final class NothingLeftBehind implements Invariant {

    @Override
    public Optional<String> broken(Simulation run) {
        List<String> left = new ArrayList<>();
        for (Site site : run.world().sites()) {
            look(run.world(), site, left);
        }
        return left.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", left));
    }

    private static void look(World world, Site site, List<String> left) {
        SimulatedHost host = world.machines().host(site.name());
        if (host.receiverCount() > 0) {
            left.add(site.name() + " still listens on " + host.receiverCount() + " ports");
        }
        SimulatedSession session = site.daemon().orElseThrow().session().orElseThrow();
        long active = session.manager().registry().all().stream().filter(Guest::active).count();
        if (active != host.machineCount()) {
            left.add(site.name() + " has " + host.machineCount() + " machines and knows of " + active);
        }
        for (Guest guest : session.manager().registry().all()) {
            guest.jobs().migration().ifPresent(job -> left.add(site.name() + " has a job: " + job));
        }
        for (Path file : site.disk().all()) {
            if (file.startsWith(Site.RUN) && file.toString().endsWith(".xml") && host.machineCount() == 0) {
                left.add(site.name() + " has the file " + file + " without a machine");
            }
            if (file.toString().endsWith(".damaged")) {
                left.add(site.name() + " has set aside " + file);
            }
        }
        if (site.daemon().orElseThrow().connectionCount() > 0) {
            left.add(site.name() + " still has " + site.daemon().orElseThrow().connectionCount() + " connections");
        }
    }
}
