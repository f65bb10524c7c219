package dev.godwit.guest;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.Verdict;
import dev.godwit.guest.ConfigHandling.AtDestination;
import dev.godwit.guest.GuestChanges.End;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the two sides of a migration do to guests. A side calls these in the order of its phases and does the hypervisor's part
 * itself:
 *
 * <pre>
 * source        {@link #beginOutgoing} … {@link #note} PERFORM … {@link #note} PERFORM_DONE … {@link #removeOutgoing}
 *               or, when it fails, {@link #resumeOutgoing}
 * destination   {@link #admitIncoming} … {@link #prepared} … {@link #note} FINISH … {@link #finishIncoming}
 *               or, when it fails, {@link #discardIncoming}
 * </pre>
 *
 * <p>Every method leaves files and events as libvirt does, and may be called from any thread by whoever holds the
 * {@link MigrationJob}. A job that is no longer {@link MigrationJob#active()}, because its guest's run ended meanwhile, makes them
 * fail with 55, "domain is not running"; the ones that end a migration do nothing then.
 */
public final class GuestMigrations {

    private static final System.Logger LOG = System.getLogger(GuestMigrations.class.getName());

    private static final Set<JobKind> LET_IN_OUTGOING =
            Set.of(JobKind.DESTROY, JobKind.SUSPEND, JobKind.ABORT, JobKind.MIGRATION_LIMITS);
    private static final Set<JobKind> LET_IN_INCOMING = Set.of(JobKind.DESTROY);

    private final GuestRegistry registry;
    private final GuestChanges changes;
    private final Starter starter;
    private final ErrorDomain errorDomain;
    private final InstantSource clock;
    private final MigrationCustody custody;

    GuestMigrations(
            GuestRegistry registry,
            GuestChanges changes,
            Starter starter,
            ErrorDomain errorDomain,
            InstantSource clock,
            MigrationCustody custody) {
        this.registry = registry;
        this.changes = changes;
        this.starter = starter;
        this.errorDomain = errorDomain;
        this.clock = clock;
        this.custody = custody;
    }

    // Source

    /**
     * Locks a running guest into an outgoing migration; phase NONE until {@link #note} says BEGIN.
     *
     * @param ref    the guest
     * @param holder the call's name, for error 68
     * @return the job; end it with {@link #removeOutgoing}, {@link #resumeOutgoing} or {@link #endJob}
     * @throws VirtException 42 without such a guest, 55 when it does not run or is being migrated, 68 after a long wait
     */
    public MigrationJob beginOutgoing(DomainRef ref, String holder) {
        Guest guest = registry.of(ref);
        requireRunning(guest);
        MigrationJob job = guest.jobs()
                .beginMigration(guest, JobOperation.MIGRATION_OUT, holder, LET_IN_OUTGOING, errorDomain);
        Optional<Run> run = guest.run();
        if (run.isEmpty()) {
            job.end();
            throw notRunning();
        }
        run.get().expectStop(StateReason.PAUSED_MIGRATION);
        return job;
    }

    /**
     * The outgoing migration of a guest.
     *
     * @throws VirtException 42 without such a guest, 55 without such a migration
     */
    public MigrationJob outgoing(DomainRef ref) {
        Guest guest = registry.of(ref);
        return guest.jobs().migration().filter(job -> job.operation() == JobOperation.MIGRATION_OUT)
                .orElseThrow(() -> invalid("domain '" + guest.name() + "' is not being migrated"));
    }

    /**
     * Stops a guest's CPUs for its migration, as a migration that is not live does: PAUSED, MIGRATION.
     */
    public void pauseOutgoing(MigrationJob job) {
        starter.stop(job.guest(), run(job), StateReason.PAUSED_MIGRATION);
    }

    /**
     * The migration did not take place: lets the guest run again if the migration, or a suspend during it, stopped it, and ends
     * the job. A guest that a user had paused before stays paused.
     */
    public void resumeOutgoing(MigrationJob job) {
        if (!job.active()) {
            return;
        }
        Guest guest = job.guest();
        try {
            Run run = run(job);
            StateReason state = guest.state();
            if (state == StateReason.PAUSED_MIGRATION || state == StateReason.PAUSED_UNKNOWN) {
                starter.resume(guest, run, StateReason.RUNNING_MIGRATION_CANCELED);
            }
            job.rolledBack();
        } finally {
            endJob(job);
        }
    }

    /**
     * The guest runs at the destination: ends the original here without asking it. STOPPED, MIGRATED, then JOB_COMPLETED.
     *
     * @param job              the migration
     * @param completed        its last figures; kept for a guest that stays defined
     * @param keepConfiguration what {@link ConfigHandling#sourceKeeps} says
     * @throws VirtException if the machine is still there; the guest stays paused and the job goes on
     */
    public void removeOutgoing(MigrationJob job, JobStats completed, boolean keepConfiguration) {
        if (!job.active()) {
            return;
        }
        Guest guest = job.guest();
        JobStats last = completed.as(JobType.COMPLETED);
        Run run = run(job);
        try (GuestRegistry.Claim _ = registry.claim(guest.ref())) {
            if (!keepConfiguration) {
                // First, because with the machine the migration is over, and nobody would come back for what is left.
                changes.unconfigure(guest, false);
            } else {
                changes.away(guest);
            }
            if (!changes.kill(guest, run, End.of(StateReason.SHUTOFF_MIGRATED, Lifecycle.STOPPED_MIGRATED), false)) {
                return;
            }
            guest.completed(last);
            changes.emit(new DomainEvent.JobCompleted(guest.ref(), last));
        }
    }

    // Destination

    /**
     * Takes in a guest: claims its name and UUID, begins its job in phase PREPARE and makes a machine that waits for it. Transient,
     * unless a guest of that name and UUID is defined here, which keeps its configuration.
     *
     * @param definition complete, with the name and UUID it has here
     * @param hints      what the driver's hypervisor should know, see {@link Launch#hints}
     * @param reached    the address of this host under which the one who drives reached it, if it says something
     * @param came       what the source says beside what stock hosts do; empty from a stock one
     * @param flags      the request's flags, as on the wire
     * @param holder     the call's name, for error 68
     * @return the job; the guest is in PAUSED, STARTING_UP until {@link #prepared}
     * @throws VirtException 9 when the name or UUID is another guest's, 55 when the guest runs here or this migration was barred
     *         before, 38 when it could not be written down; nothing is left
     */
    MigrationJob admitIncoming(
            Element definition, List<Element> hints, Optional<String> reached, Optional<MigrationTicket> came, int flags,
            String holder) {
        String name = Definition.name(definition);
        try (GuestRegistry.Claim claim =
                registry.claim(name, Definition.uuid(definition).orElseThrow())) {
            Guest guest = claim.guest();
            GuestChanges.requireOff(guest);
            MigrationJob job = guest.jobs()
                    .beginMigration(guest, JobOperation.MIGRATION_IN, holder, Set.of(), errorDomain);
            boolean started = false;
            try {
                job.willEnd(Owner.SOURCE, "no receiver could be made");
                custody.opensIncoming(job, came, reached, flags);
                custody.entered(job, Phase.PREPARE, Verdict.GO);
                job.note(new MigrationJob.Note(MigrationPhase.PREPARE, flags, Optional.of(clock.instant())));
                Run run = starter.start(guest, definition, Optional.of(hints));
                run.expectStop(StateReason.PAUSED_MIGRATION);
                started = true;
                return job;
            } finally {
                if (!started) {
                    job.end();
                }
            }
        }
    }

    /**
     * The receiver waits: PAUSED, MIGRATION; STARTED, MIGRATED is said. From now on the guest may be destroyed.
     *
     * @throws VirtException 55 if the migration was barred meanwhile, 38 if it could not be written down
     */
    void prepared(MigrationJob job) {
        job.ticket().ifPresent(ticket -> custody.requireNotBarred(ticket.id(), job.guest()));
        custody.done(job, Phase.PREPARE, Verdict.GO);
        changes.become(job.guest(), run(job), StateReason.PAUSED_MIGRATION, Optional.of(Lifecycle.STARTED_MIGRATED));
        job.let(LET_IN_INCOMING);
    }

    /**
     * The guest that is arriving under a name.
     *
     * @throws VirtException 42 without such a guest, 55 when it is not arriving
     */
    public MigrationJob incoming(String name) {
        Guest guest = registry.byName(name);
        return guest.jobs().migration().filter(job -> job.operation() == JobOperation.MIGRATION_IN)
                .orElseThrow(() -> invalid("domain '" + guest.name() + "' is not processing incoming migration"));
    }

    /**
     * All of the guest has arrived: settles its configuration and lets it run. When this returns, the guest belongs to this host.
     *
     * @param job           the migration
     * @param handling      what {@link ConfigHandling#atDestination} says
     * @param configuration what the source sent as its configuration, with the name it has here; used with
     *                      {@link AtDestination#WRITE} only, a copy of the live definition when absent
     * @param paused        whether it stays paused
     * @param completed     the migration's figures
     * @throws VirtException if it could not be started; nothing of it is left and the configuration is as it was. 55 of subsystem 20
     *         when it ended here and may have run before: it must not run at the source any more
     */
    void finishIncoming(
            MigrationJob job,
            AtDestination handling,
            Optional<Element> configuration,
            boolean paused,
            JobStats completed) {
        Guest guest = job.guest();
        Run run = run(job);
        Optional<Element> before = guest.configuration();
        boolean ordered = false;
        try {
            job.ticket().ifPresent(ticket -> custody.requireNotBarred(ticket.id(), guest));
            custody.handsOver(job);
            if (handling == AtDestination.WRITE) {
                changes.configure(guest, configuration.orElseGet(() -> configurationOf(guest)));
            }
            run(job); // what has ended by now has not run, and that is known for certain
            if (paused) {
                changes.become(guest, run, StateReason.PAUSED_USER, Optional.of(Lifecycle.SUSPENDED_PAUSED));
            } else {
                ordered = true;
                letRun(guest, run);
            }
            job.willEnd(Owner.DESTINATION, "it was handed over"); // an end before this makes it nobody's, see handsOver
        } catch (RuntimeException | Error e) {
            takeBack(guest, handling, before);
            boolean mayRun = ordered && custody.handedOver(job) && !(e instanceof MachineGone);
            if (mayRun && !neverRan(guest, run)) {
                // Ended before anything is promised: an order that was not answered may still be carried out.
                job.willEnd(Owner.NOBODY, "it was handed over and ended before it was seen to run");
                discardIncoming(job);
                if (!neverRan(guest, run)) {
                    throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain '" + guest.name()
                            + "' was handed over to this host and ended here before it was seen to run", e);
                }
            }
            takeBackHandOver(job);
            throw e;
        }
        if (handling == AtDestination.DROP) {
            changes.unconfigure(guest, true);
        }
        run.expectStop(StateReason.PAUSED_UNKNOWN);
        guest.completed(completed.as(JobType.COMPLETED));
        changes.here(guest);
        changes.letGo(guest, run);
        endJob(job);
    }

    /** Lets a guest run that has arrived; that is settled also when its machine says that it runs and nothing else any more. */
    private void letRun(Guest guest, Run run) {
        try {
            starter.resume(guest, run, StateReason.RUNNING_MIGRATED);
        } catch (VirtException e) {
            if (run.isGone() || guest.state().state() != DomainState.RUNNING) {
                throw e;
            }
            LOG.log(Level.WARNING, "Guest {0} runs, but has not said so to whoever told it to: {1}", guest.name(), e.getMessage());
        }
    }

    /** The configuration of a guest whose source sent none, or whose source's has got lost. */
    private static Element configurationOf(Guest guest) {
        return guest.live().orElseThrow().withoutAttr("id");
    }

    /** The guest does not come: ends the receiver. STOPPED, FAILED if {@link #prepared} had been said; a transient guest is forgotten. */
    public void discardIncoming(MigrationJob job) {
        Guest guest = job.guest();
        // Before it was said to have started, it cannot be said to have stopped.
        Optional<Lifecycle> change = guest.state() == StateReason.PAUSED_STARTING_UP
                ? Optional.empty()
                : Optional.of(Lifecycle.STOPPED_FAILED);
        guest.run().filter(_ -> job.active()).ifPresent(run ->
                changes.kill(guest, run, new End(StateReason.SHUTOFF_FAILED, change, false), false));
        job.end();
    }

    /**
     * The guest does not come and never will by this migration: that is written down, then its receiver ends.
     *
     * @param why for people
     * @throws VirtException 38 if it could not be written down; the receiver is left as it is then
     */
    void barIncoming(MigrationJob job, String why) {
        custody.bars(job, why);
        discardIncoming(job);
    }

    /**
     * FINISH was begun and its end is not known: the guest stays if it was handed over, and runs then; it is barred otherwise.
     */
    void keepOrBarIncoming(MigrationJob job) {
        custody.requireCertain();
        Guest guest = job.guest();
        boolean runsAlready = guest.state().state() == DomainState.RUNNING || guest.state() == StateReason.PAUSED_USER;
        if (!runsAlready && !custody.handedOver(job)) {
            barIncoming(job, "the daemon ended before it was handed over");
            return;
        }
        if (!runsAlready && job.flags().contains(MigrationFlag.PERSIST_DEST) && !guest.persistent()) {
            changes.configure(guest, configurationOf(guest)); // FINISH did not get so far
        }
        if (!runsAlready && !standsForAReason(job)) {
            Run run = run(job);
            try {
                if (job.flags().contains(MigrationFlag.PAUSED)) {
                    changes.become(guest, run, StateReason.PAUSED_USER, Optional.of(Lifecycle.SUSPENDED_PAUSED));
                } else {
                    letRun(guest, run);
                }
            } catch (VirtException e) {
                if (e instanceof MachineGone || neverRan(guest, run)) {
                    barIncoming(job, "it could not be started");
                }
                throw e;
            }
        }
        job.willEnd(Owner.DESTINATION, "it was handed over");
        changes.here(guest);
        run(job).expectStop(StateReason.PAUSED_UNKNOWN);
        endJob(job);
    }

    /**
     * It never ran here and never will. Where even that cannot be written down, a source of ours is left to ask until it can; a
     * stock one runs the guest again when FINISH fails, so no receiver may be left that the next daemon could start.
     */
    private void takeBackHandOver(MigrationJob job) {
        try {
            barIncoming(job, "it could not be started");
        } catch (VirtException e) {
            if (job.ask().isEmpty()) {
                discardIncoming(job);
            }
            throw e;
        }
    }

    /** Whether it is certain that a guest's CPUs have not run here, after they could not be started. */
    private static boolean neverRan(Guest guest, Run run) {
        return guest.state().state() != DomainState.RUNNING && run.machine().filter(Machine::stoodStill).isPresent();
    }

    /**
     * Whether a guest that was handed over stands for a reason of its own, as after an error of its disk: an earlier daemon has let it
     * run, or it came like that. It is this host's as it is, and is not told to run again.
     */
    private static boolean standsForAReason(MigrationJob job) {
        StateReason state = job.guest().state();
        return switch (state.state()) {
            case SHUTDOWN, CRASHED, PMSUSPENDED -> true;
            // Such a guest comes with PAUSED where its source found it so.
            case PAUSED -> (state == StateReason.PAUSED_IOERROR || state == StateReason.PAUSED_WATCHDOG)
                    && !job.flags().contains(MigrationFlag.PAUSED);
            default -> false;
        };
    }

    // Both

    /**
     * Notes how far a migration has come, before it goes there.
     *
     * @param job   the migration
     * @param phase where it goes
     * @param flags the request's flags, as on the wire
     * @throws VirtException 38 if it cannot be written down; the step must not be taken then
     */
    public void note(MigrationJob job, MigrationPhase phase, int flags) {
        run(job);
        changes.note(job, new MigrationJob.Note(
                phase, flags, Optional.of(job.note().started().orElseGet(clock::instant))));
    }

    /** Ends a job and leaves its guest as it is. Does nothing the second time. */
    public void endJob(MigrationJob job) {
        job.guest().run().ifPresent(run -> run.expectStop(StateReason.PAUSED_UNKNOWN));
        changes.end(job);
    }

    /** Says that a guest's migration began another pass over its memory. */
    public void iteration(MigrationJob job, int iteration) {
        changes.emit(new DomainEvent.MigrationIteration(job.guest().ref(), iteration));
    }

    /** Whether the CPUs of a migration's guest run now. */
    public boolean running(MigrationJob job) {
        return job.active() && job.guest().state().state() == DomainState.RUNNING;
    }

    /**
     * The run a job works on.
     *
     * @throws VirtException 55 when it has ended
     */
    public Run run(MigrationJob job) {
        return job.guest().run().filter(_ -> job.active()).orElseThrow(GuestMigrations::notRunning);
    }

    /**
     * The definition of what runs.
     *
     * @throws VirtException 55 when the run has ended
     */
    public Element live(MigrationJob job) {
        return job.guest().live().filter(_ -> job.active()).orElseThrow(GuestMigrations::notRunning);
    }

    /** Whether the guest of an incoming migration is this host's by the journal, whatever the status file has not been told. */
    boolean handedOver(MigrationJob job) {
        return job.operation() == JobOperation.MIGRATION_IN && custody.handedOver(job);
    }

    /** Takes up the migration that a status file speaks of. */
    Optional<MigrationJob> found(Guest guest, GuestStatus status) {
        if (status.operation() != JobOperation.MIGRATION_OUT && status.operation() != JobOperation.MIGRATION_IN) {
            return Optional.empty();
        }
        if (status.migration().phase() != MigrationPhase.UNMANAGED && custody.isOverHere(guest.uuid())) {
            // That it is over could not be written into the status any more. One that nobody manages is not in the journal: what is
            // over there is an earlier one.
            return Optional.empty();
        }
        boolean out = status.operation() == JobOperation.MIGRATION_OUT;
        MigrationJob job = guest.jobs().beginMigration(guest, status.operation(), "recovery",
                out ? LET_IN_OUTGOING : LET_IN_INCOMING, errorDomain);
        job.note(status.migration());
        custody.takeUp(job);
        guest.run().ifPresent(run -> run.expectStop(StateReason.PAUSED_MIGRATION));
        return Optional.of(job);
    }

    private void takeBack(Guest guest, AtDestination handling, Optional<Element> before) {
        if (handling != AtDestination.WRITE || guest.configuration().equals(before)) {
            return;
        }
        before.ifPresentOrElse(old -> changes.configure(guest, old), () -> changes.unconfigure(guest, true));
    }

    static void requireRunning(Guest guest) {
        if (!guest.active()) {
            throw notRunning();
        }
    }

    static VirtException notRunning() {
        return new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain is not running");
    }

    private VirtException invalid(String detail) {
        return new VirtException(ErrorCode.OPERATION_INVALID, errorDomain, detail);
    }
}
