package dev.godwit.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A journal's file on this host. Only the owner may read it.
 *
 * <p>The file is a {@link RandomAccessFile} and no channel, because an interrupt closes a channel: who cancels one migration must
 * not take the journal from all others.
 */
public final class JournalFiles implements JournalStorage {

    private static final String UNFINISHED = ".new";

    private final Path file;
    private final Path folder;
    private final boolean synchronous;
    private Optional<RandomAccessFile> open = Optional.empty();
    private boolean unusable;

    /**
     * A file whose every append is forced to disk.
     *
     * @param file which; its folder is made where it is missing
     */
    public JournalFiles(Path file) {
        this(file, true);
    }

    /**
     * A file.
     *
     * @param file        which; its folder is made where it is missing
     * @param synchronous whether force means it. Without it a promise is worth no more than the host's power supply: for
     *                    measurements of what forcing costs
     */
    public JournalFiles(Path file, boolean synchronous) {
        this.file = file.toAbsolutePath();
        this.folder = this.file.getParent();
        this.synchronous = synchronous;
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public Optional<ByteBuffer> read() throws IOException {
        checkUsable();
        if (open.isEmpty()) {
            Files.deleteIfExists(unfinished());
            if (Files.notExists(file)) { // for certain: a folder that cannot be looked into must not get a new journal
                return Optional.empty();
            }
            open = Optional.of(new RandomAccessFile(file.toFile(), "rw"));
            syncFolder(folder);
        }
        force();
        RandomAccessFile in = open.get();
        if (in.length() > Integer.MAX_VALUE - 8) {
            throw new IOException("It has " + in.length() + " bytes, which no journal of ours has");
        }
        byte[] bytes = new byte[(int) in.length()];
        in.seek(0);
        in.readFully(bytes);
        return Optional.of(ByteBuffer.wrap(bytes));
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        RandomAccessFile out = file();
        out.seek(out.length());
        write(out, bytes);
    }

    @Override
    public void force() throws IOException {
        RandomAccessFile out = file();
        if (synchronous) {
            out.getFD().sync();
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        file().setLength(size);
    }

    @Override
    public void replace(ByteBuffer content) throws IOException {
        checkUsable();
        makeFolder(folder);
        Files.deleteIfExists(unfinished());
        RandomAccessFile made = null;
        try {
            Files.createFile(unfinished(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            made = new RandomAccessFile(unfinished().toFile(), "rw");
            write(made, content);
            made.getFD().sync();
            Files.move(unfinished(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            if (made != null) {
                made.close();
            }
            Files.deleteIfExists(unfinished());
            throw e;
        }
        // From here on the new file has the name. Until the folder is safe, a power cut could bring back the old one.
        if (open.isPresent()) {
            open.get().close();
        }
        open = Optional.of(made);
        unusable = true;
        syncFolder(folder);
        unusable = false;
    }

    @Override
    public void close() throws IOException {
        unusable = true;
        if (open.isPresent()) {
            open.get().close();
        }
    }

    private RandomAccessFile file() throws IOException {
        checkUsable();
        return open.orElseThrow(() -> new IOException("It has not been opened"));
    }

    private void checkUsable() throws IOException {
        if (unusable) {
            throw new IOException("It is closed, or its folder failed when it was last replaced");
        }
    }

    private Path unfinished() {
        return folder.resolve(file.getFileName() + UNFINISHED);
    }

    private static void write(RandomAccessFile out, ByteBuffer bytes) throws IOException {
        byte[] array = new byte[bytes.remaining()];
        bytes.duplicate().get(array);
        out.write(array);
    }

    private static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            makeFolder(folder.getParent());
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            syncFolder(folder.getParent());
        }
    }

    /** A new name in a folder is on the disk when the folder is. */
    private static void syncFolder(Path folder) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
