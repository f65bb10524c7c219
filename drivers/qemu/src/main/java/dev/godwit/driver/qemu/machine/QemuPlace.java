package dev.godwit.driver.qemu.machine;

import dev.godwit.driver.qemu.process.ProcessIdentity;
import dev.godwit.driver.qemu.process.UnixSocketPath;
import dev.godwit.guest.FileNames;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the files of one running QEMU are.
 *
 * @param folder   its own, {@code RUN/domain-ID-NAME}
 * @param channels of channels without a path, {@code RUN/channel/ID-NAME}
 */
public record QemuPlace(Path folder, Path channels) {

    private static final System.Logger LOG = System.getLogger(QemuPlace.class.getName());

    /** How the name of a run's own folder begins. */
    static final String PREFIX = "domain-";

    /** Names are cut, because the paths of sockets must be short; the id keeps them apart. */
    private static final int NAME_LENGTH = 20;

    /**
     * The place of a run.
     *
     * @param runDir of the driver
     * @param guest  its name
     * @param id     the number of the run
     */
    public static QemuPlace of(Path runDir, String guest, int id) {
        String safe = FileNames.of(guest);
        return named(runDir, id + "-" + safe.substring(0, Math.min(NAME_LENGTH, safe.length())));
    }

    /** The place of the run with a name, {@code ID-NAME}. */
    static QemuPlace named(Path runDir, String run) {
        return new QemuPlace(runDir.resolve(PREFIX + run), channels(runDir).resolve(run));
    }

    /** Where the folders of all runs' channels are. */
    static Path channels(Path runDir) {
        return runDir.resolve("channel");
    }

    /** The monitor's socket. */
    public Path monitor() {
        return folder.resolve("monitor.sock");
    }

    /** The socket between QEMU and this daemon through which the guest goes, while it goes through the daemons. */
    public Path tunnel() {
        return folder.resolve("tunnel.sock");
    }

    /**
     * Makes the folders, for the owner only.
     *
     * @throws dev.godwit.domain.VirtException 67 when the paths are too long for sockets
     * @throws IOException if they cannot be made
     */
    void make() throws IOException {
        UnixSocketPath.checked(monitor(), "run_dir");
        remove();
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(folder, ownerOnly);
        Files.createDirectories(channels, ownerOnly);
    }

    /** Removes the folders and what is in them. */
    void remove() {
        remove(folder);
        remove(channels);
    }

    private static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path done, IOException failure) throws IOException {
                    Files.deleteIfExists(done);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The folder " + folder + " could not be removed", e);
        }
    }

    /** What the status file says, so that {@link #of(List)} finds it again. */
    List<Element> status(Optional<ProcessIdentity> process) {
        List<Element> elements = new ArrayList<>();
        elements.add(Element.of("monitor").withAttr("path", monitor().toString()).withAttr("type", "unix"));
        elements.add(Element.of("libDir").withAttr("path", folder.toString()));
        elements.add(Element.of("channelTargetDir").withAttr("path", channels.toString()));
        process.ifPresent(identity -> elements.add(Element.of("process")
                .withAttr("pid", identity.pid())
                .withAttr("started", identity.startTicks())
                .withAttr("boot", identity.bootId())));
        return elements;
    }

    /** The place that a status file speaks of. */
    static Optional<QemuPlace> of(List<Element> status) {
        return path(status, "libDir").flatMap(folder ->
                path(status, "channelTargetDir").map(channels -> new QemuPlace(folder, channels)));
    }

    /** The process that a status file speaks of. */
    static Optional<ProcessIdentity> process(List<Element> status) {
        try {
            return status.stream().filter(element -> element.name().equals("process")).findFirst()
                    .map(element -> new ProcessIdentity(
                            Long.parseLong(element.attr("pid", "")),
                            Long.parseLong(element.attr("started", "")),
                            element.attr("boot", "")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The names of the elements that belong to a place, and not to somebody's notes. */
    static boolean isPlace(Element element) {
        return List.of("monitor", "libDir", "channelTargetDir", "process").contains(element.name());
    }

    private static Optional<Path> path(List<Element> status, String name) {
        return status.stream().filter(element -> element.name().equals(name)).findFirst()
                .flatMap(element -> element.attr("path")).map(Path::of);
    }
}
