package dev.godwit.driver.qemu.migration;

import static dev.godwit.domain.ErrorCode.MIGRATE_UNSAFE;
import static dev.godwit.domain.ErrorCode.OPERATION_INVALID;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.BlockCommands.QueryBlockJobs;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrate;
import dev.godwit.xml.Element;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether a running guest can be moved at all. All that stands against it is found before the guest is touched. */
public final class QemuMigrationChecks {

    /** What {@code statfs} and the mount table call file systems that several hosts see at once. */
    private static final List<String> SHARED = List.of("nfs", "nfs4", "gfs2", "ocfs2", "afs", "smb", "smb2", "smb3",
            "smbfs", "cifs", "ceph", "gpfs", "acfs", "beegfs", "lustre", "fuse.glusterfs", "fuse.quobyte",
            "fuse.ceph", "fuse.ceph-fuse", "fuse.mfs", "pvfs2");

    private final Function<String, Optional<String>> fileSystems;
    private final List<Path> sharedFolders;

    /**
     * Checks.
     *
     * @param fileSystems   the type of the file system that a path is on, as the mount table calls it
     * @param sharedFolders folders that all hosts see alike, whatever they are on
     */
    public QemuMigrationChecks(Function<String, Optional<String>> fileSystems, List<Path> sharedFolders) {
        this.fileSystems = fileSystems;
        this.sharedFolders = List.copyOf(sharedFolders);
    }

    /**
     * Checks on this host.
     *
     * @param options the driver's configuration: {@code shared_filesystems}, one folder a line
     */
    public static QemuMigrationChecks ofHost(Map<String, String> options) {
        return new QemuMigrationChecks(FileSystems::type,
                options.getOrDefault("shared_filesystems", "").lines().filter(line -> !line.isBlank())
                        .map(Path::of).toList());
    }

    private record Obstacle(ErrorCode code, String text) {}

    /**
     * Checks a guest.
     *
     * @param machine what runs
     * @param live    its definition
     * @param state   its state
     * @param request how it is to be moved
     * @throws VirtException with the code of the first obstacle and the words of all
     */
    void check(QemuMachine machine, Element live, StateReason state, MigrationRequest request) {
        List<Obstacle> obstacles = new ArrayList<>();
        if (request.has(MigrationFlag.ABORT_ON_ERROR) && state == StateReason.PAUSED_IOERROR) {
            obstacles.add(new Obstacle(OPERATION_INVALID, "cannot migrate domain with I/O error"));
        }
        if (!machine.ask(new QueryBlockJobs()).isEmpty()) {
            obstacles.add(new Obstacle(OPERATION_INVALID, "domain has active block job"));
        }
        List<String> blocked = machine.ask(new QueryMigrate()).blockedReasons();
        if (!blocked.isEmpty()) {
            obstacles.add(new Obstacle(OPERATION_INVALID,
                    "cannot migrate domain: " + String.join("; ", blocked)));
        }
        if (!request.has(MigrationFlag.UNSAFE) && !unsafeImages(live).isEmpty()) {
            obstacles.add(new Obstacle(MIGRATE_UNSAFE, "Migration without shared storage is unsafe"));
        }
        if (!obstacles.isEmpty()) {
            throw new VirtException(obstacles.getFirst().code(), ErrorDomain.QEMU,
                    obstacles.stream().map(Obstacle::text).collect(Collectors.joining("; ")));
        }
    }

    /** Images that the guest writes and the other host cannot see, as far as this one knows. */
    List<String> unsafeImages(Element live) {
        List<String> unsafe = new ArrayList<>();
        for (Element disk : live.child("devices").map(devices -> devices.elements("disk")).orElse(List.of())) {
            Optional<String> image = disk.child("source").flatMap(source -> source.attr("file"));
            boolean written = !disk.has("readonly") && disk.attrIs("type", "file");
            image.filter(path -> written && !isShared(path)).ifPresent(unsafe::add);
        }
        return unsafe;
    }

    private boolean isShared(String path) {
        Path normal = Path.of(path).normalize();
        return sharedFolders.stream().anyMatch(normal::startsWith)
                || fileSystems.apply(path).filter(SHARED::contains).isPresent();
    }
}
