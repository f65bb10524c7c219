package dev.godwit.journal;

import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A journal in one file; {@link JournalFormat} says what is in it.
 *
 * <p>There is no thread of its own. Whoever appends while nobody writes takes all that waits, makes one record of it, and forces
 * it; those who come meanwhile wait, and one of them goes on with what has gathered. So many threads cost one force together, and
 * one thread alone has its entry written at once, in the order of a single program.
 *
 * <p>What could not be made safe is cut off again, and the cut is forced too. If the disk refuses even that, nobody can say what
 * is in the file: the journal then refuses everything until it is opened anew.
 *
 * @param <E> the entries
 */
public final class FileJournal<E> implements Journal<E> {

    private final JournalStorage storage;
    private final JournalFormat<E> format;
    private final UUID host;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean busy;
    private long dropped;

    // Whoever is busy, and nobody else, changes these; the lock makes them visible to the next one.
    private volatile long durable;
    private long last;
    private Optional<String> refused = Optional.empty();

    /** What one thread appends, on its way to the disk. */
    private static final class Waiting {
        private final ByteBuffer bytes;
        private final int entries;
        private boolean settled;
        private Optional<JournalException> failure = Optional.empty();

        private Waiting(ByteBuffer bytes, int entries) {
            this.bytes = bytes;
            this.entries = entries;
        }
    }

    private FileJournal(JournalStorage storage, JournalFormat<E> format, UUID host) {
        this.storage = storage;
        this.format = format;
        this.host = host;
    }

    /**
     * Opens a journal, and makes it where there is none. A torn end is dropped.
     *
     * @param storage its file, which is the journal's from now on
     * @param type    the sealed interface of the entries
     * @param host    whose journal it has to be
     * @return the journal
     * @throws JournalException if it cannot be read or made, belongs to another host, is of a newer release, or is damaged; the
     *                          file is then as it was
     */
    public static <E> FileJournal<E> open(JournalStorage storage, Class<E> type, UUID host) {
        FileJournal<E> journal = new FileJournal<>(storage, new JournalFormat<>(storage.name(), XdrCodec.of(type)), host);
        boolean opened = false;
        try {
            journal.open();
            opened = true;
            return journal;
        } catch (IOException e) {
            throw new JournalException(storage.name(), "cannot be opened", e);
        } finally {
            if (!opened) {
                journal.closeStorage();
            }
        }
    }

    private void open() throws IOException {
        Optional<ByteBuffer> bytes = storage.read();
        if (bytes.isEmpty()) {
            storage.replace(JournalFormat.header(host, 0));
            durable = JournalFormat.HEADER;
            return;
        }
        JournalContent<E> content = format.parse(bytes.get());
        if (!content.host().equals(host)) {
            throw new JournalException(storage.name(), "it belongs to host " + content.host() + " and this is host " + host
                    + ": the folder was copied from there, or both hosts use it");
        }
        if (content.tornBytes() > 0) {
            dropped = content.tornBytes();
            storage.truncate(content.goodBytes());
            storage.force();
        }
        durable = content.goodBytes();
        last = content.lastSequence();
    }

    @Override
    public void append(List<E> entries) {
        Waiting mine = new Waiting(format.encode(entries), entries.size());
        lock.lock();
        try {
            waiting.add(mine);
            while (!mine.settled) {
                if (busy) {
                    changed.awaitUninterruptibly();
                } else {
                    writeWaiting();
                }
            }
        } finally {
            lock.unlock();
        }
        if (mine.failure.isPresent()) {
            throw mine.failure.get();
        }
    }

    /** Writes what waits, as far as it goes into one record, without the lock. */
    private void writeWaiting() {
        List<Waiting> batch = new ArrayList<>();
        int size = Long.BYTES;
        while (!waiting.isEmpty() && size + waiting.getFirst().bytes.remaining() <= JournalFormat.LIMIT) {
            Waiting next = waiting.removeFirst();
            size += next.bytes.remaining();
            batch.add(next);
        }
        busy = true;
        lock.unlock();
        Optional<JournalException> failure = Optional.of(refusal("an append broke off"));
        try {
            failure = write(batch);
        } finally {
            lock.lock();
            for (Waiting entry : batch) {
                entry.failure = failure;
                entry.settled = true;
            }
            busy = false;
            changed.signalAll();
        }
    }

