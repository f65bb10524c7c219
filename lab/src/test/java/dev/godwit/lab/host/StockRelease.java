package dev.godwit.lab.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A release of libvirt as a distribution packages it.
 *
 * @param version such as "11.3.0", as {@code virsh --version} prints it
 * @param root the folder it was unpacked to; absent for the installed one
 */
public record StockRelease(String version, Optional<Path> root) {

    private static final String LIBRARIES = "usr/lib/x86_64-linux-gnu";

    /**
     * The installed release.
     *
     * @return the release
     */
    static StockRelease installed() {
        return new StockRelease(Commands.run("virsh", "--version").out().strip(), Optional.empty());
    }

    /**
     * Release 9.0, unpacked beside the installed one.
     *
     * @param checkout the root of the checkout
     * @return the release; empty on a distribution that does not package it
     */
    static Optional<StockRelease> nine(Path checkout) {
        CommandResult fetched = Commands.run(
                Duration.ofMinutes(3), Map.of(), List.of(checkout.resolve("lab/stock/fetch-libvirt-9").toString()));
        if (fetched.exit() == 3) {
            return Optional.empty();
        }
        Path root = Path.of(fetched.expectSuccess().out().strip());
        StockRelease unpacked = new StockRelease("", Optional.of(root));
        CommandResult version = Commands.run(
                        Duration.ofSeconds(30), unpacked.environment(), List.of(unpacked.virsh().toString(), "--version"))
                .expectSuccess();
        return Optional.of(new StockRelease(version.out().strip(), Optional.of(root)));
    }

    Path virsh() {
        return program("usr/bin/virsh");
    }

    Path daemon() {
        return program("usr/sbin/libvirtd");
    }

    private Path program(String path) {
        return root.orElse(Path.of("/")).resolve(path);
    }

    /** What its programs need in their environment. */
    Map<String, String> environment() {
        return root.map(folder -> Map.of(
                        "LD_LIBRARY_PATH", folder.resolve(LIBRARIES).toString(),
                        "LIBVIRT_DRIVER_DIR", folder.resolve(LIBRARIES + "/libvirt/connection-driver").toString()))
                .orElse(Map.of());
    }

    /** What stands in for virt-ssh-helper where this release is not the installed one: a script that starts its own. */
    Optional<String> sshHelper() {
        return root.map(folder -> "#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s \"$@\"\n"
                .formatted(folder.resolve(LIBRARIES), program("usr/bin/virt-ssh-helper")));
    }

    /** Such as "11.3". */
    String shortVersion() {
        return version.substring(0, version.indexOf('.', version.indexOf('.') + 1));
    }

    /** Lets a host see this release's modules, tools and data in place of the installed one's. */
    void bindOver(HostSpace space) {
        root.ifPresent(folder -> {
            for (String part : List.of(LIBRARIES + "/libvirt", "usr/lib/libvirt", "usr/share/libvirt")) {
                if (Files.isDirectory(folder.resolve(part)) && Files.isDirectory(Path.of("/", part))) {
                    space.bind(folder.resolve(part), "/" + part);
                }
            }
        });
    }

    /** Whether qemu.conf may name folders that are shared although they look local (since 11.0). */
    boolean knowsSharedFilesystems() {
        return Integer.parseInt(version.substring(0, version.indexOf('.'))) >= 11;
    }
}
