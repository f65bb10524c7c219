package dev.godwit.journal;

import java.util.List;
import java.util.function.Predicate;

/**
 * What this host has promised, in order, on disk.
 *
 * <p>Whoever is about to act writes an entry before he does, and another before he answers. A crash can therefore leave
 * something open, but never unknown.
 *
 * <p>Safe for use by several threads.
 *
 * @param <E> the entries: a sealed interface of records, so that the codec and the reader's {@code switch} are both complete by
 *            construction
 */
public interface Journal<E> extends AutoCloseable {

    /**
     * Appends, and forces to disk. When this returns, the entry survives a power cut. Threads that append at the same time
     * may share one force; each returns when its own entry is safe. An interrupt does not cut it short.
     *
     * @param entry what is about to happen, or has happened
     * @throws JournalException if it could not be made durable, or is too large; the caller must not act
     */
    default void append(E entry) {
        append(List.of(entry));
    }

    /**
     * Appends several entries as one: with one force, and after a crash all of them are there or none.
     *
     * @param entries in their order; at least one
     * @throws JournalException if they could not be made durable, or are too large together; the caller must not act
     */
    void append(List<E> entries);

    /**
     * Everything written and not yet dropped, oldest first, read from the file anew.
     *
     * @return the entries; all of them survive a power cut
     * @throws JournalException if the file cannot be read any more
     */
    List<E> replay();

    /**
     * Drops what nobody needs any more. The new file replaces the old one in one step, or not at all. Appends wait meanwhile.
     *
     * @param needed true for an entry to keep; called for every entry, also for those appended since the caller last looked, and
     *               must not use the journal
     * @throws JournalException if the new file could not be written; the old one is still in use then, unless its folder failed
     *                          too: then every later append is refused
     */
    void compact(Predicate<E> needed);

    /** How large the file is, in bytes: by this the owner decides when to compact. */
    long sizeBytes();

    /** Waits for appends that are under way, and lets go of the file. Every later call is refused. */
    @Override
    void close();
}
