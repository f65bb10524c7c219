package dev.godwit.lab.fault.daemon;

import dev.godwit.journal.JournalStorage;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The file of a journal, with a point before and after each entry, and a disk that can be full.
 *
 * <p>Who stops here stops the journal: other threads of the daemon that have something to write wait, as behind a slow disk.
 */
final class FaultyStorage implements JournalStorage {

    /** As {@code dev.godwit.journal.JournalFormat} says: the file's head, and length, checksum and sequence of a record. */
    private static final int HEAD = 40;
    private static final int LENGTH_AND_CHECKSUM = 8;
    private static final int FRAME = 16;

    private static final XdrCodec<MigrationEntry> CODEC = XdrCodec.of(MigrationEntry.class);

    private final JournalStorage disk;
    private final Points points;
    private final EntryPoints meaning = new EntryPoints();
    private List<MigrationEntry> unforced = List.of();

    FaultyStorage(JournalStorage disk, Points points) {
        this.disk = disk;
        this.points = points;
    }

    @Override
    public String name() {
        return disk.name();
    }

    @Override
    public Optional<ByteBuffer> read() throws IOException {
        Optional<ByteBuffer> all = disk.read();
        all.ifPresent(bytes -> {
            for (int offset = HEAD; offset + FRAME <= bytes.limit(); ) {
                int whole = LENGTH_AND_CHECKSUM + bytes.getInt(offset);
                if (whole < FRAME || offset + whole > bytes.limit()) {
                    return; // torn; the journal itself judges that
                }
                entries(bytes.slice(offset, whole)).forEach(meaning::wrote);
                offset += whole;
            }
        });
        return all;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        List<MigrationEntry> entries = entries(bytes.slice());
        for (MigrationEntry entry : entries) {
            Optional<Point> point = meaning.before(entry);
            if (point.isPresent()) {
                points.pass(point.get());
            }
        }
        points.requireRoom();
        disk.append(bytes);
        unforced = entries;
    }

    @Override
    public void force() throws IOException {
        disk.force();
        List<MigrationEntry> safe = unforced;
        unforced = List.of();
        for (MigrationEntry entry : safe) {
            meaning.wrote(entry);
            Optional<Point> point = meaning.after(entry);
            if (point.isPresent()) {
                points.pass(point.get());
            }
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        unforced = List.of();
        disk.truncate(size);
    }

    @Override
    public void replace(ByteBuffer content) throws IOException {
        points.requireRoom();
        disk.replace(content);
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }

    private static List<MigrationEntry> entries(ByteBuffer record) {
        List<MigrationEntry> entries = new ArrayList<>();
        record.position(FRAME);
        try {
            while (record.hasRemaining()) {
                entries.add(CODEC.decode(record));
            }
            return entries;
        } catch (XdrException e) {
            throw new IllegalStateException("The journal has another format than this class thinks", e);
        }
    }
}
