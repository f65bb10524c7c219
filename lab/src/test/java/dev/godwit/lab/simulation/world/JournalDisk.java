package dev.godwit.lab.simulation.world;

import dev.godwit.journal.JournalStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * The journal's file on a host's disk. A program that is killed may leave half of what it was writing; a host whose power fails keeps
 * what was forced, and any beginning of the rest.
 */
public final class JournalDisk {

    private static final int FILE_HEAD = 40;
    /** Length and checksum, which the length does not count. */
    private static final int RECORD_HEAD = 8;

    private final Disk disk;
    private final String host;
    private final String name;
    private final SplittableRandom dice;
    private Function<ByteBuffer, String> describer = bytes -> bytes.remaining() + " bytes";
    private Optional<byte[]> cached = Optional.empty();
    private Optional<byte[]> durable = Optional.empty();

    JournalDisk(Disk disk, String host, String name, SplittableRandom dice) {
        this.disk = disk;
        this.host = host;
        this.name = name;
        this.dice = dice;
    }

    /** Says how what is appended is told to people. */
    public void describer(Function<ByteBuffer, String> words) {
        describer = words;
    }

    /** The file as it is now. */
    public Optional<byte[]> content() {
        return cached.map(byte[]::clone);
    }

    /** Whether it ends in the middle of an entry. */
    public boolean isTorn() {
        int size = cached.map(bytes -> bytes.length).orElse(0);
        return cached.isPresent() && wholeUpTo(ByteBuffer.wrap(cached.get())) != size;
    }

    /** Where the last whole record ends: records begin with their length, behind the head of the file. */
    private static int wholeUpTo(ByteBuffer file) {
        int at = FILE_HEAD;
        while (at + Integer.BYTES <= file.limit() && file.getInt(at) > 0
                && at + RECORD_HEAD + file.getInt(at) <= file.limit()) {
            at += RECORD_HEAD + file.getInt(at);
        }
        return at;
    }

    /** Puts a file in its place, as somebody who restores a backup does. */
    public void restore(Optional<byte[]> content) {
        cached = content.map(byte[]::clone);
        durable = cached;
    }

    void powerFails() {
        if (cached.isPresent() && durable.isPresent()) {
            byte[] now = cached.get();
            byte[] safe = durable.get();
            if (now.length > safe.length) {
                cached = Optional.of(Arrays.copyOf(now, safe.length + dice.nextInt(now.length - safe.length + 1)));
            } else if (now.length < safe.length && dice.nextBoolean()) {
                cached = durable; // it was cut, and the cut was not safe
            }
        } else {
            cached = durable;
        }
        durable = cached;
    }

    /** The file for a daemon that opens it. */
    public JournalStorage open() {
        return new Open();
    }

    /** A copy of the file, to be looked at: nothing that is done to it happens. */
    public JournalStorage look() {
        Optional<ByteBuffer> copy = cached.map(bytes -> ByteBuffer.wrap(bytes.clone()));
        return new JournalStorage() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Optional<ByteBuffer> read() {
                return copy.map(ByteBuffer::duplicate);
            }

            @Override
            public void append(ByteBuffer bytes) {
                throw new IllegalStateException("It is only looked at");
            }

            @Override
            public void force() {}

            @Override
            public void truncate(long size) {
                copy.ifPresent(bytes -> bytes.limit((int) size)); // a torn end is not looked at
            }

            @Override
            public void replace(ByteBuffer content) {
                throw new IllegalStateException("It is only looked at");
            }

            @Override
            public void close() {}
        };
    }

    private final class Open implements JournalStorage {

        private boolean closed;

        @Override
        public String name() {
            return name;
        }

        @Override
        public Optional<ByteBuffer> read() throws IOException {
            if (cached.isPresent()) {
                force();
            }
            return cached.map(bytes -> ByteBuffer.wrap(bytes.clone()));
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            check();
            ByteBuffer shown = bytes.duplicate();
            byte[] more = new byte[bytes.remaining()];
            bytes.get(more);
            Thread.yield();
            if (disk.isFull()) {
                add(Arrays.copyOf(more, dice.nextInt(more.length)));
                disk.say(() -> "disk is full: the journal takes no entry");
                throw new IOException("No space left on device");
            }
            int first = dice.nextInt(4) == 0 ? dice.nextInt(more.length) : more.length;
            add(Arrays.copyOf(more, first));
            if (first < more.length) {
                Thread.yield(); // killed here it leaves half an entry
                add(Arrays.copyOfRange(more, first, more.length));
            }
            disk.say(() -> "journal: " + describer.apply(shown));
            disk.happened();
        }

        private void add(byte[] more) {
            byte[] before = cached.orElseThrow();
            byte[] after = Arrays.copyOf(before, before.length + more.length);
            System.arraycopy(more, 0, after, before.length, more.length);
            cached = Optional.of(after);
        }

        @Override
        public void force() throws IOException {
            check();
            Thread.yield();
            if (disk.isFailing()) {
                disk.say(() -> "disk fails: the journal is not forced");
                throw new IOException("Input/output error");
            }
            durable = cached;
            disk.happened();
        }

        @Override
        public void truncate(long size) throws IOException {
            check();
            Thread.yield();
            if (disk.isFailing()) {
                throw new IOException("Input/output error");
            }
            cached = Optional.of(Arrays.copyOf(cached.orElseThrow(), (int) size));
        }

        @Override
        public void replace(ByteBuffer content) throws IOException {
            check();
            Thread.yield();
            if (disk.isFull() || disk.isFailing()) {
                disk.say(() -> "disk is full or fails: the journal is not replaced");
                throw new IOException(disk.isFull() ? "No space left on device" : "Input/output error");
            }
            byte[] whole = new byte[content.remaining()];
            content.get(whole);
            cached = Optional.of(whole);
            durable = cached;
            disk.happened();
        }

        private void check() throws IOException {
            if (closed) {
                throw new IOException("It is closed");
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public String toString() {
            return host + ":" + name;
        }
    }
}
