package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A bridge in namespaces of its own, which the hosts are plugged into: 10.77.0.0/24, reachable from
 * the hosts and from nowhere else.
 *
 * <p>The hosts know each other by name through one hosts file, which they all see as
 * {@code /etc/hosts}.
 */
final class LabNetwork implements AutoCloseable {

    private static final String BRIDGE = "bridge0";

    private final HostSpace space;
    private final Path hostsFile;
    private int hosts;

    LabNetwork(Path folder) {
        try {
            Files.createDirectories(folder);
            hostsFile = folder.resolve("hosts");
            Files.writeString(hostsFile, "127.0.0.1 localhost\n::1 localhost ip6-localhost\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        space = HostSpace.create("network", folder.resolve("network.log"));
        run("ip", "link", "add", BRIDGE, "type", "bridge");
        run("ip", "link", "set", BRIDGE, "up");
    }

    /**
     * Plugs a host in and gives it an address.
     *
     * @return the address
     */
    String plugIn(String name, HostSpace host) {
        hosts++;
        String address = "10.77.0." + hosts;
        // From outside the process namespaces, because the other end is named by a process id.
        Commands.run(
                "nsenter", "--target", Long.toString(space.firstProcess()), "--net", "--",
                "ip", "link", "add", port(address), "type", "veth",
                "peer", "name", "eth0", "netns", Long.toString(host.firstProcess()));
        run("ip", "link", "set", port(address), "master", BRIDGE, "up");
        host.run("ip", "address", "add", address + "/24", "dev", "eth0").expectSuccess();
        host.run("ip", "link", "set", "eth0", "up").expectSuccess();
        try {
            // In place: the hosts have this very file mounted.
            Files.writeString(hostsFile, address + " " + name + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        host.bind(hostsFile, "/etc/hosts");
        return address;
    }

    /** Cuts a host off, or plugs it in again. Frames are lost without a word, as with a pulled cable. */
    void link(String address, boolean up) {
        run("ip", "link", "set", port(address), up ? "up" : "down");
    }

    private static String port(String address) {
        return "port" + address.substring(address.lastIndexOf('.') + 1);
    }

    private void run(String... command) {
        space.run(command).expectSuccess();
    }

    @Override
    public void close() {
        space.close();
    }
}
