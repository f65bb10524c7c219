package dev.godwit.driver.qemu.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Asks this host what its paths are on. */
public final class FileSystems {

    private FileSystems() {}

    /**
     * The type of the file system that a path is on.
     *
     * @param path absolute
     * @return as the mount table calls it: {@code ext4}, {@code nfs4}; empty where the path is not there
     */
    public static Optional<String> type(String path) {
        try {
            return Optional.of(Files.getFileStore(Path.of(path)).type());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
