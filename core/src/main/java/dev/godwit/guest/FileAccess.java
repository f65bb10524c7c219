package dev.godwit.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The few things that {@link GuestStore} does with files; a test puts memory, or a disk that fails, behind it. */
public interface FileAccess {

    /** The names of the entries of a folder, sorted; none where the folder is missing. */
    List<String> names(Path folder) throws IOException;

    /**
     * The content of a file.
     *
     * @param file     which, a link is followed
     * @param maxBytes the most that is read
     * @return the text, empty where there is no such file
     * @throws IOException if it cannot be read, is longer, or is not UTF-8
     */
    Optional<String> read(Path file, int maxBytes) throws IOException;

    /**
     * Replaces a file as a whole: whoever reads it, at any moment and after any crash of this process, finds the old content or the
     * new one. Only the owner may read it. Missing folders are made.
     *
     * @param file    which
     * @param content its new text
     * @param durable whether the new content must also survive a power failure from the moment this returns
     */
    void write(Path file, String content, boolean durable) throws IOException;

    /** Removes a file or link, durably; does nothing where there is none. */
    void delete(Path file) throws IOException;

    /** Makes a symbolic link, durably; does nothing where there is an entry of that name. */
    void link(Path link, Path target) throws IOException;

    /** Whether there is an entry of that name, be it a link that leads nowhere. */
    boolean exists(Path file);

    /** Gives a file another name in its folder; what had that name is replaced. */
    void rename(Path file, Path newName) throws IOException;
}
