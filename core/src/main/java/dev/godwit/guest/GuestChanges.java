package dev.godwit.guest;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * Every change to what is known of guests, each with its files and its events as one step. All methods take the guest's change
 * lock themselves.
 *
 * <p>A configuration is changed on disk first: what a user was told is on disk. A status file is written after the change, as a
 * picture of what is known then, so that the last one written is never older than the last change; one that cannot be written is
 * reported and does not stop the guest.
 */
final class GuestChanges {

    private static final System.Logger LOG = System.getLogger(GuestChanges.class.getName());

    private final GuestRegistry registry;
    private final GuestStore store;
    private final EventHub events;
    private final InstantSource clock;

    GuestChanges(GuestRegistry registry, GuestStore store, EventHub events, InstantSource clock) {
        this.registry = registry;
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    /** Gives a guest a configuration, or a new one. */
    void configure(Guest guest, Element configuration) {
        guest.changing.lock();
        try {
            store.saveConfiguration(guest.name(), configuration);
            boolean had = guest.persistent();
            guest.change(facts -> facts.configured(Optional.of(configuration)));
            emit(guest, had ? Lifecycle.DEFINED_UPDATED : Lifecycle.DEFINED_ADDED);
        } finally {
            guest.changing.unlock();
        }
    }

    /**
     * Takes a guest's configuration away; does nothing where it has none.
     *
     * @param event whether to say so: a migration removes it in silence
     */
    void unconfigure(Guest guest, boolean event) {
        guest.changing.lock();
        try {
            if (!guest.persistent()) {
                return;
            }
            store.deleteConfiguration(guest.name());
            guest.change(facts -> facts.configured(Optional.empty()));
            if (event) {
                emit(guest, Lifecycle.UNDEFINED_REMOVED);
            }
        } finally {
            guest.changing.unlock();
        }
        registry.release(guest);
    }

    void autostart(Guest guest, boolean on) {
        guest.changing.lock();
        try {
            store.autostart(guest.name(), on);
            store.away(guest.name(), false); // whoever sets it now knows where the guest is
            guest.change(facts -> facts.autostarting(on));
        } finally {
            guest.changing.unlock();
        }
    }

    /** A guest leaves, or has left, and keeps its configuration here: it must not be started with the host as long as it is away. */
    void away(Guest guest) {
        guest.changing.lock();
        try {
            if (guest.persistent() && guest.autostart()) {
                store.away(guest.name(), true);
            }
        } finally {
            guest.changing.unlock();
        }
    }

    /** Whether it is away. */
    boolean isAway(Guest guest) {
        return store.away(guest.name());
    }

    /** It runs here again, whoever decided that. A guest that cannot be noted as such is not started with the host, and that is said then. */
    void here(Guest guest) {
        try {
            store.away(guest.name(), false);
        } catch (VirtException e) {
            LOG.log(Level.WARNING, "Guest " + guest.name() + " will not be started with the host: " + e.getMessage());
        }
    }

    /** Puts a configuration found on disk into place. */
    void found(Guest guest, Element configuration, boolean autostart) {
        guest.changing.lock();
        try {
            guest.change(facts -> facts.configured(Optional.of(configuration)).autostarting(autostart));
        } finally {
            guest.changing.unlock();
        }
    }

    /** Puts a run found on disk into place, without an event. */
    Run found(Guest guest, int id, GuestStatus status) {
        guest.changing.lock();
        try {
            registry.seenId(id);
            Run run = new Run(id, status.since());
            guest.change(facts -> facts.running(run, status.definition(), status.state(), status.since()));
            return run;
        } finally {
            guest.changing.unlock();
        }
    }

    /**
     * Begins a run in state PAUSED, STARTING_UP.
     *
     * @param definition makes the live definition from the new id
     * @throws VirtException 55 when one goes on already
     */
    Run begin(Guest guest, IntFunction<Element> definition) {
        guest.changing.lock();
        try {
            requireOff(guest);
            Run run = new Run(registry.nextId(), clock.instant());
            Element live = definition.apply(run.id());
            guest.limits(MigrationLimits.NONE);
            guest.completed(JobStats.NONE);
            guest.change(facts -> facts.running(run, live, StateReason.PAUSED_STARTING_UP, run.began()));
            return run;
        } finally {
            guest.changing.unlock();
        }
    }

    /** Notes the machine of a run. False when the run has ended meanwhile; the machine is of no use then. */
    boolean made(Guest guest, Run run, Machine machine, Element definition) {
        guest.changing.lock();
        try {
            if (!is(guest, run)) {
                return false;
            }
            run.machine(machine);
            guest.change(facts -> facts.live(definition));
            writeStatus(guest, machine.status());
            return true;
        } finally {
            guest.changing.unlock();
        }
    }

    /** Whether a run still goes on. */
    boolean is(Guest guest, Run run) {
        return guest.run().filter(current -> current == run).isPresent();
    }

    /**
     * Puts a run into a state; does nothing where it is in that state with that reason, or over.
     *
     * @param change the event for it, if there is one
     */
    void become(Guest guest, Run run, StateReason state, Optional<Lifecycle> change) {
        transition(guest, run, _ -> Optional.of(new Transition(state, change)));
    }

    /** A state and the event for it. */
    record Transition(StateReason state, Optional<Lifecycle> change) {}

    /**
     * Puts a run into a state that depends on the one it is in.
     *
     * @param decide the new state for the old one; empty leaves it
     */
    void transition(Guest guest, Run run, Function<StateReason, Optional<Transition>> decide) {
        guest.changing.lock();
        try {
            if (!is(guest, run)) {
                return;
            }
            Optional<Transition> next = decide.apply(guest.state());
            if (next.isEmpty() || next.get().state() == guest.state()) {
                return;
            }
            guest.change(facts -> facts.in(next.get().state(), clock.instant()));
            writeStatus(guest, run);
            next.get().change().ifPresent(change -> emit(guest, change));
        } finally {
            guest.changing.unlock();
        }
    }

    /** Changes the live definition. */
    void live(Guest guest, Run run, UnaryOperator<Element> change) {
        guest.changing.lock();
        try {
            if (is(guest, run)) {
                Element live = change.apply(guest.live().orElseThrow());
                guest.change(facts -> facts.live(live));
                writeStatus(guest, run);
            }
        } finally {
            guest.changing.unlock();
        }
    }

    /** Writes the status file of a run before its machine is known. */
    void starting(Guest guest, Run run, List<Element> driver) {
        guest.changing.lock();
        try {
            if (is(guest, run)) {
                // If this fails, the start must fail: a daemon that dies now would never find the process again.
                store.saveStatus(guest.name(), status(guest, driver));
            }
        } finally {
            guest.changing.unlock();
        }
    }

    void statusChanged(Guest guest, Run run) {
        guest.changing.lock();
        try {
            if (is(guest, run)) {
                writeStatus(guest, run);
            }
        } finally {
            guest.changing.unlock();
        }
    }

    /**
     * Notes how far a migration has come, before it goes there.
     *
     * @throws VirtException 38 if it cannot be written down; the step must not be taken then
     */
    void note(MigrationJob job, MigrationJob.Note note) {
        Guest guest = job.guest();
        guest.changing.lock();
        try {
            MigrationJob.Note before = job.note();
            job.note(note);
            if (guest.active()) {
                try {
                    store.saveStatus(guest.name(),
                            status(guest, guest.machine().map(Machine::status).orElse(List.of())));
                } catch (VirtException e) {
                    job.note(before);
                    throw e;
                }
            }
        } finally {
            guest.changing.unlock();
        }
    }

    /** Ends a migration's job and leaves its guest as it is. */
    void end(MigrationJob job) {
        Guest guest = job.guest();
        guest.changing.lock();
        try {
            job.end();
            guest.run().ifPresent(run -> writeStatus(guest, run));
        } finally {
            guest.changing.unlock();
        }
    }

    /** How a run ends. */
    record End(StateReason state, Optional<Lifecycle> change, boolean eventKeepsId) {

        /** Because somebody here ended it. */
        static End of(StateReason state, Lifecycle change) {
            return new End(state, Optional.of(change), false);
        }
    }

    /**
     * Ends a run; whoever comes first does. Its migration's job ends with it, and a transient guest is forgotten.
     *
     * @return false when it had ended before
     */
    boolean end(Guest guest, Run run, End end) {
        List<Client.Registration> registrations;
        guest.changing.lock();
        try {
            if (!is(guest, run)) {
                return false;
            }
            DomainRef with = guest.ref();
            guest.jobs().migration().ifPresent(MigrationJob::end);
            guest.change(facts -> facts.off(end.state(), clock.instant()));
            try {
                store.deleteStatus(guest.name());
            } catch (VirtException e) {
                LOG.log(Level.ERROR, "The status of the ended guest " + guest.name() + " could not be removed", e);
            }
            DomainRef ref = end.eventKeepsId() ? with : guest.ref();
            end.change().ifPresent(change -> events.emit(new DomainEvent.LifecycleChange(ref, change)));
            registrations = List.copyOf(run.registrations());
            run.registrations().clear();
        } finally {
            guest.changing.unlock();
        }
        registrations.forEach(Client.Registration::close);
        run.machine().ifPresent(machine -> machine.over(end.state()));
        registry.release(guest);
        return true;
    }

    /**
     * Ends the machine of a run, then the run.
     *
     * @param graceful only by asking, never by force
     * @return false when the run had ended before
     * @throws VirtException if the machine is still there; the run goes on then
     */
    boolean kill(Guest guest, Run run, End end, boolean graceful) {
        Machine machine = run.machine().orElseThrow(() -> new VirtException(ErrorCode.OPERATION_INVALID,
                ErrorDomain.DOMAIN, "domain '" + guest.name() + "' has no machine that could be ended"));
        run.expectEnd(true);
        try {
            machine.kill(graceful);
        } catch (VirtException e) {
            run.expectEnd(false);
            if (!run.isGone()) {
                throw e;
            }
        }
        return end(guest, run, end);
    }

    /** Keeps a registration until a run ends; takes it back at once where that has ended. */
    void keep(Guest guest, Run run, Client.Registration registration) {
        guest.changing.lock();
        try {
            if (is(guest, run)) {
                run.keep(registration);
                return;
            }
        } finally {
            guest.changing.unlock();
        }
        registration.close();
    }

    /** Takes back all that was kept, because the guest no longer depends on it. */
    void letGo(Guest guest, Run run) {
        List<Client.Registration> registrations;
        guest.changing.lock();
        try {
            registrations = List.copyOf(run.registrations());
            run.registrations().clear();
        } finally {
            guest.changing.unlock();
        }
        registrations.forEach(Client.Registration::close);
    }

    void emit(Guest guest, Lifecycle change) {
        events.emit(new DomainEvent.LifecycleChange(guest.ref(), change));
    }

    void emit(DomainEvent event) {
        events.emit(event);
    }

    static void requireOff(Guest guest) {
        if (guest.active()) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN,
                    "domain '" + guest.name() + "' is already active");
        }
    }

    private void writeStatus(Guest guest, Run run) {
        // Before the machine is there, starting() has written the status, or there is nothing yet that could be lost.
        run.machine().ifPresent(machine -> writeStatus(guest, machine.status()));
    }

    private void writeStatus(Guest guest, List<Element> driver) {
        try {
            store.saveStatus(guest.name(), status(guest, driver));
        } catch (VirtException e) {
            LOG.log(Level.ERROR, "The status of guest " + guest.name() + " could not be written", e);
        }
    }

    private static GuestStatus status(Guest guest, List<Element> driver) {
        Optional<MigrationJob> job = guest.jobs().migration();
        return new GuestStatus(
                guest.state(),
                guest.since(),
                job.map(MigrationJob::operation).orElse(JobOperation.UNKNOWN),
                job.map(MigrationJob::note)
                        .orElse(new MigrationJob.Note(MigrationPhase.NONE, 0, Optional.empty())),
                driver,
                guest.live().orElseThrow());
    }
}
