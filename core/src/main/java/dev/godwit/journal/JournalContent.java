package dev.godwit.journal;

import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A journal as it was found. Reading changes nothing, takes no lock, and may be done to a journal that is in use.
 *
 * @param format       the number of its format
 * @param host         whose it is
 * @param kept         its entries, oldest first
 * @param lastSequence the highest number that was ever given to an entry, also to one that is dropped by now
 * @param goodBytes    how far it can be read
 * @param tornBytes    what comes after that: a record that was being written when the host stopped, or is just being written
 * @param <E>          the entries
 */
public record JournalContent<E>(
        int format, UUID host, List<Kept<E>> kept, long lastSequence, long goodBytes, long tornBytes) {

    /** Makes it unchangeable. */
    public JournalContent {
        kept = List.copyOf(kept);
    }

    /**
     * An entry, and where it is.
     *
     * @param offset   of its record in the file, in bytes; entries that were forced together share one
     * @param sequence its number, which only grows
     * @param entry    what was promised
     * @param <E>      the entries
     */
    public record Kept<E>(long offset, long sequence, E entry) {}

    /**
     * Reads a journal's file.
     *
     * @param file which
     * @param type the sealed interface of the entries
     * @return what is in it
     * @throws JournalException if it cannot be read, is no journal, or is damaged anywhere but at its end
     */
    public static <E> JournalContent<E> read(Path file, Class<E> type) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new JournalException(file.toString(), "cannot be read", e);
        }
        return new JournalFormat<>(file.toString(), XdrCodec.of(type)).parse(ByteBuffer.wrap(bytes));
    }

    /** The entries alone, oldest first. */
    public List<E> entries() {
        return kept.stream().map(Kept::entry).toList();
    }
}
