package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A host with an unchanged libvirtd, with its folders to itself. */
public final class StockLibvirtd extends LabHost {

    private final StockRelease release;
    private final Path shared;
    private final Map<String, String> settings = new LinkedHashMap<>();

    StockLibvirtd(String name, Path folder, LabSite site, StockRelease release, Path shared) {
        super(name, folder, site);
        this.release = release;
        this.shared = shared;
        Map.of("etc", "/etc/libvirt", "run", "/run/libvirt", "lib", "/var/lib/libvirt",
                        "qemu-log", "/var/log/libvirt", "cache", "/var/cache/libvirt")
                .forEach((ours, theirs) -> space().bind(folder(ours), theirs));
        release.bindOver(space());
        release.sshHelper().ifPresent(text -> program("virt-ssh-helper", text));
    }

    /**
     * Sets a key of libvirtd.conf for the next start; a test that does so takes it back with {@link #reset}.
     *
     * @param key a key
     * @param value as the file has it, with quotes for a text
     */
    public void set(String key, String value) {
        settings.put(key, value);
    }

    @Override
    public void reset() {
        super.reset();
        settings.clear();
    }

    @Override
    public Path localSocket() {
        return folder("run").resolve("libvirt-sock");
    }

    @Override
    void configure() {
        Path etc = folder("etc");
        try {
            Map<String, String> all = new LinkedHashMap<>();
            all.put("listen_tls", "1");
            all.put("listen_tcp", "1");
            all.put("auth_tcp", "\"none\"");
            all.put("host_uuid", "\"" + uuid() + "\"");
            all.put("log_level", "3");
            all.putAll(settings);
            StringBuilder text = new StringBuilder();
            all.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
            Files.writeString(etc.resolve("libvirtd.conf"), text);
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
        return "libvirtd " + release.shortVersion();
    }
}
