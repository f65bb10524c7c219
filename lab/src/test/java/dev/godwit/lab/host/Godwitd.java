package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A host with the daemon of this checkout, as {@code ./build} made it, on libvirt's socket paths. */
public sealed class Godwitd extends LabHost permits FaultyGodwitd {

    private final Path checkout;
    private final Path shared;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Path installed;

    Godwitd(String name, Path folder, LabSite site, Path checkout, Path shared) {
        super(name, folder, site);
        this.checkout = checkout;
        this.shared = shared;
        this.installed = checkout;
        space().bind(folder("sockets"), "/run/libvirt");
        // Both names, so that stock clients are served by ours and not by the one that is installed.
        for (String helper : List.of("godwit-ssh-helper", "virt-ssh-helper")) {
            program(helper, "#!/bin/sh\nexec " + checkout.resolve("bin/godwit-ssh-helper") + " \"$@\"\n");
        }
    }

    /**
     * Sets a key for the next start; a test that does so takes it back with {@link #reset}.
     *
     * @param key a key of godwitd.conf
     * @param value as the file has it, with quotes for a text
     */
    public void set(String key, String value) {
        settings.put(key, value);
    }

    /**
     * Another daemon from the next start on, until {@link #reset}.
     *
     * @param root a folder that has {@code bin/godwitd} and what {@code ./build} made below {@code target/dist}
     */
    public void install(Path root) {
        installed = root;
    }

    /**
     * Adds to the daemon's environment from the next start on, until {@link #reset}.
     *
     * @param name of the variable
     * @param value its value
     */
    public void export(String name, String value) {
        environment.put(name, value);
    }

    @Override
    public void reset() {
        super.reset();
        settings.clear();
        environment.clear();
        installed = checkout;
    }

    /**
     * The configuration file, written at every start.
     *
     * @return the file
     */
    public Path configurationFile() {
        return folder().resolve("godwitd.conf");
    }

    @Override
    public final Path localSocket() {
        return folder("sockets").resolve("libvirt-sock");
    }

    @Override
    void configure() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("listen_tcp", "1");
        all.put("listen_tls", "1");
        all.put("auth_tcp", "\"none\"");
        all.put("unix_sock_dir", "\"/run/libvirt\"");
        all.put("host_uuid", "\"" + uuid() + "\"");
        all.put("state_dir", "\"" + folder("state") + "\"");
        all.put("run_dir", "\"" + folder("run") + "\"");
        all.put("log_dir", "\"" + folder("qemu-log") + "\"");
        all.put("shared_filesystems", "[ \"" + shared + "\" ]");
        all.putAll(settings);
        StringBuilder text = new StringBuilder();
        all.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        try {
            Files.writeString(configurationFile(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    List<String> daemonCommand() {
        return List.of(installed.resolve("bin/godwitd").toString(), "-f", configurationFile().toString());
    }

    @Override
    Map<String, String> daemonEnvironment() {
        return Map.copyOf(environment);
    }

    @Override
    public String kind() {
        return "godwitd";
    }
}
