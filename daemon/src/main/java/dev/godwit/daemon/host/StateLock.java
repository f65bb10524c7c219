package dev.godwit.daemon.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second daemon away from a state folder. The kernel takes the lock back when the process ends, however it
 * ends.
 */
public final class StateLock implements AutoCloseable {

    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Locks a folder.
     *
     * @param stateDir the folder
     * @return the lock, to hold as long as the folder is in use
     * @throws IOException if another daemon holds it, named by its process id
     */
    @SuppressWarnings("resource") // the channel belongs to the lock that is returned
    public static StateLock on(Path stateDir) throws IOException {
        Path file = stateDir.resolve("godwitd.lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            lock = null;
        }
        if (lock == null) {
            ByteBuffer pid = ByteBuffer.allocate(32);
            channel.read(pid, 0);
            channel.close();
            throw new IOException(stateDir + " is in use by another godwitd, process "
                    + new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip()
                    + ". Stop it, or set state_dir and run_dir in the configuration.");
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
        return new StateLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
