package dev.godwit.lab.fault;

import dev.godwit.domain.DomainState;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.lab.fault.Row.Ending;
import dev.godwit.lab.host.LabHost;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationAudit;
import dev.godwit.migration.MigrationAudit.HostJournal;
import dev.godwit.migration.MigrationHistory;
import java.util.List;
import java.util.Optional;

/** Everything that can be seen of the guest, on both hosts. */
final class World {

    private final Pair pair;

    World(Pair pair) {
        this.pair = pair;
    }

    /** The hosts on which a QEMU of the guest is, running or not. */
    private List<LabHost> machines() {
        return pair.hosts().stream().filter(host -> !host.guestProcesses(pair.guest().name()).isEmpty()).toList();
    }

    /** The host on which it runs, by its own monitor; empty when there is no QEMU of it. */
    Optional<LabHost> home() {
        return machines().stream().findFirst();
    }

    /** What is not as it must be in the end; empty when it is settled. */
    Optional<String> unsettled(Ending ending) {
        List<LabHost> machines = machines();
        if (machines.size() > 1 || machines.isEmpty() && ending == Ending.RUNS) {
            return Optional.of("QEMUs on " + machines + ", monitors say " + pair.taps().statuses());
        }
        List<String> expected = machines.stream().map(host -> host.name() + " running").toList();
        if (!pair.taps().statuses().equals(expected)) {
            return Optional.of("monitors say " + pair.taps().statuses());
        }
        try {
            return pair.hosts().stream().flatMap(host -> unsettled(host, machines.contains(host)).stream()).findFirst();
        } catch (VirtException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Optional<String> unsettled(LabHost host, boolean runs) {
        HostView view = pair.view(host);
        Optional<StateReason> state = view.state();
        if (runs ? state.filter(reason -> reason.state() == DomainState.RUNNING).isEmpty() : state.isPresent()) {
            return Optional.of(host + " says it is " + state.map(Enum::name).orElse("unknown"));
        }
        if (view.busy()) {
            return Optional.of(host + " has it in a job");
        }
        if (!pair.faulty(host)) {
            return Optional.empty(); // a stock daemon keeps no journal
        }
        List<JournaledMigration> open = MigrationHistory.of(view.journal()).open();
        return open.isEmpty() ? Optional.empty() : Optional.of("the journal of " + host + " has open " + open);
    }

    /** Fails if CPUs of the guest ever ran on both hosts. */
    void assertNeverTwo() {
        pair.taps().twoAtOnce().ifPresent(two -> {
            throw new AssertionError(two);
        });
    }

    /** Fails unless the journals of both hosts prove that they never did. */
    void assertJournals() {
        MigrationAudit.Result result = MigrationAudit.of(
                pair.hosts().stream().map(host -> new HostJournal(host.name(), pair.view(host).journal())).toList(),
                pair.guest().uuid());
        if (result.conclusion() != MigrationAudit.Conclusion.PROVED) {
            throw new AssertionError("the journals: " + result.conclusion() + ", " + result.findings().stream()
                    .filter(finding -> finding.kind() != MigrationAudit.Kind.CLEAR).toList());
        }
    }
}
