package dev.godwit.driver.qemu.machine;

import dev.godwit.driver.qemu.process.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folders of runs that nobody knows of any more. A run is struck off first and its folders are removed then, because in the other
 * order they could be those of the guest's next run; a daemon that dies in between leaves them.
 */
final class QemuOrphans {

    private static final System.Logger LOG = System.getLogger(QemuOrphans.class.getName());

    /** {@code ID-NAME}, as {@link QemuPlace#of(Path, String, int)} names folders. */
    private static final Pattern RUN = Pattern.compile("([0-9]{1,9})-.+");

    private QemuOrphans() {}

    /**
     * Removes them, but not those of a QEMU that lives.
     *
     * @param runDir    of the driver
     * @param known     the numbers of the runs that are known
     * @param processes those of the host
     */
    static void remove(Path runDir, Set<Integer> known, ProcFs processes) {
        Set<String> runs = new TreeSet<>();
        for (Path folder : folders(runDir, QemuPlace.PREFIX + "*")) {
            runs.add(folder.getFileName().toString().substring(QemuPlace.PREFIX.length()));
        }
        for (Path folder : folders(QemuPlace.channels(runDir), "*")) {
            runs.add(folder.getFileName().toString());
        }
        for (String run : runs) {
            Matcher name = RUN.matcher(run);
            if (!name.matches() || known.contains(Integer.parseInt(name.group(1)))) {
                continue;
            }
            QemuPlace place = QemuPlace.named(runDir, run);
            if (processes.findByArgument(place.monitor().toString()).isEmpty()) {
                LOG.log(System.Logger.Level.INFO, "{0} is of a run that nobody knows of any more; it is removed", place.folder());
                place.remove();
            }
        }
    }

    private static List<Path> folders(Path parent, String names) {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(parent)) {
            return found;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, names)) {
            for (Path entry : all) {
                if (Files.isDirectory(entry)) {
                    found.add(entry);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Listing " + parent + " failed", e);
        }
        return found;
    }
}
