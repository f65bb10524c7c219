package dev.godwit.lab.simulation;

import dev.godwit.guest.FileAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A disk that makes nothing safe: {@link Defect#CONFIGURATION_IS_NOT_FORCED}. */
record DefectiveFiles(FileAccess disk) implements FileAccess {

    /** The disk that a daemon is given. */
    static FileAccess of(FileAccess disk, Defect defect) {
        return defect == Defect.CONFIGURATION_IS_NOT_FORCED ? new DefectiveFiles(disk) : disk;
    }

    @Override
    public List<String> names(Path folder) throws IOException {
        return disk.names(folder);
    }

    @Override
    public Optional<String> read(Path file, int maxBytes) throws IOException {
        return disk.read(file, maxBytes);
    }

    @Override
    public void write(Path file, String content, boolean durable) throws IOException {
        disk.write(file, content, false);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
    }

    @Override
    public void link(Path link, Path target) throws IOException {
        disk.link(link, target);
    }

    @Override
    public boolean exists(Path file) {
        return disk.exists(file);
    }

    @Override
    public void rename(Path file, Path newName) throws IOException {
        disk.rename(file, newName);
    }
}
