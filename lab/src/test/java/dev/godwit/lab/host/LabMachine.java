package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A machine of the lab: a name, an address on each of the two networks, certificates under {@code
 * /etc/pki} and an ssh key under {@code /root/.ssh}, all its own.
 */
public abstract sealed class LabMachine implements AutoCloseable permits LabHost, Desk {

    private final String name;
    private final Path folder;
    private final LabSite site;
    private final HostSpace space;
    private final LabNetwork.Plug plug;

    LabMachine(String name, Path folder, LabSite site) {
        this.name = name;
        this.folder = folder;
        this.site = site;
        folder("log");
        this.space = HostSpace.create(name, log());
        this.plug = site.network().plugIn(name, space);
        LabPki.Identity identity = site.pki().issue(
                LabPki.Wish.named(name).alsoFor(dataName(), plug.address(), plug.dataAddress(), plug.address6()));
        identity.layOut(folder("pki"));
        space.bind(folder("pki"), "/etc/pki");
        site.ssh().giveKey(folder("ssh"));
        space.bind(folder("ssh"), "/root/.ssh");
    }

    /**
     * The machine's name, which resolves on every machine of the lab.
     *
     * @return the name
     */
    public final String name() {
        return name;
    }

    /**
     * The name of the machine's address on the second network.
     *
     * @return the name
     */
    public final String dataName() {
        return name + "-data";
    }

    /**
     * The machine's address on the first network, which its name stands for.
     *
     * @return an IPv4 address
     */
    public final String address() {
        return plug.address();
    }

    /**
     * The machine's address on the second network.
     *
     * @return an IPv4 address
     */
    public final String dataAddress() {
        return plug.dataAddress();
    }

    /**
     * The machine's other address on the first network.
     *
     * @return an IPv6 address, without brackets
     */
    public final String address6() {
        return plug.address6();
    }

    /** Takes the machine's IPv4 addresses away, for good; its name then leads to its IPv6 address. */
    final void onlyIpv6() {
        site.network().onlyIpv6(plug, name, space);
    }

    /** Cuts the machine off from the first network. */
    public final void partition() {
        site.network().link(plug, false);
    }

    /** Ends {@link #partition}. */
    public final void heal() {
        site.network().link(plug, true);
    }

    /**
     * Runs a command inside the machine.
     *
     * @param limit after which it is killed
     * @param command the words
     * @return how it went
     */
    public final CommandResult run(Duration limit, List<String> command) {
        return space.run(limit, Map.of(), command);
    }

    final CommandResult run(Duration limit, Map<String, String> environment, List<String> command) {
        return space.run(limit, environment, command);
    }

    /**
     * Starts a command inside the machine.
     *
     * @param output takes what it prints
     * @param environment added to this process's own
     * @param command the words
     * @return the process that stands for it; kill it with {@link Commands#kill}
     */
    public final Process spawn(Path output, Map<String, String> environment, List<String> command) {
        return space.spawn(output, environment, command);
    }

    final HostSpace space() {
        return space;
    }

    final LabSite site() {
        return site;
    }

    /**
     * A folder that only this machine uses, made when it does not exist.
     *
     * @param name its name
     * @return the folder, as seen from outside
     */
    public final Path folder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Everything this machine keeps on disk.
     *
     * @return the folder, as seen from outside
     */
    public final Path folder() {
        return folder;
    }

    /**
     * What the machine's daemon printed.
     *
     * @return the file
     */
    public final Path log() {
        return folder.resolve("log").resolve("daemon.log");
    }

    /**
     * The QEMU that runs a guest here, or waits for it.
     *
     * @param guest its name
     * @return the process id as seen from outside the host
     */
    public final long guestProcess(String guest) {
        return guestProcesses(guest).stream().findFirst()
                .orElseThrow(() -> new AssertionError("No QEMU runs " + guest + " on " + name()));
    }

    /**
     * All QEMUs that run a guest here, or wait for it.
     *
     * @param guest its name
     * @return their process ids as seen from outside the host
     */
    public final List<Long> guestProcesses(String guest) {
        return space().processes().stream()
                .filter(pid -> ProcessHandle.of(pid)
                        .flatMap(process -> process.info().commandLine())
                        .filter(words -> words.contains("qemu") && words.contains("guest=" + guest + ","))
                        .isPresent())
                .toList();
    }

    /** Resets all TCP connections of the machine, at once: each end is told that the other has closed. */
    public final void resetConnections() {
        space().run("ss", "--kill", "--tcp", "state", "established").expectSuccess();
    }

    /** Ends the machine and everything that runs in it, at once. */
    @Override
    public final void close() {
        space.close();
    }
}
