package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Two bridges in namespaces of their own, which the machines are plugged into: 10.77.0.0/24 and
 * fd77::/64 for everything, 10.78.0.0/24 for guests' data. Reachable from the machines and from
 * nowhere else.
 *
 * <p>The machines know each other by name through one hosts file, which they all see as
 * {@code /etc/hosts}: NAME is the address on the first network, NAME-data the one on the second, and
 * NAME-alias another name for the first that is in no certificate and that ssh has never heard of.
 */
final class LabNetwork implements AutoCloseable {

    /** The bridge that names lead to. */
    static final String MAIN = "bridge0";

    /** The bridge for guests' data. */
    static final String DATA = "bridge1";

    private final HostSpace space;
    private final Path folder;
    private final Path hostsFile;
    private int hosts;

    /** Where a machine is plugged in. */
    record Plug(int number) {

        String address() {
            return "10.77.0." + number;
        }

        String dataAddress() {
            return "10.78.0." + number;
        }

        String address6() {
            return "fd77::" + Integer.toHexString(number);
        }
    }

    LabNetwork(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            hostsFile = folder.resolve("hosts");
            Files.writeString(hostsFile, "127.0.0.1 localhost\n::1 localhost ip6-localhost\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        space = HostSpace.create("network", folder.resolve("network.log"));
        for (String bridge : List.of(MAIN, DATA)) {
            run("ip", "link", "add", bridge, "type", "bridge");
            run("ip", "link", "set", bridge, "up");
        }
    }

    /** Plugs a machine in, gives it its addresses, and lets all others know its names. */
    Plug plugIn(String name, HostSpace host) {
        hosts++;
        Plug plug = new Plug(hosts);
        cable(host, "port" + hosts, MAIN, "eth0", plug.address());
        cable(host, "data" + hosts, DATA, "eth1", plug.dataAddress());
        host.run("ip", "-6", "address", "add", plug.address6() + "/64", "dev", "eth0", "nodad").expectSuccess();
        try {
            // In place: the machines have this very file mounted.
            Files.writeString(hostsFile, plug.address() + " " + name + "\n" + plug.address() + " " + name + "-alias\n" + plug.dataAddress() + " " + name + "-data\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        host.bind(hostsFile, "/etc/hosts");
        return plug;
    }

    private void cable(HostSpace host, String port, String bridge, String device, String address) {
        // From outside the process namespaces, because the other end is named by a process id.
        Commands.run(
                "nsenter", "--target", Long.toString(space.firstProcess()), "--net", "--",
                "ip", "link", "add", port, "type", "veth",
                "peer", "name", device, "netns", Long.toString(host.firstProcess()));
        run("ip", "link", "set", port, "master", bridge, "up");
        host.run("ip", "address", "add", address + "/24", "dev", device).expectSuccess();
        host.run("ip", "link", "set", device, "up").expectSuccess();
    }

    /** Takes a machine's IPv4 addresses away and lets its names lead to its IPv6 address. */
    void onlyIpv6(Plug plug, String name, HostSpace host) {
        for (String device : List.of("eth0", "eth1")) {
            host.run("ip", "-4", "address", "flush", "dev", device).expectSuccess();
        }
        try {
            String others = Files.readAllLines(hostsFile).stream()
                    .filter(line -> !line.startsWith(plug.address() + " ") && !line.startsWith(plug.dataAddress() + " "))
                    .collect(Collectors.joining("\n", "", "\n"));
            Files.writeString(hostsFile, others + plug.address6() + " " + name + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Cuts a machine off, or plugs it in again. Frames are lost without a word, as with a pulled cable. */
    void link(Plug plug, boolean up) {
        run("ip", "link", "set", "port" + plug.number(), up ? "up" : "down");
    }

    /** Starts to record what crosses a bridge. */
    Capture capture(String bridge, String name) {
        Path file = folder.resolve(name + ".pcap");
        Path log = folder.resolve(name + ".log");
        // 256 MiB: the kernel fills it by blocks of 256 KiB, however little is in them, and a busy machine is late to read them.
        Process recorder = space.spawn(log, Map.of(), List.of(
                "tcpdump", "-i", bridge, "-U", "-B", "262144", "-s", "0", "-Z", "root", "-w", file.toString(), "tcp"));
        Await.until("tcpdump listens", Duration.ofSeconds(20), () -> {
            if (!recorder.isAlive()) {
                throw new AssertionError("tcpdump ended: " + text(log));
            }
            return text(log).contains("listening on");
        });
        return new Capture(file, log, recorder);
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends a recording and fails if the kernel could not keep up with it. */
    static void finish(Path log, Process recorder) {
        // nsenter stays as the parent of what it started.
        recorder.toHandle().children().forEach(ProcessHandle::destroy);
        try {
            if (!recorder.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("tcpdump did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        if (!text(log).contains("\n0 packets dropped by kernel")) {
            throw new AssertionError("The recording has gaps: " + text(log));
        }
    }

    private void run(String... command) {
        space.run(command).expectSuccess();
    }

    @Override
    public void close() {
        space.close();
    }
}
