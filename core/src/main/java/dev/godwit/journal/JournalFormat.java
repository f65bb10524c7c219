package dev.godwit.journal;

import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes of a journal. Numbers are big-endian, as everywhere in XDR.
 *
 * <pre>
 *   file    magic[8] · u32 format · opaque[16] host · u64 given · u32 crc32c of what is before
 *   record  u32 length · u32 crc32c · u64 sequence · entries, each encoded like any record of the wire
 * </pre>
 *
 * <p>A record holds the entries that were forced together, one or more; the first has the record's sequence, the next ones count
 * on. Length and checksum are over sequence and entries. "Given" is the highest sequence that had been given when the file was
 * made, so that numbers only grow although a compaction drops the newest entry.
 *
 * <p>The next record is begun when the last one is safe. So at most one record, the last, can be torn, and nobody was told of
 * its entries. Where something bad is followed by a good record, or is longer than a record can be, it is damage, and nobody
 * may guess.
 *
 * <p>The format's number covers the entries too: a new arm or component is a new format. Formats are only ever added; each has
 * a file in the test resources that must still open.
 *
 * @param name  the file in messages
 * @param codec of the entries
 * @param <E>   the entries
 */
record JournalFormat<E>(String name, XdrCodec<E> codec) {

    /** The format that is written. */
    static final int FORMAT = 1;

    /** The most bytes of a record after length and checksum. */
    static final int LIMIT = 64 * 1024;

    static final int HEADER = 40;

    private static final byte[] MAGIC = "GODWITJL".getBytes(StandardCharsets.US_ASCII);
    private static final int FRAME = Integer.BYTES + Integer.BYTES;
    private static final int SMALLEST = Long.BYTES + Integer.BYTES;

    /** The first bytes of a file. */
    static ByteBuffer header(UUID host, long given) {
        ByteBuffer header = ByteBuffer.allocate(HEADER).put(MAGIC).putInt(FORMAT)
                .putLong(host.getMostSignificantBits()).putLong(host.getLeastSignificantBits()).putLong(given);
        return header.putInt(checksum(header.duplicate().flip())).flip();
    }

    /**
     * The bytes of entries that belong into one record.
     *
     * @throws JournalException if they are too large to be kept
     */
    ByteBuffer encode(List<E> entries) {
        List<ByteBuffer> parts = new ArrayList<>();
        try {
            for (E entry : entries) {
                parts.add(codec.encode(entry));
            }
        } catch (XdrException e) {
            throw new JournalException(name, "the entry cannot be written", e);
        }
        int size = parts.stream().mapToInt(ByteBuffer::remaining).sum();
        if (Long.BYTES + size > LIMIT) {
            throw new JournalException(name, "an entry of " + size + " bytes is too large");
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        parts.forEach(bytes::put);
        return bytes.flip();
    }

    /**
     * A record.
     *
     * @param sequence of the first entry
     * @param entries  their bytes, together not more than {@link #LIMIT} less 8
     */
    static ByteBuffer record(long sequence, List<ByteBuffer> entries) {
        int length = Long.BYTES + entries.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer record = ByteBuffer.allocate(FRAME + length).putInt(length).putInt(0).putLong(sequence);
        entries.forEach(entry -> record.put(entry.duplicate()));
        record.flip();
        return record.putInt(Integer.BYTES, checksum(record.slice(FRAME, length)));
    }

    /**
     * Reads a file.
     *
     * @param bytes all of it
     * @return what it holds
     * @throws JournalException naming the offset of what is wrong
     */
    JournalContent<E> parse(ByteBuffer bytes) {
        checkHeader(bytes);
        UUID host = new UUID(bytes.getLong(12), bytes.getLong(20));
        long last = 0;
        List<JournalContent.Kept<E>> kept = new ArrayList<>();
        int offset = HEADER;
        while (offset < bytes.limit() && isRecord(bytes, offset, last)) {
            last = entries(bytes, offset, kept);
            offset += FRAME + bytes.getInt(offset);
        }
        int rest = bytes.limit() - offset;
        if (rest > FRAME + LIMIT || goodRecordAfter(bytes, offset, last)) {
            throw damaged("the record is damaged, and it is not the last one", offset);
        }
        return new JournalContent<>(FORMAT, host, kept, Math.max(last, bytes.getLong(28)), offset, rest);
    }

    private void checkHeader(ByteBuffer bytes) {
        if (bytes.limit() < HEADER) {
            throw damaged("it is no journal, or was cut: it has " + bytes.limit() + " bytes", 0);
        }
        if (!bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
            throw damaged("it is no journal", 0);
        }
        int format = bytes.getInt(8);
        if (format != FORMAT) {
            throw damaged("it has format " + Integer.toUnsignedString(format) + ", and this release knows format " + FORMAT, 8);
        }
        if (bytes.getInt(HEADER - Integer.BYTES) != checksum(bytes.slice(0, HEADER - Integer.BYTES))) {
            throw damaged("its head is damaged", HEADER - Integer.BYTES);
        }
    }

    /** Whether a record that can follow the given sequence begins there. Nothing is believed before it was compared. */
    private static boolean isRecord(ByteBuffer bytes, int offset, long last) {
        int rest = bytes.limit() - offset - FRAME;
        if (rest < SMALLEST) {
            return false;
        }
        int length = bytes.getInt(offset);
        return length >= SMALLEST && length <= Math.min(rest, LIMIT)
                && bytes.getLong(offset + FRAME) > last
                && bytes.getInt(offset + Integer.BYTES) == checksum(bytes.slice(offset + FRAME, length));
    }

    /** Everything in XDR has a multiple of four bytes, so records begin at such offsets only. */
    private static boolean goodRecordAfter(ByteBuffer bytes, int bad, long last) {
        for (int offset = bad + Integer.BYTES; offset < bytes.limit(); offset += Integer.BYTES) {
            if (isRecord(bytes, offset, last)) {
                return true;
            }
        }
        return false;
    }

    /** Reads a record whose checksum is right. */
    private long entries(ByteBuffer bytes, int offset, List<JournalContent.Kept<E>> kept) {
        ByteBuffer record = bytes.slice(offset + FRAME, bytes.getInt(offset));
        long sequence = record.getLong();
        try {
            do {
                kept.add(new JournalContent.Kept<>(offset, sequence++, codec.decode(record)));
            } while (record.hasRemaining());
        } catch (XdrException e) {
            throw new JournalException(name, "the record at byte " + offset + " is whole and cannot be understood", e);
        }
        return sequence - 1;
    }

    private JournalException damaged(String what, int offset) {
        return new JournalException(name, what + " (at byte " + offset + ")");
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
