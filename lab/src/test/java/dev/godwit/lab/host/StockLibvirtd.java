package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A host with an unchanged libvirtd, with its folders to itself. */
public final class StockLibvirtd extends LabHost {

    private final StockRelease release;
    private final Path shared;

    StockLibvirtd(String name, Path folder, LabNetwork network, StockRelease release, Path shared) {
        super(name, folder, network);
        this.release = release;
        this.shared = shared;
        Map.of("etc", "/etc/libvirt", "run", "/run/libvirt", "lib", "/var/lib/libvirt",
                        "qemu-log", "/var/log/libvirt", "cache", "/var/cache/libvirt")
                .forEach((ours, theirs) -> space().bind(folder(ours), theirs));
        release.bindOver(space());
    }

    @Override
    void configure() {
        Path etc = folder("etc");
        try {
            Files.writeString(etc.resolve("libvirtd.conf"), """
                    listen_tls = 0
                    listen_tcp = 1
                    auth_tcp = "none"
                    host_uuid = "%s"
                    log_level = 3
                    """.formatted(uuid()));
            // No cgroups, no namespaces, no change of owners: the lab runs as root in a sandbox.
            Files.writeString(etc.resolve("qemu.conf"), """
                    security_driver = "none"
                    stdio_handler = "file"
                    cgroup_controllers = []
                    namespaces = []
                    dynamic_ownership = 0
                    user = "root"
                    group = "root"
                    """ + (release.knowsSharedFilesystems() ? "shared_filesystems = [ \"" + shared + "\" ]\n" : ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    List<String> daemonCommand() {
        return List.of(
                release.daemon().toString(), "--listen",
                "-f", "/etc/libvirt/libvirtd.conf",
                "-p", folder().resolve("libvirtd.pid").toString());
    }

    @Override
    Map<String, String> daemonEnvironment() {
        return release.environment();
    }

    @Override
    public String kind() {
        return "libvirtd";
    }
}