    private Optional<JournalException> write(List<Waiting> batch) {
        if (refused.isPresent()) {
            return Optional.of(refusal(refused.get()));
        }
        ByteBuffer record = JournalFormat.record(last + 1, batch.stream().map(one -> one.bytes).toList());
        // Should anything come out of here that is no IOException, nobody knows what is in the file.
        refused = Optional.of("an append broke off");
        try {
            storage.append(record.duplicate());
            storage.force();
            last += batch.stream().mapToInt(one -> one.entries).sum();
            durable += record.remaining();
            refused = Optional.empty();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(takeBack(e));
        }
    }

    /** A failed append must not turn up later: a host that was told "no" would be taken to have acted. */
    private JournalException takeBack(IOException failure) {
        try {
            storage.truncate(durable);
            storage.force();
            refused = Optional.empty();
            return new JournalException(storage.name(), "the entry could not be made durable", failure);
        } catch (IOException e) {
            failure.addSuppressed(e);
            refused = Optional.of("an append failed and could not be taken back; it has to be opened anew");
            return JournalException.inDoubt(storage.name(), "the entry could not be made durable, nor taken back", failure);
        }
    }

    @Override
    public List<E> replay() {
        return inTurn(() -> content().entries());
    }

    @Override
    public void compact(Predicate<E> needed) {
        inTurn(() -> {
            ByteBuffer file = without(needed);
            refused = Optional.of("a compaction broke off");
            try {
                storage.replace(file.duplicate());
                durable = file.remaining();
                refused = Optional.empty();
                return null;
            } catch (IOException e) {
                // The storage itself refuses all that follows where it does not know which file is there.
                refused = Optional.empty();
                throw new JournalException(storage.name(), "cannot be compacted", e);
            }
        });
    }

    /** A new file: a record an entry, because there are gaps between their numbers. */
    private ByteBuffer without(Predicate<E> needed) {
        List<ByteBuffer> parts = new ArrayList<>();
        parts.add(JournalFormat.header(host, last));
        for (JournalContent.Kept<E> kept : content().kept()) {
            if (needed.test(kept.entry())) {
                parts.add(JournalFormat.record(kept.sequence(), List.of(format.encode(List.of(kept.entry())))));
            }
        }
        ByteBuffer file = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(file::put);
        return file.flip();
    }

    private JournalContent<E> content() {
        if (refused.isPresent()) {
            throw refusal(refused.get());
        }
        try {
            ByteBuffer bytes = storage.read().orElseThrow(() -> new IOException("It is gone"));
            return format.parse(bytes);
        } catch (IOException e) {
            throw new JournalException(storage.name(), "cannot be read", e);
        }
    }

    private <T> T inTurn(Supplier<T> action) {
        lock.lock();
        try {
            while (busy) {
                changed.awaitUninterruptibly();
            }
            busy = true;
        } finally {
            lock.unlock();
        }
        try {
            return action.get();
        } finally {
            lock.lock();
            try {
                busy = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public long sizeBytes() {
        return durable;
    }

    /** How many bytes of a torn end were dropped when it was opened: an entry nobody was told of. */
    public long droppedBytes() {
        return dropped;
    }

    @Override
    public void close() {
        inTurn(() -> {
            refused = Optional.of("it is closed");
            closeStorage();
            return null;
        });
    }

    private void closeStorage() {
        try {
            storage.close();
        } catch (IOException e) {
            // Nothing is lost by it, and nobody could do anything about it.
        }
    }

    private JournalException refusal(String why) {
        return new JournalException(storage.name(), "refuses everything, because " + why);
    }
}
