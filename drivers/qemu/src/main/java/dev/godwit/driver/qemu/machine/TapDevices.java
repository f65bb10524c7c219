package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.command.NetworkPlumbing;
import dev.godwit.driver.qemu.command.NetworkPlumbing.Tap;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The network devices of the host that guests on bridges have: made before QEMU starts, with {@code ip} of iproute2, removed when it
 * has ended. Needs the right to change the host's network (CAP_NET_ADMIN).
 */
final class TapDevices {

    private static final String PREFIX = "vnet";

    /** The first byte of the MAC addresses of taps: above that of every guest, so that the bridge never takes a tap's for its own. */
    private static final String HIGH_BYTE = "fe";

    private final Path devices;
    private final Runner runner;
    private final ReentrantLock lock = new ReentrantLock();
    /** Names that were picked and may not be devices yet. Guarded by the lock. */
    private final Set<String> picked = new HashSet<>();

    /** Runs a program of the host. */
    @FunctionalInterface
    interface Runner {
        /**
         * Runs it to its end.
         *
         * @param command the program and its arguments
         * @return what it printed when it failed; empty when it succeeded
         * @throws IOException if it cannot be run
         */
        Optional<String> run(List<String> command) throws IOException;
    }

    /**
     * The devices of a host.
     *
     * @param devices the folder with one entry a device, {@code /sys/class/net}
     * @param runner  runs {@code ip}
     */
    TapDevices(Path devices, Runner runner) {
        this.devices = devices;
        this.runner = runner;
    }

    /** The devices of this host. */
    static TapDevices ofHost() {
        return new TapDevices(Path.of("/sys/class/net"), TapDevices::run);
    }

    /** A name that no device has; kept until {@link #giveBack}. */
    String pickName() {
        lock.lock();
        try {
            for (int i = 0; ; i++) {
                String name = PREFIX + i;
                if (!Files.exists(devices.resolve(name)) && picked.add(name)) {
                    return name;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives a name back. */
    void giveBack(String name) {
        lock.lock();
        try {
            picked.remove(name);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes the devices of a guest and connects them to their bridges.
     *
     * @param live the guest's live definition
     * @param kept gets what removes each of them again, also of those made before a failure
     * @throws VirtException 38/11 if one cannot be made, with what {@code ip} said
     */
    void make(Element live, List<AutoCloseable> kept) {
        for (Tap tap : taps(live)) {
            String name = tap.name();
            if (Files.exists(devices.resolve(name))) {
                throw failure("Unable to create tap device " + name, "there is a device of that name");
            }
            ip("Unable to create tap device " + name,
                    "tuntap", "add", "dev", name, "mode", "tap", "vnet_hdr");
            kept.add(() -> remove(name));
            mac(live, tap).ifPresent(mac ->
                    ip("Unable to set the MAC address of " + name,
                            "link", "set", "dev", name, "address", HIGH_BYTE + mac.substring(2)));
            tap.mtu().ifPresent(mtu ->
                    ip("Unable to set the MTU of " + name, "link", "set", "dev", name, "mtu", Integer.toString(mtu)));
            tap.bridge().ifPresent(bridge ->
                    ip("Unable to add bridge " + bridge + " port " + name,
                            "link", "set", "dev", name, "master", bridge));
            ip("Unable to bring up " + name, "link", "set", "dev", name, "up");
        }
    }

    /** What removes the devices of a guest that was found again. */
    List<AutoCloseable> of(Element live) {
        List<AutoCloseable> kept = new ArrayList<>();
        for (Tap tap : taps(live)) {
            kept.add(() -> remove(tap.name()));
        }
        return kept;
    }

    private void remove(String name) {
        try {
            if (Files.exists(devices.resolve(name))) {
                ip("Unable to remove tap device " + name, "link", "delete", "dev", name);
            }
        } finally {
            giveBack(name);
        }
    }

    private static List<Tap> taps(Element live) {
        return NetworkPlumbing.taps(live).stream().filter(Tap::managed).filter(tap -> !tap.name().isEmpty()).toList();
    }

    private static Optional<String> mac(Element live, Tap tap) {
        return live.child("devices").stream()
                .flatMap(devices -> devices.elements("interface").stream())
                .filter(nic -> LiveDefinition.alias(nic).equals(tap.alias()))
                .findFirst()
                .flatMap(nic -> nic.child("mac"))
                .flatMap(mac -> mac.attr("address"))
                .filter(mac -> mac.length() == 17);
    }

    private void ip(String failing, String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        try {
            runner.run(command).ifPresent(why -> {
                throw failure(failing, why);
            });
        } catch (IOException e) {
            throw failure(failing, e.getMessage());
        }
    }

    private static VirtException failure(String failing, String why) {
        return VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.NET, failing + ": " + why);
    }

    private static Optional<String> run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return process.waitFor() == 0 ? Optional.empty() : Optional.of(said);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.getFirst(), e);
        }
    }
}
