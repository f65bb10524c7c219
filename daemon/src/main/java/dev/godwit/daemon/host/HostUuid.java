package dev.godwit.daemon.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Supplier;

/** The identity of this host, made once and kept in its state folder for ever. */
public final class HostUuid {

    private static final String FILE = "host_uuid";

    private HostUuid() {}

    /**
     * The host's identity.
     *
     * @param stateDir where it is kept
     * @param random   makes one where there is none yet
     * @return the same for ever
     * @throws IOException if it can be neither read nor kept, or what is kept is no UUID; a new one is not made
     *                     then, because a host that changes its identity confuses its peers
     */
    public static UUID keptIn(Path stateDir, Supplier<UUID> random) throws IOException {
        Path file = stateDir.resolve(FILE);
        if (Files.exists(file)) {
            String text = Files.readString(file).strip();
            try {
                return UUID.fromString(text);
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " does not hold a UUID. Put back the host's own, or remove the file to"
                        + " have a new one made.", e);
            }
        }
        UUID uuid = random.get();
        Path fresh = stateDir.resolve(FILE + ".new");
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap((uuid + "\n").getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(stateDir, StandardOpenOption.READ)) {
            folder.force(true); // makes the new name itself durable
        }
        return uuid;
    }
}
