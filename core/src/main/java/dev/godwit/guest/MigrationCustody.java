package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.Waiting;
import dev.godwit.journal.FileJournal;
import dev.godwit.journal.JournalException;
import dev.godwit.journal.JournalStorage;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationHistory;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.OwnerCode;
import dev.godwit.migration.PhaseCode;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * In whose custody guests are that move: what this host has promised about them, in its {@link FileJournal journal}, and how it asks others.
 *
 * <p>Whoever is about to act in a migration says so here first, and does not act when that fails with error 38. What has been done is
 * said here before it is answered. Only the end of a migration may come late, when there is no room for it, or be lost: it is found
 * again by the next daemon, from the entries before it and from what runs.
 */
public final class MigrationCustody implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(MigrationCustody.class.getName());

    /** A journal that has grown by so much since it was last compacted is compacted again. */
    private static final long GROWTH_BYTES = 1 << 20;

    private final Supplier<JournalStorage> storage;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile FileJournal<MigrationEntry> journal;
    private volatile MigrationHistory history;
    /** Whether an append has failed in a way that leaves open what is in the file: nothing must be decided before it was opened anew. */
    private volatile boolean uncertain;
    /** Said and not in the file yet, by migration: each goes there in one record with the next entry of its migration. */
    private final Map<UUID, MigrationEntry> riding = new ConcurrentHashMap<>();
    private final UUID host;
    private final PeerAccess peers;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Waiting waiting;
    private final ReentrantLock compacting = new ReentrantLock();
    private volatile long compactAt;
    private final LateEntries late;
    private volatile Consumer<MigrationJob> lost = _ -> {};

    /**
     * What a host has promised so far.
     *
     * @param storage opens the journal's file, which is this object's then; asked again after a failure of the disk
     * @param host    the host's UUID
     * @param peers   how other hosts are asked, and ask this one
     * @param clock   wall-clock time
     * @param random  for the identities of migrations
     * @param waiting how its threads wait for a time
     * @throws VirtException 38 if the journal cannot be opened
     */
    public MigrationCustody(Supplier<JournalStorage> storage, UUID host, PeerAccess peers, InstantSource clock, RandomGenerator random,
            Waiting waiting) {
        this.storage = storage;
        this.host = host;
        try {
            open();
        } catch (JournalException e) {
            throw unwritten(e);
        }
        this.peers = peers;
        this.clock = clock;
        this.random = random;
        this.waiting = waiting;
        this.compactAt = journal.sizeBytes() + GROWTH_BYTES;
        this.late = new LateEntries(waiting, this::put);
    }

    /**
     * What the host of a setting has promised so far.
     *
     * @throws VirtException 38 if the journal cannot be opened
     */
    public static MigrationCustody of(HostSetting setting) {
        return new MigrationCustody(setting.journal(), setting.host().uuid(), setting.peers(), setting.clock(),
                setting.random(), setting.waiting());
    }

    private void open() {
        FileJournal<MigrationEntry> opened = FileJournal.open(storage.get(), MigrationEntry.class, host);
        if (opened.droppedBytes() > 0) {
            LOG.log(Level.WARNING, "The journal of migrations ended with {0} bytes of an entry that was being written when the"
                    + " host stopped; nobody was told of it", opened.droppedBytes());
        }
        MigrationHistory written = MigrationHistory.of(opened.replay());
        riding.values().forEach(written::add);
        history = written;
        journal = opened;
    }

    /**
     * Makes sure that it is known what the journal says: after a disk has refused both an entry and its removal, it is opened anew.
     * Nobody may decide where a guest runs before this has returned.
     *
     * @throws VirtException 38 if the disk does not answer yet
     */
    void requireCertain() {
        if (!uncertain) {
            return;
        }
        opening.lock();
        try {
            if (uncertain) {
                journal.close();
                open();
                uncertain = false;
                LOG.log(Level.INFO, "The journal of migrations was opened anew after its disk had failed");
            }
        } catch (JournalException e) {
            throw unwritten(e);
        } finally {
            opening.unlock();
        }
    }

    /** Whether it is known what the journal's file says; otherwise see {@link #requireCertain}. */
    boolean isCertain() {
        return !uncertain;
    }

    /** What the journal says. */
    MigrationHistory history() {
        return history;
    }

    /**
     * How long ago the last step of a migration was written down: for a source in doubt, since all has been sent.
     *
     * @param migration which
     * @return longer than anything where that is not known, or the clock was set back since
     */
    Duration sinceLastStep(MigrationId migration) {
        return history.find(migration.uuid()).flatMap(JournaledMigration::step)
                .map(step -> Duration.ofMillis(now() - step.atMillis())).filter(since -> !since.isNegative())
                .orElse(ChronoUnit.FOREVER.getDuration());
    }

    PeerAccess peers() {
        return peers;
    }

    Waiting waiting() {
        return waiting;
    }

    /** The entries of the journal, those last that are not in its file yet. */
    List<MigrationEntry> entries() {
        try {
            List<MigrationEntry> later = List.copyOf(riding.values());
            return Stream.concat(journal.replay().stream(), later.stream()).distinct().toList();
        } catch (JournalException e) {
            throw unwritten(e);
        }
    }

    // Beginning

    /**
     * An outgoing migration begins.
     *
     * @param job   its job; gets the ticket to be sent with BEGIN
     * @param ask   connection URIs of the destination, where they are known already
     * @param flags as on the wire
     * @throws VirtException 38 if it could not be written down
     */
    void opensOutgoing(MigrationJob job, List<String> ask, int flags) {
        requireCertain(); // the last token may be among what is uncertain
        UUID guest = job.guest().uuid();
        open(job, new MigrationTicket(
                new MigrationId(newId()), history.lastToken(guest) + 1, host, peers.reachableAt().get()), ask, flags);
    }

    /**
     * An incoming migration begins.
     *
     * @param job     its job; gets the ticket to be sent with PREPARE's answer
     * @param came    the source's ticket; empty from a stock source
     * @param reached the address of this host under which the one who drives reached it, if it says something
     * @param flags   as on the wire
     * @throws VirtException 55 if this very migration was barred here before, or let in, 38 if it could not be written down
     */
    void opensIncoming(MigrationJob job, Optional<MigrationTicket> came, Optional<String> reached, int flags) {
        requireCertain();
        MigrationId id = came.map(MigrationTicket::id).orElseGet(() -> new MigrationId(newId()));
        requireNotBarred(id, job.guest());
        if (history.find(id.uuid()).flatMap(JournaledMigration::opened).isPresent()) {
            // What was handed over to this host by it once would count for a receiver that has got nothing.
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.NONE, "the migration of domain '" + job.guest().name()
                    + "' has come to this host before");
        }
        long token = Math.max(came.map(MigrationTicket::token).orElse(1L), history.lastToken(job.guest().uuid()) + 1);
        open(job, new MigrationTicket(id, token, host, PeerUris.alsoAt(peers.reachableAt().get(), reached)),
                came.map(MigrationTicket::ask).orElse(List.of()), flags);
    }

    private void open(MigrationJob job, MigrationTicket ticket, List<String> ask, int flags) {
        boolean source = job.operation() == JobOperation.MIGRATION_OUT;
        List<String> bounded = bounded(ask);
        write(new MigrationEntry.Opened(ticket.id().uuid(), source, job.guest().uuid(), job.guest().name(), ticket.token(), bounded,
                bounded.isEmpty() ? "" : bounded.getFirst(), flags, now()));
        job.custody(ticket, bounded);
        job.onEnd(() -> ended(job));
    }

    /**
     * The destination has said where it can be asked, and which token counts.
     *
     * @throws VirtException 55 if that belongs to another migration of the guest, 38 if it could not be written down
     */
    void hears(MigrationJob job, MigrationTicket there) {
        requireSame(job, Optional.of(there));
        MigrationTicket ours = job.ticket().orElseThrow();
        List<String> known = bounded(PeerUris.ofHost(job.ask(), there));
        if (known.isEmpty()) {
            return;
        }
        write(new MigrationEntry.AskAt(ours.id().uuid(), known, known.getFirst(), now()));
        job.custody(new MigrationTicket(
                ours.id(), Math.max(ours.token(), there.token()), host, ours.ask()), known);
    }

    /**
     * Refuses a call that comes late, from an earlier migration of the same guest, and would be taken for one of this.
     *
     * @param said the ticket that came with the call; empty from a stock host
     * @throws VirtException 55
     */
    void requireSame(MigrationJob job, Optional<MigrationTicket> said) {
        Optional<MigrationId> ours = job.ticket().map(MigrationTicket::id);
        if (said.isPresent() && ours.isPresent() && !said.get().id().equals(ours.get())) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.NONE, "this belongs to migration " + said.get().id()
                    + " of domain '" + job.guest().name() + "', and another one, " + ours.get() + ", goes on now");
        }
    }

    /** A job that an earlier daemon began gets its ticket back. */
    void takeUp(MigrationJob job) {
        boolean source = job.operation() == JobOperation.MIGRATION_OUT;
        history.openFor(job.guest().uuid(), source).ifPresent(found -> {
            job.custody(new MigrationTicket(
                    new MigrationId(found.id()), Math.max(1, found.token()), host, List.of()), found.ask());
            if (job.phase() == MigrationPhase.PERFORM_DONE && found.during().filter(PhaseCode.PERFORM::equals).isPresent()) {
                sent(job); // by the status file; the daemon ended before it was in the journal
            }
            if (!source && job.phase() == MigrationPhase.PREPARE && found.arrived()) {
                job.note(job.note().in(MigrationPhase.FINISH)); // that is not noted by itself, see IncomingMigrations
            }
            if (job.phase() == MigrationPhase.PERFORM_DONE || job.phase() == MigrationPhase.CONFIRM) {
                // Ended before this daemon could end it; what else CONFIRM does is left to be done.
                job.willEnd(Owner.UNKNOWN, "it ended here after all of it had been sent");
            }
            job.onEnd(() -> ended(job));
        });
    }

    // Phases

    /**
     * A phase is about to touch the guest.
     *
     * @throws VirtException 38 if it could not be written down
     */
    void entered(MigrationJob job, Phase phase, Verdict verdict) {
        id(job).ifPresent(id -> write(
                new MigrationEntry.Entered(id, PhaseCode.of(phase), verdict == Verdict.CANCEL, now())));
    }

    /**
     * A phase has succeeded and is about to be answered.
     *
     * @throws VirtException 38 if it could not be written down
     */
    void done(MigrationJob job, Phase phase, Verdict verdict) {
        id(job).ifPresent(id -> write(
                new MigrationEntry.Done(id, PhaseCode.of(phase), verdict == Verdict.CANCEL, now())));
    }

    /**
     * PERFORM has succeeded and is about to be answered; the status file says so already.
     *
     * <p>Nothing is forced, because the guest stands still meanwhile: the entry goes into the file with the next one. Should this
     * daemon end before, the next one finds it said in the status file. Should the host end, the guest here has ended too, and its
     * migration, entered and not done, is a reason to ask the destination.
     */
    void sent(MigrationJob job) {
        id(job).ifPresent(id -> later(new MigrationEntry.Done(id, PhaseCode.PERFORM, false, now())));
    }

    /**
     * FINISH with GO begins: it waits for the guest, and promises nothing before {@link #handsOver}. The entry goes into the file
     * with the next one, because the guest stands still meanwhile.
     */
    void finishes(MigrationJob job) {
        id(job).ifPresent(id -> later(new MigrationEntry.Entered(id, PhaseCode.FINISH, false, now())));
    }

    /** Nothing more may come for long: has what was said of a migration in the file, if the disk allows. */
    void settles(MigrationJob job) {
        job.deciding().lock(); // so that it does not come after what is decided meanwhile
        try {
            id(job).ifPresent(this::settles);
        } finally {
            job.deciding().unlock();
        }
    }

    private void settles(UUID migration) {
        try {
            append(migration, List.of());
        } catch (VirtException e) {
            LOG.log(Level.WARNING, "What was said in a migration waits to be written down: {0}", e.getMessage());
        }
    }

    /** A phase has failed and this host is as it was. That may come late. */
    void failed(MigrationJob job, Phase phase, String why) {
        id(job).ifPresent(id -> note(new MigrationEntry.Failed(id, PhaseCode.of(phase), why, now())));
    }

    /**
     * The CPUs of a guest that has arrived are about to start: from now on it is this host's.
     *
     * @throws VirtException 38 if it could not be written down; they must not be started
     */
    void handsOver(MigrationJob job) {
        job.ticket().ifPresent(ticket -> {
            // Should it end here in between, it must not look as if it were the source's.
            meanwhile(job, Owner.NOBODY, "it ended while it was handed over", () ->
                    write(new MigrationEntry.HandedOver(ticket.id().uuid(), ticket.token(), now())));
        });
    }

    /** Whether a guest was handed over to this host by the migration of a job, and that was not taken back. */
    boolean handedOver(MigrationJob job) {
        return id(job).flatMap(history::find).filter(JournaledMigration::arrived).isPresent();
    }

    /**
     * A guest never runs here by a migration.
     *
     * @throws VirtException 38 if it could not be written down; nothing must be answered
     */
    void bars(MigrationId id, UUID guest, String why) {
        if (history.find(id.uuid()).flatMap(JournaledMigration::barred).isEmpty()) {
            write(new MigrationEntry.Barred(id.uuid(), guest, why, now()));
        }
    }

    /** The same for the migration of a job; nothing for one that has no ticket. */
    void bars(MigrationJob job, String why) {
        // What is written of an end comes after the entry that bars it.
        meanwhile(job, Owner.SOURCE, why, () ->
                job.ticket().ifPresent(ticket -> bars(ticket.id(), job.guest().uuid(), why)));
    }

    /** A promise is written: should the machine of its guest end meanwhile, this is how the job ends. As before, if it cannot be written. */
    private static void meanwhile(MigrationJob job, Owner owner, String why, Runnable promise) {
        MigrationJob.Ending before = job.ending();
        job.willEnd(owner, why);
        try {
            promise.run();
        } catch (VirtException e) {
            job.willEnd(before.owner(), before.why());
            throw e;
        }
    }

    /**
     * Refuses a migration that this host has promised never to let in.
     *
     * @throws VirtException 55
     */
    void requireNotBarred(MigrationId id, Guest guest) {
        history.find(id.uuid()).flatMap(JournaledMigration::barred).ifPresent(barred -> {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.NONE, "the migration of domain '" + guest.name()
                    + "' to this host was cancelled before: " + barred.why());
        });
    }

    /** Whether the last migration of a guest that this host took part in is one by which it has left it. */
    boolean movedAway(UUID guest) {
        return last(guest).filter(JournaledMigration::source).filter(migration -> ended(migration, OwnerCode.DESTINATION)).isPresent();
    }

    /** Whether the last migration of a guest that this host took part in is over, and the guest is this host's. */
    boolean isOverHere(UUID guest) {
        return last(guest).filter(migration -> ended(migration, migration.source() ? OwnerCode.SOURCE : OwnerCode.DESTINATION))
                .isPresent();
    }

    private Optional<JournaledMigration> last(UUID guest) {
        return history.migrations().stream()
                .filter(migration -> migration.opened().isPresent() && migration.guest().equals(Optional.of(guest)))
                .reduce((older, newer) -> newer);
    }

    private static boolean ended(JournaledMigration migration, OwnerCode owner) {
        return migration.closed().filter(end -> end.owner() == owner).isPresent();
    }

    // The end

    /**
     * A migration has ended that has no job any more. That may come late.
     *
     * @param owner whose the guest is now
     * @param why   how it came to that, for people
     */
    void closed(JournaledMigration migration, Owner owner, String why) {
        note(new MigrationEntry.Closed(migration.id(), OwnerCode.of(owner), why, now()));
    }

    /** Says who sees to a guest that was sent away and ended here before anybody knew whether it had arrived. */
    void whenLost(Consumer<MigrationJob> action) {
        lost = action;
    }

    private void ended(MigrationJob job) {
        MigrationJob.Ending ending = job.ending();
        if (ending.owner() == Owner.UNKNOWN && !job.ask().isEmpty()) {
            lost.accept(job); // the journal keeps it open: it must not be started here before the destination was asked
            return;
        }
        id(job).ifPresent(id -> note(new MigrationEntry.Closed(id, OwnerCode.of(ending.owner()), ending.why(), now())));
        compactIfLarge();
    }

    private void compactIfLarge() {
        if (journal.sizeBytes() < compactAt || !compacting.tryLock()) {
            return;
        }
        try {
            Predicate<MigrationEntry> needed = history.needed();
            journal.compact(needed);
            history.compacted(needed);
            compactAt = journal.sizeBytes() + GROWTH_BYTES;
        } catch (JournalException e) {
            LOG.log(Level.WARNING, "The journal of migrations could not be compacted", e);
        } finally {
            compacting.unlock();
        }
    }

    @Override
    public void close() {
        riding.keySet().forEach(this::settles);
        late.close();
        journal.close();
    }

    private void write(MigrationEntry entry) {
        late.write();
        put(entry);
    }

    private void put(MigrationEntry entry) {
        requireCertain();
        if (entry instanceof MigrationEntry.Closed closed && isClosed(closed.migration())) {
            return; // a disk that had refused it has kept it
        }
        append(entry.migration(), List.of(entry));
        history.add(entry);
    }

    private void later(MigrationEntry entry) {
        riding.put(entry.migration(), entry);
        history.add(entry);
    }

    /** Appends what rides and what is new as one. */
    private void append(UUID migration, List<MigrationEntry> entries) {
        Optional<MigrationEntry> before = Optional.ofNullable(riding.remove(migration));
        List<MigrationEntry> all = Stream.concat(before.stream(), entries.stream()).toList();
        if (all.isEmpty()) {
            return;
        }
        try {
            journal.append(all);
        } catch (JournalException e) {
            before.ifPresent(left -> riding.put(migration, left));
            uncertain |= e.mayBeKept();
            throw unwritten(e);
        }
    }

    private boolean isClosed(UUID migration) {
        return history.find(migration).flatMap(JournaledMigration::closed).isPresent();
    }

    private void note(MigrationEntry entry) {
        try {
            write(entry);
        } catch (VirtException e) {
            LOG.log(Level.WARNING, "What has happened in a migration could not be written down: {0}", e.getMessage());
            if (isCertain()) {
                late.add(entry); // otherwise the file may say that something else has happened
            }
        }
    }

    private static VirtException unwritten(JournalException e) {
        return VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.NONE, e.getMessage());
    }

    private static Optional<UUID> id(MigrationJob job) {
        return job.ticket().map(ticket -> ticket.id().uuid());
    }

    private static List<String> bounded(List<String> uris) {
        return uris.stream().filter(uri -> uri.length() < MigrationEntry.TEXT_LIMIT / 3).limit(MigrationEntry.ASK_LIMIT).toList();
    }

    private UUID newId() {
        // Version 4, variant 2: random.
        return new UUID(random.nextLong() & ~0xF000L | 0x4000L, random.nextLong() & ~(3L << 62) | 2L << 62);
    }

    private long now() {
        return clock.millis();
    }
}
