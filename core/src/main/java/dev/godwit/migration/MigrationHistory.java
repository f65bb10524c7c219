package dev.godwit.migration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * What a host's journal says, folded into one {@link JournaledMigration} a migration. Knows no file: it is given the entries, first
 * those that were replayed, then each that was appended. Safe for use by several threads.
 */
public final class MigrationHistory {

    /** How many closed migrations of each kind are kept at least; see {@link #needed()}. */
    public static final int KEPT = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    /** In the order of their last entries. */
    private final Map<UUID, JournaledMigration> migrations = new LinkedHashMap<>();
    private final Map<UUID, List<MigrationEntry>> entries = new LinkedHashMap<>();

    /** Nothing has happened yet. */
    public MigrationHistory() {}

    /**
     * What the entries of a journal say.
     *
     * @param entries as replayed, oldest first
     */
    public static MigrationHistory of(List<MigrationEntry> entries) {
        MigrationHistory history = new MigrationHistory();
        entries.forEach(history::add);
        return history;
    }

    /**
     * One more entry, which is in the journal.
     *
     * @param entry the newest
     */
    public void add(MigrationEntry entry) {
        UUID id = entry.migration();
        lock.lock();
        try {
            JournaledMigration before = migrations.remove(id);
            migrations.put(id, (before == null ? JournaledMigration.unheardOf(id) : before).after(entry));
            entries.computeIfAbsent(id, unknown -> new ArrayList<>()).add(entry);
        } finally {
            lock.unlock();
        }
    }

    /** All migrations, the one with the newest entry last. */
    public List<JournaledMigration> migrations() {
        lock.lock();
        try {
            return List.copyOf(migrations.values());
        } finally {
            lock.unlock();
        }
    }

    /**
     * One migration.
     *
     * @param migration which
     * @return empty when the journal does not mention it
     */
    public Optional<JournaledMigration> find(UUID migration) {
        lock.lock();
        try {
            return Optional.ofNullable(migrations.get(migration));
        } finally {
            lock.unlock();
        }
    }

    /** The migrations that have begun here and not ended, the one with the newest entry last. */
    public List<JournaledMigration> open() {
        return migrations().stream().filter(JournaledMigration::open).toList();
    }

    /**
     * The open migration of a guest.
     *
     * @param guest  which
     * @param source whether this host is its source
     * @return the one with the newest entry
     */
    public Optional<JournaledMigration> openFor(UUID guest, boolean source) {
        return open().stream()
                .filter(migration -> migration.source() == source && migration.guest().equals(Optional.of(guest)))
                .reduce((older, newer) -> newer);
    }

    /**
     * The highest fencing token of a guest that this host has seen.
     *
     * @param guest which
     * @return 0 where it has seen none
     */
    public long lastToken(UUID guest) {
        return migrations().stream()
                .filter(migration -> migration.guest().equals(Optional.of(guest)))
                .mapToLong(JournaledMigration::token)
                .reduce(0, Math::max);
    }

    /**
     * What a compaction has to keep: all of an open migration; for each guest the migration with its highest token; and of those
     * that are closed the last {@value #KEPT} whose source this host was, the last {@value #KEPT} whose destination it was,
     * because their source may still ask, and the last {@value #KEPT} that it was only asked about. Those are counted apart,
     * so that nobody who asks about what never was can make a host forget what it did.
     *
     * @return true for an entry that is needed; also for every entry that this history has not been given
     */
    public Predicate<MigrationEntry> needed() {
        return needed(KEPT);
    }

    Predicate<MigrationEntry> needed(int most) {
        Set<MigrationEntry> dispensable = new HashSet<>();
        lock.lock();
        try {
            Set<UUID> kept = new HashSet<>();
            highestTokens().forEach(migration -> kept.add(migration.id()));
            List<JournaledMigration> newestFirst = List.copyOf(migrations.values()).reversed();
            Map<Kind, Integer> counts = new LinkedHashMap<>();
            for (JournaledMigration migration : newestFirst) {
                if (!migration.open() && counts.merge(Kind.of(migration), 1, Integer::sum) > most
                        && !kept.contains(migration.id())) {
                    dispensable.addAll(entries.get(migration.id()));
                }
            }
        } finally {
            lock.unlock();
        }
        return entry -> !dispensable.contains(entry);
    }

    /**
     * Forgets what a compaction dropped.
     *
     * @param needed by which the journal was compacted
     */
    public void compacted(Predicate<MigrationEntry> needed) {
        lock.lock();
        try {
            List<JournaledMigration> before = List.copyOf(migrations.values());
            migrations.clear();
            for (JournaledMigration migration : before) {
                List<MigrationEntry> left = entries.get(migration.id());
                left.removeIf(needed.negate());
                if (left.isEmpty()) {
                    entries.remove(migration.id());
                } else {
                    JournaledMigration folded = JournaledMigration.unheardOf(migration.id());
                    for (MigrationEntry entry : left) {
                        folded = folded.after(entry);
                    }
                    migrations.put(migration.id(), folded);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private enum Kind {
        SOURCE, DESTINATION, ASKED;

        static Kind of(JournaledMigration migration) {
            return migration.opened().isEmpty() ? ASKED : migration.source() ? SOURCE : DESTINATION;
        }
    }

    private Iterable<JournaledMigration> highestTokens() {
        Map<UUID, JournaledMigration> highest = new LinkedHashMap<>();
        for (JournaledMigration migration : migrations.values()) {
            migration.guest().filter(guest -> migration.token() > 0).ifPresent(guest -> highest.merge(guest, migration,
                    (one, other) -> other.token() > one.token() ? other : one));
        }
        return highest.values();
    }
}
