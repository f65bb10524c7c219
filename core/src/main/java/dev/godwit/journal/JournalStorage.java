package dev.godwit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The few things that a {@link FileJournal} does with its file; a simulation puts a disk in memory behind it, which loses what was
 * not forced, tears it in the middle, or is full.
 *
 * <p>Calls never overlap. An interrupt of the calling thread must not make one fail.
 */
public interface JournalStorage extends AutoCloseable {

    /** What the file is called in messages. */
    String name();

    /**
     * All of the file. What this returns survives a power cut: a process that ended before it could force left bytes that are
     * there to be read and not yet safe.
     *
     * @return its bytes, empty where there is no file yet
     * @throws IOException if it cannot be read or made safe
     */
    Optional<ByteBuffer> read() throws IOException;

    /**
     * Writes at the end of the file. It is there to be read, and may be lost, or kept in parts, until {@link #force}.
     *
     * @param bytes what to write, to its limit
     * @throws IOException if not all of it could be written; any part of it may be there
     */
    void append(ByteBuffer bytes) throws IOException;

    /**
     * Makes all that was written, and the file's length, survive a power cut.
     *
     * @throws IOException if that is not certain
     */
    void force() throws IOException;

    /**
     * Cuts the end of the file off.
     *
     * @param size what is left, in bytes; not more than there is
     * @throws IOException if it has its old length
     */
    void truncate(long size) throws IOException;

    /**
     * Makes the file, or replaces it as a whole: whoever reads it, at any moment and after any crash, finds the old content or the
     * new one, and when this has returned, the new one.
     *
     * @param content all of the new file
     * @throws IOException if the old content stays. Where that is not certain either, every later call but {@link #close} fails
     */
    void replace(ByteBuffer content) throws IOException;

    @Override
    void close() throws IOException;
}
