package dev.godwit.lab.simulation;

import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationAudit;
import dev.godwit.migration.MigrationAudit.Conclusion;
import dev.godwit.migration.MigrationAudit.Finding;
import dev.godwit.migration.MigrationAudit.HostJournal;
import dev.godwit.migration.MigrationAudit.Kind;
import dev.godwit.migration.MigrationHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** At rest no migration is open in any journal, and the journals of all hosts together prove that no two copies ran. */
final class JournalsAgree implements Invariant {

    @Override
    public Optional<String> broken(Simulation run) {
        World world = run.world();
        List<HostJournal> journals = new ArrayList<>();
        for (Site site : world.sites()) {
            journals.add(new HostJournal(site.name(), site.journal()));
            for (JournaledMigration open : MigrationHistory.of(site.journal()).open()) {
                return Optional.of("the journal of " + site.name() + " has a migration open: " + open);
            }
        }
        if (journals.stream().allMatch(journal -> journal.entries().isEmpty())) {
            return Optional.empty();
        }
        MigrationAudit.Result result = MigrationAudit.of(journals, world.guest());
        boolean cannotSay = result.conclusion() == Conclusion.CANNOT_SAY && run.wasStartedByHand();
        if (result.conclusion() != Conclusion.PROVED && !cannotSay) {
            return Optional.of("the journals do not prove it: " + result.conclusion() + " " + result.findings().stream()
                    .filter(finding -> finding.kind() != Kind.CLEAR).map(Finding::says).toList());
        }
        List<Site> copies = world.copies();
        return result.owner().filter(owner -> copies.size() == 1 && !copies.getFirst().name().equals(owner))
                .map(owner -> "the journals say that the guest is on " + owner + ", and it is on " + copies.getFirst().name());
    }
}
