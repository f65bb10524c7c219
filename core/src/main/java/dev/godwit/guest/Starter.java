package dev.godwit.guest;

import dev.godwit.domain.StateReason;
import dev.godwit.guest.GuestChanges.End;
import dev.godwit.guest.Hypervisor.Launched;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** Brings machines up, for a start and for an arrival alike. */
final class Starter {

    private final Hypervisor hypervisor;
    private final GuestChanges changes;

    Starter(Hypervisor hypervisor, GuestChanges changes) {
        this.hypervisor = hypervisor;
        this.changes = changes;
    }

    /**
     * Makes a machine that stands still; state PAUSED, STARTING_UP. The caller holds a job.
     *
     * @param configuration complete
     * @param arrival       for a machine that waits for a migration, what its hypervisor should know
     * @return the run
     * @throws dev.godwit.domain.VirtException if it could not be made; no run is left, and no event was given
     */
    Run start(Guest guest, Element configuration, Optional<List<Element>> arrival) {
        Run run = changes.begin(guest, id -> hypervisor.live(configuration, id));
        run.expectEnd(true);
        boolean up = false;
        try {
            Launched launched = hypervisor.start(launch(guest, run, arrival));
            up = changes.made(guest, run, launched.machine(), launched.definition());
            if (!up) {
                launched.machine().kill(false);
            }
        } finally {
            if (!up) {
                fail(guest, run);
            }
        }
        run.expectEnd(false);
        if (run.isGone()) {
            // It died between its start and now.
            events(guest, run).ended();
        }
        return run;
    }

    /** What there was, for finding it again. */
    Launch launch(Guest guest, Run run, Optional<List<Element>> arrival) {
        return new Launch(guest.name(), guest.uuid(), run.id(), guest.live().orElseThrow(),
                arrival.isPresent(), arrival.orElse(List.of()), events(guest, run));
    }

    /** Lets the CPUs of a run run for a reason. */
    void resume(Guest guest, Run run, StateReason reason) {
        run.expectResume(reason);
        run.machine().orElseThrow().resume();
        events(guest, run).resumed();
    }

    /** Stops the CPUs of a run for a reason. */
    void stop(Guest guest, Run run, StateReason reason) {
        StateReason before = run.stopExpected();
        run.expectStop(reason);
        try {
            run.machine().orElseThrow().stop();
            events(guest, run).stopped();
        } finally {
            run.expectStop(before);
        }
    }

    /** Where the machine of a run reports to. */
    RunEvents events(Guest guest, Run run) {
        return new RunEvents(changes, guest, run);
    }

    private void fail(Guest guest, Run run) {
        // Nobody was told that it started.
        changes.end(guest, run, new End(StateReason.SHUTOFF_FAILED, Optional.empty(), false));
    }
}
