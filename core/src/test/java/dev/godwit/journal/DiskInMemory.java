package dev.godwit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A disk with one file. What was not forced is lost in a power cut, or kept in parts: a sector here and none there, as a disk does
 * that writes in the order it likes.
 */
final class DiskInMemory implements JournalStorage {

    private static final int SECTOR = 16;

    /** The power went. */
    static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Optional<byte[]> seen = Optional.empty();
    private Optional<byte[]> safe = Optional.empty();

    /** How many bytes the file can have. */
    int capacity = Integer.MAX_VALUE;
    /** How many of the next forces fail. */
    int failingForces;
    /** How many of the next truncations fail. */
    int failingTruncations;
    /** Whether the next replacing fails before the new file has its name. */
    boolean failingReplace;
    /** Whether the power goes in the next replacing: before, or after, the new file has its name. */
    Optional<Boolean> powerCutAfterRename = Optional.empty();
    int forces;

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public Optional<ByteBuffer> read() throws IOException {
        if (seen.isPresent()) {
            force();
        }
        return seen.map(bytes -> ByteBuffer.wrap(bytes.clone()));
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        byte[] before = seen.orElseThrow(() -> new IOException("no file"));
        int written = Math.max(0, Math.min(bytes.remaining(), capacity - before.length));
        byte[] after = Arrays.copyOf(before, before.length + written);
        bytes.duplicate().get(after, before.length, written);
        seen = Optional.of(after);
        if (written < bytes.remaining()) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public void force() throws IOException {
        if (failingForces > 0) {
            failingForces--;
            throw new IOException("Input/output error");
        }
        forces++;
        safe = seen;
    }

    @Override
    public void truncate(long size) throws IOException {
        if (failingTruncations > 0) {
            failingTruncations--;
            throw new IOException("Read-only file system");
        }
        seen = Optional.of(Arrays.copyOf(seen.orElseThrow(), (int) size));
    }

    @Override
    public void replace(ByteBuffer content) throws IOException {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        if (failingReplace || bytes.length > capacity) {
            failingReplace = false;
            throw new IOException("No space left on device");
        }
        Optional<Boolean> cut = powerCutAfterRename;
        powerCutAfterRename = Optional.empty();
        if (cut.isEmpty() || cut.get()) {
            seen = Optional.of(bytes);
            safe = seen;
        }
        if (cut.isPresent()) {
            throw new PowerCut();
        }
    }

    @Override
    public void close() {
        // The file stays.
    }

    /** The power goes and comes back. */
    void powerCut(RandomGenerator random) {
        byte[] was = safe.orElse(new byte[0]);
        byte[] wanted = seen.orElse(new byte[0]);
        int length = random.nextInt(Math.min(was.length, wanted.length), Math.max(was.length, wanted.length) + 1);
        byte[] kept = Arrays.copyOf(was, length);
        for (int at = 0; at < length; at++) {
            boolean written = at < was.length || random.nextInt(4) > 0;
            int end = Math.min(length, (at / SECTOR + 1) * SECTOR);
            if (written && at < wanted.length && at >= was.length) {
                System.arraycopy(wanted, at, kept, at, Math.min(end, wanted.length) - at);
            }
            at = end - 1;
        }
        safe = safe.map(file -> kept);
        seen = safe;
    }

    /** The file's bytes as they are there to be read. */
    byte[] bytes() {
        return seen.orElseThrow().clone();
    }

    /** The file's bytes that survive a power cut. */
    byte[] safeBytes() {
        return safe.orElseThrow().clone();
    }

    static DiskInMemory with(byte[] bytes) {
        DiskInMemory disk = new DiskInMemory();
        disk.seen = Optional.of(bytes.clone());
        disk.safe = disk.seen;
        return disk;
    }
}
