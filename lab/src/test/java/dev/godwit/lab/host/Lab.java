package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The lab: a network, hosts that are made when first asked for, clients and guests.
 *
 * <p>Hosts are shared by all tests of a JVM, so a test leaves them as it found them: daemons up, no
 * guest left ({@link #clear}).
 */
public final class Lab implements AutoCloseable {

    private final Path checkout;
    private final Path folder;
    private final Path storage;
    private final Path boot;
    private final LabSite site;
    private final Map<String, LabHost> hosts = new LinkedHashMap<>();
    private final Map<String, Desk> desks = new LinkedHashMap<>();
    private final StockRelease installed = StockRelease.installed();
    private Optional<Optional<StockRelease>> nine = Optional.empty();
    private Optional<Optional<LabLogins>> logins = Optional.empty();

    /**
     * Makes an empty lab.
     *
     * @param checkout the root of the checkout
     */
    public Lab(Path checkout) {
        this.checkout = checkout;
        try {
            // Short, because the paths of Unix sockets are.
            folder = Files.createTempDirectory("godwit-lab");
            storage = Files.createDirectories(folder.resolve("shared"));
            for (String owned : List.of("/run/libvirt", "/var/lib/libvirt", "/var/log/libvirt",
                    "/var/cache/libvirt", "/etc/libvirt", "/etc/pki", "/root/.ssh", "/run/sshd")) {
                Files.createDirectories(Path.of(owned)); // what the hosts' own folders are mounted over
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        boot = Path.of(Commands.run(
                        java.time.Duration.ofMinutes(3), Map.of(),
                        List.of(checkout.resolve("lab/guest/make-guest").toString()))
                .expectSuccess().out().strip());
        site = new LabSite(new LabNetwork(folder.resolve("network")), new LabPki(folder.resolve("ca"), "Lab CA"),
                new LabSsh(folder.resolve("keys")));
    }

    /**
     * A host that runs the daemon of this checkout, started when first asked for.
     *
     * @param name the host's name
     * @return the host
     */
    public Godwitd godwitd(String name) {
        return (Godwitd) host(name, () -> new Godwitd(name, folder.resolve(name), site, checkout, storage));
    }

    /**
     * A host whose daemon does at certain points what the lab wants. It is not started: somebody has to listen at its
     * {@link FaultyGodwitd#deskSocket} before.
     *
     * @param name the host's name
     * @return the host
     */
    public FaultyGodwitd faulty(String name) {
        return (FaultyGodwitd) hosts.computeIfAbsent(
                name, _ -> new FaultyGodwitd(name, folder.resolve(name), site, checkout, storage));
    }

    /**
     * A host that runs the installed libvirtd, started when first asked for.
     *
     * @param name the host's name
     * @return the host
     */
    public StockLibvirtd libvirtd(String name) {
        return (StockLibvirtd)
                host(name, () -> new StockLibvirtd(name, folder.resolve(name), site, installed, storage));
    }

    /**
     * A host that runs libvirtd 9.0, started when first asked for.
     *
     * @param name the host's name
     * @return the host; empty on a distribution that does not package that release
     */
    public Optional<StockLibvirtd> libvirtdNine(String name) {
        return releaseNine().map(release -> (StockLibvirtd)
                host(name, () -> new StockLibvirtd(name, folder.resolve(name), site, release, storage)));
    }

    /**
     * A machine without a daemon, made when first asked for.
     *
     * @param name the machine's name
     * @return the machine
     */
    public Desk desk(String name) {
        return desks.computeIfAbsent(name, key -> new Desk(name, folder.resolve(name), site));
    }

    /**
     * The authority that signed all machines' certificates.
     *
     * @return the authority
     */
    public LabPki pki() {
        return site.pki();
    }

    /**
     * An authority that nobody trusts.
     *
     * @return a new one
     */
    public LabPki strangePki() {
        return new LabPki(folder.resolve("strange" + System.nanoTime()), "Strange CA");
    }

    /**
     * Starts to record what crosses the network that names lead to.
     *
     * @return the recording; close it
     */
    public Capture captureMain() {
        return site.network().capture(LabNetwork.MAIN, "main" + System.nanoTime());
    }

    /**
     * Starts to record what crosses the second network.
     *
     * @return the recording; close it
     */
    public Capture captureData() {
        return site.network().capture(LabNetwork.DATA, "data" + System.nanoTime());
    }

    private LabHost host(String name, Supplier<LabHost> maker) {
        LabHost known = hosts.get(name);
        if (known == null) {
            known = maker.get();
            hosts.put(name, known);
            known.start();
        }
        return known;
    }

    /**
     * A host without any IPv4 address that runs the daemon of this checkout, started when first asked for.
     *
     * @param name the host's name
     * @return the host
     */
    public Godwitd godwitdOnIpv6(String name) {
        return (Godwitd) host(name, () -> onlyIpv6(new Godwitd(name, folder.resolve(name), site, checkout, storage)));
    }

    /**
     * A host without any IPv4 address that runs the installed libvirtd, started when first asked for.
     *
     * @param name the host's name
     * @return the host
     */
    public StockLibvirtd libvirtdOnIpv6(String name) {
        return (StockLibvirtd) host(name, () ->
                onlyIpv6(new StockLibvirtd(name, folder.resolve(name), site, installed, storage)));
    }

    private static LabHost onlyIpv6(LabHost host) {
        host.onlyIpv6();
        return host;
    }

    /**
     * The installed virsh.
     *
     * @return a client
     */
    public Client virsh() {
        return new Client("virsh " + installed.version(), installed.virsh(), installed.environment());
    }

    /**
     * Release 9.0 of virsh.
     *
     * @return a client; empty on a distribution that does not package it
     */
    public Optional<Client> virshNine() {
        return releaseNine().map(release ->
                new Client("virsh " + release.version(), release.virsh(), release.environment()));
    }

    /**
     * Kerberos and SASL's passwords, made when first asked for.
     *
     * @return the logins; empty on a distribution that does not package what they need
     */
    public Optional<LabLogins> logins() {
        if (logins.isEmpty()) {
            logins = Optional.of(LabLogins.on(checkout, desk("realm")));
        }
        return logins.get();
    }

    private Optional<StockRelease> releaseNine() {
        if (nine.isEmpty()) {
            nine = Optional.of(StockRelease.nine(checkout));
        }
        return nine.get();
    }

    /**
     * The command line of this checkout.
     *
     * @return a client
     */
    public Client godwit() {
        return new Client("godwit", checkout.resolve("bin/godwit"), Map.of());
    }

    /**
     * All clients there are here.
     *
     * @return virsh 11.3, virsh 9.0 where it is packaged, godwit
     */
    public List<Client> clients() {
        return Stream.of(Optional.of(virsh()), virshNine(), Optional.of(godwit()))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * A guest with 32 MiB of full memory, of which 4 are written each second.
     *
     * @param name the guest's name
     * @param shape which devices it has
     * @return its definition
     */
    public LabGuest guest(String name, LabGuest.Shape shape) {
        UUID uuid = UUID.nameUUIDFromBytes(("godwit lab guest " + name).getBytes(StandardCharsets.UTF_8));
        return new LabGuest(name, uuid, shape, 32, 4, "", storage, boot);
    }

    /** Removes every guest from all hosts there are; their daemons must run. */
    public void clearAll() {
        clear(hosts.values().toArray(LabHost[]::new));
    }

    /**
     * Removes every guest from hosts whose daemons run.
     *
     * @param among the hosts
     */
    public void clear(LabHost... among) {
        for (LabHost host : among) {
            List<String> there = guests(host);
            for (String name : there) { // either may fail: of one that is off, of one that was transient
                virsh().run(host, "destroy", name);
                virsh().run(host, "undefine", name);
            }
            if (!there.isEmpty() && !guests(host).isEmpty()) {
                throw new AssertionError("These guests cannot be removed from " + host + ": " + guests(host));
            }
        }
    }

    private List<String> guests(LabHost host) {
        return virsh().run(host, "list", "--all", "--name").expectSuccess().out().lines()
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /**
     * Storage that all hosts see under this path.
     *
     * @return the folder
     */
    public Path storage() {
        return storage;
    }

    /**
     * The root of the checkout.
     *
     * @return the folder
     */
    public Path checkout() {
        return checkout;
    }

    /** Ends all hosts and keeps what the daemons printed in {@code lab/target/lab-logs}. */
    @Override
    public void close() {
        hosts.values().forEach(LabHost::close);
        desks.values().forEach(Desk::close);
        site.network().close();
        Path kept = checkout.resolve("lab/target/lab-logs");
        Commands.run("rm", "-rf", kept.toString());
        Commands.run("mkdir", "-p", kept.toString());
        hosts.values().forEach(host -> {
            for (String logs : List.of("log", "qemu-log")) {
                Commands.run("cp", "-a", host.folder(logs).toString(), kept.resolve(host.name() + "-" + logs).toString());
            }
        });
        Commands.run("rm", "-rf", folder.toString());
    }
}
