package dev.godwit.guest;

import dev.godwit.domain.DomainState;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Waiting;
import dev.godwit.guest.GuestChanges.End;
import dev.godwit.guest.GuestStore.Stored;
import dev.godwit.guest.Hypervisor.Reattached;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Finds the guests that an earlier daemon left: first all configurations, then what runs, each run on a thread of its own. What goes
 * wrong with one guest is reported by name and does not keep the others from being found. A machine that does not answer, as on a host
 * that has too much to do, is asked again until it does.
 */
final class GuestRecovery {

    private static final System.Logger LOG = System.getLogger(GuestRecovery.class.getName());

    /** Between two looks at a machine that does not answer. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Hypervisor hypervisor;
    private final GuestStore store;
    private final GuestRegistry registry;
    private final GuestChanges changes;
    private final Starter starter;
    private final GuestMigrations migrations;
    private final MigrationRecovery recovery;
    private final Waiting waiting;
    private final BooleanSupplier givenUp;

    /**
     * For a host.
     *
     * @param recovery decides about guests that were being migrated
     * @param waiting  how long it is between two looks at a machine that does not answer
     * @param givenUp  whether the daemon ends, and nobody is to be asked any more
     */
    GuestRecovery(
            Hypervisor hypervisor,
            GuestStore store,
            GuestRegistry registry,
            GuestChanges changes,
            Starter starter,
            GuestMigrations migrations,
            MigrationRecovery recovery,
            Waiting waiting,
            BooleanSupplier givenUp) {
        this.hypervisor = hypervisor;
        this.store = store;
        this.registry = registry;
        this.changes = changes;
        this.starter = starter;
        this.migrations = migrations;
        this.recovery = recovery;
        this.waiting = waiting;
        this.givenUp = givenUp;
    }

    /** A guest that ran, to be looked for. */
    private record Lost(Guest guest, Run run, GuestStatus status, Optional<MigrationJob> job) {}

    void run() {
        for (Stored<Element> stored : store.configurations()) {
            configuration(stored);
        }
        List<Lost> lost = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        for (Stored<GuestStatus> stored : store.statuses()) {
            status(stored, ids).ifPresent(lost::add);
        }
        List<Thread> threads = new ArrayList<>();
        for (Lost one : lost) {
            threads.add(Thread.ofVirtual().name("reattach " + one.guest().name()).start(() -> find(one)));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        try {
            hypervisor.removeOrphans(ids);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "What earlier runs left could not be removed", e);
        }
    }

    private void configuration(Stored<Element> stored) {
        Element configuration = stored.value();
        String name = Definition.name(configuration);
        try (GuestRegistry.Claim claim = registry.claim(name, Definition.uuid(configuration).orElseThrow())) {
            changes.found(claim.guest(), configuration, store.autostart(name));
        } catch (VirtException e) {
            store.setAside(stored.file(), e.getMessage());
        }
    }

    private Optional<Lost> status(Stored<GuestStatus> stored, Set<Integer> ids) {
        GuestStatus status = stored.value();
        Element definition = status.definition();
        int id;
        try {
            id = Integer.parseInt(definition.attr("id", ""));
        } catch (NumberFormatException e) {
            id = -1;
        }
        if (id < 1 || !ids.add(id)) {
            store.setAside(stored.file(), "its id is missing or another guest's");
            return Optional.empty();
        }
        try (GuestRegistry.Claim claim =
                registry.claim(Definition.name(definition), Definition.uuid(definition).orElseThrow())) {
            Guest guest = claim.guest();
            Run run = changes.found(guest, id, status);
            return Optional.of(new Lost(guest, run, status, migrations.found(guest, status)));
        } catch (VirtException e) {
            store.setAside(stored.file(), e.getMessage());
            return Optional.empty();
        }
    }

    private void find(Lost lost) {
        Guest guest = lost.guest();
        Run run = lost.run();
        try {
            Optional<List<Element>> arrival = lost.status().operation() == JobOperation.MIGRATION_IN
                    ? Optional.of(List.of())
                    : Optional.empty();
            Reattached found = hypervisor.reattach(starter.launch(guest, run, arrival), lost.status());
            if (found instanceof Reattached.Silent(Machine machine, _)) {
                changes.made(guest, run, machine, guest.live().orElseThrow());
                LOG.log(Level.ERROR, "Guest {0} runs but does not answer; it is left alone, and asked again every {1} s. Destroy it,"
                        + " or end its process, when it is certain that no other host runs it", guest.name(), AGAIN.toSeconds());
            }
            takeUp(lost, found).ifPresent(again ->
                    Thread.ofVirtual().name("ask again " + guest.name()).start(() -> askAgain(lost, again)));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "Guest " + guest.name() + " could not be looked for; it is left alone", e);
        }
    }

    private void askAgain(Lost lost, Supplier<Reattached> first) {
        Guest guest = lost.guest();
        Optional<Supplier<Reattached>> question = Optional.of(first);
        try {
            while (question.isPresent()) {
                waiting.pause(AGAIN);
                if (givenUp.getAsBoolean() || !changes.is(guest, lost.run())) {
                    return;
                }
                Reattached found = question.get().get();
                if (found instanceof Reattached.Alive) {
                    LOG.log(Level.INFO, "Guest {0} answers again", guest.name());
                }
                question = takeUp(lost, found);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "Guest " + guest.name() + " could not be asked again; it is left alone", e);
        }
    }

    /** Goes on with a guest as it was found; or says how to look again, where it does not answer. */
    private Optional<Supplier<Reattached>> takeUp(Lost lost, Reattached found) {
        return switch (found) {
            case Reattached.Silent(_, Supplier<Reattached> again) -> Optional.of(again);
            case Reattached.Alive(Machine machine, Element definition, StateReason state) -> {
                alive(lost, machine, definition, state);
                yield Optional.empty();
            }
            case Reattached.Gone(StateReason state) -> {
                gone(lost.guest(), lost.run(), state);
                yield Optional.empty();
            }
        };
    }

    private void gone(Guest guest, Run run, StateReason state) {
        LOG.log(Level.WARNING, "Guest {0} ended while no daemon watched it", guest.name());
        changes.end(guest, run, End.of(state, state == StateReason.SHUTOFF_SHUTDOWN
                ? Lifecycle.STOPPED_SHUTDOWN
                : Lifecycle.STOPPED_CRASHED));
    }

    private void alive(Lost lost, Machine machine, Element definition, StateReason state) {
        Guest guest = lost.guest();
        Run run = lost.run();
        if (!changes.made(guest, run, machine, definition)) {
            return;
        }
        if (lost.status().state() == StateReason.PAUSED_STARTING_UP && state.state() != DomainState.RUNNING
                && lost.job().filter(migrations::handedOver).isEmpty()) {
            // It never ran here: its start did not come to an end, or it waits for a migration whose driver never heard of it.
            LOG.log(Level.WARNING, "Guest {0} was only being started; it is ended", guest.name());
            changes.kill(guest, run, End.of(StateReason.SHUTOFF_FAILED, Lifecycle.STOPPED_FAILED), false);
            return;
        }
        if (state != guest.state()) {
            changes.become(guest, run, state, Optional.empty());
        }
        switch (state.state()) {
            // What it did while nobody watched still has to be followed up.
            case SHUTDOWN -> starter.events(guest, run).afterShutDown(Optional.empty());
            case CRASHED -> starter.events(guest, run).afterPanic();
            default -> {}
        }
        lost.job().ifPresent(job -> recovery.recover(migrations, job));
    }
}
