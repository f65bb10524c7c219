/**
 * What a host has promised, in order, on disk.
 *
 * <pre>
 *   Journal           append, replay, compact
 *     FileJournal     one file; several threads share a force
 *     JournalFormat   the file's bytes
 *   JournalStorage    the few things that are done with a file
 *     JournalFiles    the host's own files
 *   JournalContent    a journal as a reader finds it, who changes nothing
 * </pre>
 *
 * <p>Nothing here knows what is promised: the entries are any sealed family of records that
 * {@link dev.godwit.wire.xdr.XdrCodec} can lay out. A migration's are in {@code dev.godwit.migration.MigrationEntry}.
 */
package dev.godwit.journal;
