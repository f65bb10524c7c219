package dev.godwit.driver.qemu.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A file that says which process runs a guest. The first line is the pid, as in any other pidfile; the
 * second is the moment it started and the third the boot.
 */
public final class Pidfile {

    private final Path file;

    /**
     * The pidfile at a place.
     *
     * @param file its path
     */
    public Pidfile(Path file) {
        this.file = file;
    }

    /**
     * Writes it: wholly or not at all, and on disk when this returns.
     *
     * @param identity the process
     * @throws UncheckedIOException if it cannot be written
     */
    public void write(ProcessIdentity identity) {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        String text = identity.pid() + "\n" + identity.startTicks() + "\n" + identity.bootId() + "\n";
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the pidfile " + file, e);
        }
    }

    /**
     * Reads it.
     *
     * @return the process; empty if there is no file, or something else in it
     */
    public Optional<ProcessIdentity> read() {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
            return lines.size() < 3
                    ? Optional.empty()
                    : Optional.of(new ProcessIdentity(Long.parseLong(lines.get(0).strip()),
                            Long.parseLong(lines.get(1).strip()), lines.get(2).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Removes it, if it is there.
     *
     * @throws UncheckedIOException if it is and cannot be removed
     */
    public void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove the pidfile " + file, e);
        }
    }
}
