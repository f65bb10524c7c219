package dev.godwit.lab.simulation;

import dev.godwit.driver.MigrationFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** At rest each host has the guest's configuration or not, as the table of the migration page says for what has become of it. */
final class ConfigurationAsTheTableSays implements Invariant {

    @Override
    public Optional<String> broken(Simulation run) {
        World world = run.world();
        List<Site> copies = world.copies();
        // Where somebody else changed configurations, or the guest is gone, the table says nothing.
        if (world.fate().haveConfigurationsChanged() || copies.size() != 1) {
            return Optional.empty();
        }
        Scenario scenario = run.scenario();
        Move move = scenario.move();
        boolean moved = copies.getFirst().name().equals(move.to());
        List<String> wrong = new ArrayList<>();
        check(world.site(move.from()), scenario.persistent() && !(moved && move.has(MigrationFlag.UNDEFINE_SOURCE)), wrong);
        check(world.site(move.to()), scenario.knownAtDestination() || moved && move.has(MigrationFlag.PERSIST_DEST), wrong);
        return wrong.isEmpty() ? Optional.empty()
                : Optional.of(String.join("; ", wrong) + ", and the guest " + (moved ? "has moved" : "has not moved"));
    }

    private static void check(Site site, boolean expected, List<String> wrong) {
        boolean there = site.disk().all().stream().anyMatch(file -> file.getParent().equals(Site.CONFIG)
                && file.toString().endsWith(".xml"));
        if (there != expected) {
            wrong.add(site.name() + (there ? " has a configuration" : " has no configuration"));
        }
    }
}
