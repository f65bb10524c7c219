package dev.godwit.guest;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.guest.GuestChanges.End;
import dev.godwit.guest.GuestChanges.Transition;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What the machine of one run reports, turned into states, events, and what the guest's configuration wants to be done about it.
 */
final class RunEvents implements MachineEvents {

    private static final System.Logger LOG = System.getLogger(RunEvents.class.getName());

    private final GuestChanges changes;
    private final Guest guest;
    private final Run run;

    RunEvents(GuestChanges changes, Guest guest, Run run) {
        this.changes = changes;
        this.guest = guest;
        this.run = run;
    }

    @Override
    public void starting(List<Element> status) {
        changes.starting(guest, run, status);
    }

    @Override
    public void stopped() {
        if (run.restarting()) {
            return;
        }
        StateReason reason = run.stopExpected();
        changes.transition(guest, run, now -> now.state() == DomainState.RUNNING
                ? Optional.of(new Transition(reason, Optional.of(stopEvent(reason))))
                : Optional.empty());
    }

    @Override
    public void stopped(StateReason reason, Lifecycle change) {
        changes.transition(guest, run, now -> now.state() == DomainState.RUNNING
                ? Optional.of(new Transition(reason, Optional.of(change)))
                : Optional.empty());
    }

    @Override
    public void resumed() {
        StateReason reason = run.resumeExpected();
        changes.transition(guest, run, now -> now.state() == DomainState.RUNNING
                ? Optional.empty()
                : Optional.of(new Transition(reason, Optional.of(resumeEvent(reason)))));
        run.expectResume(StateReason.RUNNING_UNPAUSED);
        run.restarting(false);
    }

    @Override
    public void became(StateReason state, Lifecycle change) {
        changes.become(guest, run, state, Optional.of(change));
    }

    @Override
    public void rebooted() {
        report(DomainEvent.Reboot::new);
    }

    @Override
    public void shutDown(Optional<Boolean> byGuest) {
        if (run.endExpected()) {
            return;
        }
        if (run.restartsOnShutDown() && guest.state().state() == DomainState.RUNNING) {
            // A reboot: it is down for a moment only, and neither a state nor an event tells of that.
            run.restartsOnShutDown(false);
            run.restarting(true);
            apart("reboot", () -> restart(StateReason.RUNNING_BOOTED));
            return;
        }
        Lifecycle change = byGuest.map(is -> is ? Lifecycle.SHUTDOWN_GUEST : Lifecycle.SHUTDOWN_HOST)
                .orElse(Lifecycle.SHUTDOWN_FINISHED);
        boolean[] first = {false};
        changes.transition(guest, run, now -> switch (now.state()) {
            case SHUTDOWN, CRASHED -> Optional.empty();
            default -> {
                first[0] = true;
                yield Optional.of(new Transition(StateReason.SHUTDOWN_UNKNOWN, Optional.of(change)));
            }
        });
        if (first[0]) {
            afterShutDown(byGuest);
        }
    }

    /** Does what the configuration wants after a shutdown. */
    void afterShutDown(Optional<Boolean> byGuest) {
        // A signal from outside is meant to end it, whatever the configuration says.
        if (byGuest.orElse(true) && action("on_poweroff", "destroy").endsWith("restart")) {
            apart("restart", () -> restart(StateReason.RUNNING_BOOTED));
        } else {
            apart("end", () -> kill(End.of(StateReason.SHUTOFF_SHUTDOWN, Lifecycle.STOPPED_SHUTDOWN)));
        }
    }

    @Override
    public void panicked() {
        changes.become(guest, run, StateReason.CRASHED_PANICKED, Optional.of(Lifecycle.CRASHED_PANICKED));
        afterPanic();
    }

    /** Does what the configuration wants after a crash. */
    void afterPanic() {
        switch (action("on_crash", "destroy")) {
            case "preserve" -> {}
            case "restart", "rename-restart" -> apart("restart", () -> restart(StateReason.RUNNING_CRASHED));
            default -> apart("end", () -> kill(End.of(StateReason.SHUTOFF_CRASHED, Lifecycle.STOPPED_CRASHED)));
        }
    }

    @Override
    public void definition(UnaryOperator<Element> change) {
        changes.live(guest, run, change);
    }

    @Override
    public void report(Function<DomainRef, DomainEvent> event) {
        if (changes.is(guest, run)) {
            changes.emit(event.apply(guest.ref()));
        }
    }

    @Override
    public void statusChanged() {
        changes.statusChanged(guest, run);
    }

    @Override
    public void ended() {
        run.gone();
        if (run.endExpected()) {
            return;
        }
        End end = switch (guest.state().state()) {
            case SHUTDOWN -> new End(StateReason.SHUTOFF_SHUTDOWN, Optional.of(Lifecycle.STOPPED_SHUTDOWN), true);
            default -> new End(StateReason.SHUTOFF_CRASHED, Optional.of(Lifecycle.STOPPED_FAILED), true);
        };
        changes.end(guest, run, end);
    }

    private void restart(StateReason reason) {
        Machine machine = run.machine().orElseThrow();
        boolean runs = false;
        try {
            machine.reset();
            run.expectResume(reason);
            machine.resume();
            resumed();
            runs = true;
        } finally {
            if (!runs) {
                kill(End.of(StateReason.SHUTOFF_SHUTDOWN, Lifecycle.STOPPED_SHUTDOWN));
            }
        }
    }

    private void kill(End end) {
        changes.kill(guest, run, end, false);
    }

    private String action(String event, String otherwise) {
        return guest.live().map(live -> Definition.action(live, event, otherwise)).orElse(otherwise);
    }

    /** The machine that reports must not wait for itself. */
    private void apart(String what, Runnable work) {
        Thread.ofVirtual().name(what + " " + guest.name()).start(() -> {
            try {
                work.run();
            } catch (VirtException e) {
                LOG.log(Level.ERROR, "Guest " + guest.name() + ": could not " + what, e);
            }
        });
    }

    static Lifecycle stopEvent(StateReason reason) {
        return switch (reason) {
            case PAUSED_MIGRATION -> Lifecycle.SUSPENDED_MIGRATED;
            case PAUSED_IOERROR -> Lifecycle.SUSPENDED_IOERROR;
            case PAUSED_WATCHDOG -> Lifecycle.SUSPENDED_WATCHDOG;
            case PAUSED_POSTCOPY -> Lifecycle.SUSPENDED_POSTCOPY;
            case PAUSED_POSTCOPY_FAILED -> Lifecycle.SUSPENDED_POSTCOPY_FAILED;
            case PAUSED_API_ERROR -> Lifecycle.SUSPENDED_API_ERROR;
            default -> Lifecycle.SUSPENDED_PAUSED;
        };
    }

    static Lifecycle resumeEvent(StateReason reason) {
        return switch (reason) {
            case RUNNING_MIGRATED, RUNNING_MIGRATION_CANCELED -> Lifecycle.RESUMED_MIGRATED;
            case RUNNING_POSTCOPY -> Lifecycle.RESUMED_POSTCOPY;
            default -> Lifecycle.RESUMED_UNPAUSED;
        };
    }
}
