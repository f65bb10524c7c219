package dev.godwit.guest;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Standing.Answer;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.Waiting;
import dev.godwit.driver.WireFlag;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where an outgoing guest runs on: carries out what was decided, once, written down before, and again until it is done; and where
 * nobody decides, asks the destination until it is settled.
 *
 * <pre>
 *   CONFIRM says GO ───────────────────────────────────────────► the original is destroyed
 *   CONFIRM says CANCEL, all sent ──► the destination is asked
 *   nobody says anything, all sent ─► the destination is asked ─┬─ it was handed over ─► the original is destroyed
 *                                       ▲                       ├─ barred ─────────────► the original runs again
 *                                       └── later, in doubt ────┴─ no answer, or unclear
 * </pre>
 *
 * <p>A CANCEL after all has been sent is not obeyed at once, because stock clients send one when FINISH was silent, although the
 * guest may run at the destination then (libvirt's {@code virDomainMigrateVersion3Full}). Only towards a destination that nobody can
 * ask it is, as stock daemons do.
 */
public final class Settlement {

    private static final System.Logger LOG = System.getLogger(Settlement.class.getName());

    /** How long a source that has sent all waits for CONFIRM before it asks by itself. */
    static final Duration PATIENCE = Duration.ofSeconds(15);
    /** How long one who sends a CANCEL is kept waiting for what the destination says. */
    private static final Duration ANSWER_SOON = Duration.ofSeconds(10);

    private final GuestRegistry registry;
    private final GuestMigrations migrations;
    private final GuestChanges changes;
    private final MigrationCustody custody;
    private final ErrorDomain errorDomain;
    private final Consumer<Guest> autostart;
    private final Verdicts<UUID> verdicts = new Verdicts<>();
    /** Guests in doubt, by UUID. */
    private final Map<UUID, Doubt> doubts = new ConcurrentHashMap<>();
    /** Guests that this host lost and that turned out to have arrived elsewhere: not to be started with the host. */
    private final Set<UUID> arrived = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Settlement(GuestRegistry registry, GuestMigrations migrations, GuestChanges changes, MigrationCustody custody,
            ErrorDomain errorDomain, Consumer<Guest> autostart) {
        this.registry = registry;
        this.migrations = migrations;
        this.changes = changes;
        this.custody = custody;
        this.errorDomain = errorDomain;
        this.autostart = autostart;
        custody.whenLost(this::lost);
    }

    /** A guest of which this host does not know where it runs on, or cannot carry out what it knows. */
    private static final class Doubt {

        private final UUID guest;
        private final String name;
        private final Optional<MigrationJob> job;
        private final JournaledMigration migration;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        /** Guarded by the lock, as everything below. */
        private boolean again;
        private boolean ended;
        private Optional<Verdict> verdict;
        private String why;

        Doubt(UUID guest, String name, Optional<MigrationJob> job, JournaledMigration migration, Optional<Verdict> verdict,
                String why) {
            this.guest = guest;
            this.name = name;
            this.job = job;
            this.migration = migration;
            this.verdict = verdict;
            this.why = why;
        }

        List<String> ask() {
            return job.map(MigrationJob::ask).orElse(migration.ask());
        }

        /** Waits until nothing is left to be done, or it takes too long, or the thread is interrupted. */
        void awaitEnd(Waiting waiting, Duration patience) {
            lock.lock();
            try {
                long left = patience.toNanos();
                while (!ended && left > 0) {
                    left = waiting.await(lock, changed, left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }

        void end() {
            lock.lock();
            try {
                ended = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        String text() {
            lock.lock();
            try {
                return "in doubt: it was sent to " + (ask().isEmpty() ? "another host" : ask().getFirst()) + ", and " + why
                        + "; 'godwit migrate-resolve " + name + "' shows what is known";
            } finally {
                lock.unlock();
            }
        }
    }

    /** How the last migrations of guests ended, for calls that are repeated. */
    Verdicts<UUID> verdicts() {
        return verdicts;
    }

    // What was decided

    /**
     * CONFIRM, after the guest's job was found.
     *
     * @param verdict as the one who drives says
     * @param flags   the request's flags
     * @param figures the last figures of a migration that succeeded
     * @throws VirtException if it could not be carried out, or the destination must be asked first and cannot be; the guest stays
     *         paused here then, and it is seen to
     */
    void confirm(MigrationJob job, Verdict verdict, Set<MigrationFlag> flags, Function<MigrationJob, JobStats> figures) {
        boolean allSent = job.phase() == MigrationPhase.PERFORM_DONE;
        if (verdict == Verdict.GO) {
            if (!allSent && job.phase() != MigrationPhase.CONFIRM) {
                throw invalid("domain '" + job.guest().name() + "' has not been sent to another host");
            }
            decide(job, verdict, WireFlag.mask(flags), figures);
        } else if (allSent && !job.ask().isEmpty()) {
            cancelAfterAsking(job);
        } else {
            decide(job, verdict, WireFlag.mask(flags), figures);
        }
    }

    /** Whoever drives is told what came of it, if that is known soon; asking goes on without him. */
    private void cancelAfterAsking(MigrationJob job) {
        Guest guest = job.guest();
        Doubt doubt = leave(job, Optional.empty(), "it was to be cancelled there, and that has not been confirmed yet");
        doubt.awaitEnd(custody.waiting(), ANSWER_SOON);
        if (job.active()) {
            throw new VirtException(ErrorCode.OPERATION_TIMEOUT, errorDomain, "domain '" + guest.name()
                    + "' stays paused here and is " + doubt.text());
        }
        requireNotMoved(guest.ref());
    }

    /**
     * Refuses to cancel a migration by which a guest has moved away.
     *
     * @param guest as the one who cancels knows it
     * @throws VirtException 93 if the last migration of the guest on this host was one that it has left by, 68 while it is not known
     *         whether it was
     */
    void requireNotMoved(DomainRef guest) {
        doubt(guest.uuid()).ifPresent(text -> {
            throw new VirtException(ErrorCode.OPERATION_TIMEOUT, errorDomain, "domain '" + guest.name() + "' is " + text);
        });
        if (verdicts.of(guest.uuid()).filter(Verdict.GO::equals).isPresent() || custody.movedAway(guest.uuid())) {
            LOG.log(Level.WARNING, "Guest {0}: the migration was to be cancelled, but the guest had been handed over; its original"
                    + " here is ended", guest.name());
            throw VirtException.raw(ErrorCode.MIGRATE_FINISH_OK, errorDomain, "domain '" + guest.name()
                    + "' had been handed over to the destination when it was to be cancelled; its original here is ended");
        }
    }

    private void decide(MigrationJob job, Verdict verdict, int flags, Function<MigrationJob, JobStats> figures) {
        try {
            carryOut(job, verdict, flags, figures);
        } catch (VirtException e) {
            if (job.active() && job.phase() != MigrationPhase.BEGIN) {
                // No other call will come for it.
                leave(job, Optional.of(verdict), e.getMessage());
            }
            throw e;
        }
    }

    /** Writes a verdict down and carries it out. Does nothing when the job has ended meanwhile. */
    private void carryOut(MigrationJob job, Verdict verdict, int flags, Function<MigrationJob, JobStats> figures) {
        job.deciding().lock();
        try {
            if (!job.active()) {
                return;
            }
            custody.entered(job, Phase.CONFIRM, verdict);
            verdicts.remember(job.guest().uuid(), verdict); // counts from when the job has ended, not a moment later
            if (verdict == Verdict.CANCEL) {
                migrations.note(job, MigrationPhase.CONFIRM_CANCELLED, flags);
                job.willEnd(Owner.SOURCE, "it did not move");
                migrations.resumeOutgoing(job);
            } else {
                migrations.note(job, MigrationPhase.CONFIRM, flags);
                job.willEnd(Owner.DESTINATION, "it moved");
                migrations.removeOutgoing(job, figures.apply(job), ConfigHandling.sourceKeeps(
                        job.guest().persistent(), WireFlag.of(MigrationFlag.class, flags)));
            }
        } finally {
            job.deciding().unlock();
        }
    }

    // What nobody decides

    /** All of a guest has been sent: should nothing be heard of it, this host asks by itself. */
    void watch(MigrationJob job) {
        if (job.ask().isEmpty()) {
            return;
        }
        Thread.ofVirtual().name("waits for CONFIRM of " + job.guest().name()).start(() -> {
            try {
                custody.waiting().pause(PATIENCE);
            } catch (InterruptedException e) {
                return;
            }
            if (job.active() && job.phase() == MigrationPhase.PERFORM_DONE) {
                leave(job, Optional.empty(), "nobody said within " + PATIENCE.toSeconds() + " s what became of it");
            }
        });
    }

    /** Nobody drives a migration of which all has been sent. It is in doubt from now on, and the destination is asked. */
    void leave(MigrationJob job) {
        leave(job, Optional.empty(), job.ask().isEmpty()
                ? "nobody said where that one can be asked"
                : "nobody has said yet whether it runs there");
    }

    /** A verdict that was written down by an earlier daemon, or could not be carried out at once, is carried out. */
    void obey(MigrationJob job, Verdict verdict) {
        try {
            carryOut(job, verdict, job.note().flags(), MigrationJob::stats);
        } catch (VirtException e) {
            leave(job, Optional.of(verdict), e.getMessage());
        }
    }

    /**
     * Does what has to be done for a guest that nobody else sees to, at once if possible, otherwise again and again.
     *
     * @param job    the guest's migration; nothing is done any more when it has ended
     * @param action may fail
     * @return why it could not be done at once; empty when it is done
     */
    Optional<VirtException> persist(MigrationJob job, Runnable action) {
        try {
            action.run();
            return Optional.empty();
        } catch (VirtException e) {
            LOG.log(Level.ERROR, "Guest " + job.guest().name() + " could not be put right after its migration was left alone;"
                    + " it is tried again", e);
            Thread.ofVirtual().name("persists with " + job.guest().name()).start(() -> again(job, action));
            return Optional.of(e);
        }
    }

    private void again(MigrationJob job, Runnable action) {
        Duration pause = Pauses.FIRST;
        while (job.active() && !closed) {
            try {
                custody.waiting().pause(pause);
                if (job.active() && !closed) {
                    action.run();
                    return;
                }
            } catch (VirtException e) {
                pause = Pauses.longer(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private Doubt leave(MigrationJob job, Optional<Verdict> verdict, String why) {
        JournaledMigration migration = job.ticket().flatMap(ticket -> custody.history().find(ticket.id().uuid()))
                .orElseGet(() -> JournaledMigration.unheardOf(new UUID(0, 0)));
        return begin(new Doubt(job.guest().uuid(), job.guest().name(), Optional.of(job), migration, verdict, why));
    }

    /** A guest that was sent away ended here before it was known whether it runs at the destination. */
    private void lost(MigrationJob job) {
        custody.history().find(job.ticket().orElseThrow().id().uuid()).ifPresent(migration -> {
            doubts.remove(job.guest().uuid());
            leave(job.guest().uuid(), job.guest().name(), migration);
        });
    }

    /**
     * A guest that was sent away does not run here any more, because this host lost it, and may run at the destination. It must not be
     * started here before that is known.
     *
     * @param guest     which; it may have no configuration here
     * @param name      its name
     * @param migration the one it was in
     */
    void leave(UUID guest, String name, JournaledMigration migration) {
        begin(new Doubt(guest, name, Optional.empty(), migration, Optional.empty(), "its copy here ended before it was said"
                + " whether it runs there"));
    }

    /** Begins to settle a doubt; the one that goes on about the same guest is enough. */
    private Doubt begin(Doubt doubt) {
        Doubt other = doubts.putIfAbsent(doubt.guest, doubt);
        if (other != null || closed) {
            doubts.remove(doubt.guest, doubt);
            return other == null ? doubt : other;
        }
        doubt.job.ifPresent(job -> job.doubt(Optional.of(doubt.text())));
        LOG.log(Level.WARNING, "Guest {0} is {1}", doubt.name, doubt.text());
        Thread.ofVirtual().name("in doubt " + doubt.name).start(() -> settle(doubt));
        return doubt;
    }

    private void settle(Doubt doubt) {
        Duration pause = Pauses.FIRST;
        try {
            doubt.job.ifPresent(custody::settles); // it may take long, and this host may be asked what it has written
            while (!closed && !settled(doubt)) {
                doubt.lock.lock();
                try {
                    long left = pause.toNanos();
                    while (!doubt.again && left > 0) {
                        left = custody.waiting().await(doubt.lock, doubt.changed, left);
                    }
                    doubt.again = false;
                } finally {
                    doubt.lock.unlock();
                }
                pause = Pauses.longer(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            doubts.remove(doubt.guest, doubt);
            doubt.end();
        }
    }

    /** Asks once and does what follows from the answer. True when nothing is left to be done. */
    private boolean settled(Doubt doubt) {
        try {
            if (doubt.job.isPresent() && !doubt.job.get().active()) {
                return true;
            }
            Optional<Verdict> verdict = verdict(doubt);
            if (verdict.isEmpty()) {
                if (doubt.ask().isEmpty()) {
                    return false; // an administrator can still decide
                }
                Standing standing = ask(doubt.ask(), new MigrationId(doubt.migration.id()), ref(doubt));
                if (standing.answer() == Answer.UNCLEAR) {
                    because(doubt, standing.evidence());
                    return false;
                }
                verdict = Optional.of(standing.answer() == Answer.ARRIVED ? Verdict.GO : Verdict.CANCEL);
                LOG.log(Level.INFO, "Guest {0}: {1}", doubt.name, standing.evidence());
            }
            conclude(doubt, verdict.get());
            return true;
        } catch (VirtException e) {
            because(doubt, e.getMessage());
            return false;
        }
    }

    private static Optional<Verdict> verdict(Doubt doubt) {
        doubt.lock.lock();
        try {
            return doubt.verdict;
        } finally {
            doubt.lock.unlock();
        }
    }

    private void because(Doubt doubt, String why) {
        doubt.lock.lock();
        try {
            if (doubt.why.equals(why)) {
                return;
            }
            doubt.why = why;
        } finally {
            doubt.lock.unlock();
        }
        LOG.log(Level.WARNING, "Guest {0} is {1}", doubt.name, doubt.text());
        doubt.job.ifPresent(job -> job.doubt(Optional.of(doubt.text())));
    }

    private void conclude(Doubt doubt, Verdict verdict) {
        if (doubt.job.isPresent()) {
            MigrationJob job = doubt.job.get();
            carryOut(job, verdict, job.note().flags(), MigrationJob::stats);
            job.doubt(Optional.empty());
            return;
        }
        if (verdict == Verdict.GO) {
            arrived.add(doubt.guest); // before anybody can find that it is in doubt no more
        }
        if (!doubts.remove(doubt.guest, doubt)) {
            return; // somebody else has decided meanwhile
        }
        Optional<Guest> guest = registry.find(doubt.guest);
        if (verdict == Verdict.GO) {
            int flags = doubt.migration.opened().map(opened -> opened.flags()).orElse(0);
            guest.ifPresent(known -> {
                if (ConfigHandling.sourceKeeps(known.persistent(), WireFlag.of(MigrationFlag.class, flags))) {
                    changes.away(known);
                } else {
                    unconfigure(known);
                }
            });
            custody.closed(doubt.migration, Owner.DESTINATION, "it was handed over before this host lost it");
            return;
        }
        custody.closed(doubt.migration, Owner.SOURCE, "it did not move, and this host lost it");
        guest.ifPresent(autostart);
    }

    private void unconfigure(Guest guest) {
        try (GuestRegistry.Claim _ = registry.claim(guest.name(), guest.uuid())) {
            changes.unconfigure(guest, false);
        }
    }

    private static DomainRef ref(Doubt doubt) {
        return new DomainRef(doubt.name, doubt.guest, DomainRef.INACTIVE);
    }

    private Standing ask(List<String> uris, MigrationId migration, DomainRef guest) {
        return custody.peers().question().ask(uris, migration, guest, custody.sinceLastStep(migration));
    }

    // Looking and deciding from outside

    /** Why it is not known where a guest may run; empty where that is known. */
    public Optional<String> doubt(UUID guest) {
        return Optional.ofNullable(doubts.get(guest)).map(Doubt::text);
    }

    /** Whether it has turned out, since this daemon began, that a guest which this host lost runs elsewhere. */
    boolean arrivedElsewhere(UUID guest) {
        return arrived.contains(guest);
    }

    /**
     * Refuses to start a guest that may run elsewhere.
     *
     * @throws VirtException 55
     */
    void requireNoDoubt(Guest guest) {
        doubt(guest.uuid()).ifPresent(text -> {
            throw invalid("domain '" + guest.name() + "' is " + text);
        });
    }

    /**
     * Asks the destination of a guest in doubt now.
     *
     * @throws VirtException 42 without such a guest, 55 when it is not in doubt
     */
    public Standing askAgain(DomainRef ref) {
        Doubt doubt = of(ref);
        Standing standing;
        try {
            standing = doubt.ask().isEmpty()
                    ? new Standing(Answer.UNCLEAR, 0, "nobody said where the destination can be asked")
                    : ask(doubt.ask(), new MigrationId(doubt.migration.id()), ref(doubt));
        } catch (VirtException e) {
            standing = new Standing(Answer.UNCLEAR, 0, e.getMessage());
        }
        switch (standing.answer()) {
            case ARRIVED -> decided(doubt, Verdict.GO);
            case BARRED -> decided(doubt, Verdict.CANCEL);
            case UNCLEAR -> because(doubt, standing.evidence());
        }
        return standing;
    }

    /**
     * Decides as an administrator.
     *
     * @throws VirtException 42 without such a guest, 55 when it is not in doubt or the evidence is against it
     */
    public void decide(DomainRef ref, Verdict verdict, boolean force) {
        Doubt doubt = of(ref);
        if (!force) {
            Standing standing = askAgain(ref);
            Verdict allowed = switch (standing.answer()) {
                case ARRIVED -> Verdict.GO;
                case BARRED -> Verdict.CANCEL;
                case UNCLEAR -> throw invalid("nothing proves where domain '" + doubt.name + "' may run: " + standing.evidence()
                        + ". Decide by force only when you have seen for yourself");
            };
            if (allowed != verdict) {
                throw invalid("the destination says otherwise of domain '" + doubt.name + "': " + standing.evidence());
            }
            return;
        }
        LOG.log(Level.WARNING, "Guest {0}: an administrator decided by force that it {1}", doubt.name,
                verdict == Verdict.GO ? "runs at the destination" : "runs on here");
        decided(doubt, verdict);
    }

    private void decided(Doubt doubt, Verdict verdict) {
        conclude(doubt, verdict);
        doubt.lock.lock();
        try {
            doubt.verdict = Optional.of(verdict);
            doubt.again = true;
            doubt.changed.signalAll();
        } finally {
            doubt.lock.unlock();
        }
    }

    private Doubt of(DomainRef ref) {
        Guest guest = registry.of(ref);
        Doubt doubt = doubts.get(guest.uuid());
        if (doubt == null) {
            throw invalid("no migration of domain '" + guest.name() + "' is in doubt");
        }
        return doubt;
    }

    /** The daemon ends: the next one asks. */
    void close() {
        closed = true;
        doubts.values().forEach(doubt -> {
            doubt.lock.lock();
            try {
                doubt.again = true;
                doubt.changed.signalAll();
            } finally {
                doubt.lock.unlock();
            }
        });
    }

    private VirtException invalid(String detail) {
        return new VirtException(ErrorCode.OPERATION_INVALID, errorDomain, detail);
    }
}
