package dev.godwit.bench;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All measurements in one run, side by side; prints tables in Markdown. */
public final class Bench {

    private static final int PORT = 49_700;
    private static final int GUESTS = 10;
    private static final Duration CALLING = Duration.ofSeconds(3);

    private final Lab lab;
    private final int rounds;
    private final LabHost[] godwitd;
    private final LabHost[] libvirtd;

    private Bench(Lab lab, int rounds) {
        this.lab = lab;
        this.rounds = rounds;
        this.godwitd = new LabHost[] {lab.godwitd("kvm1"), lab.godwitd("kvm2")};
        this.libvirtd = new LabHost[] {lab.libvirtd("stock1"), lab.libvirtd("stock2")};
    }

    /**
     * Runs it.
     *
     * @param args the root of the checkout, and how often each thing is measured (at least 10)
     */
    public static void main(String[] args) {
        try (Lab lab = new Lab(Path.of(args[0]))) {
            Bench bench = new Bench(lab, Math.max(10, Integer.parseInt(args[1])));
            System.out.printf("%s, %d rounds, medians with (smallest to largest)%n%n", lab.virsh().name(), bench.rounds);
            bench.migrations();
            bench.calls();
            bench.memory();
            bench.commandLine();
        }
    }

    // --- migrations -------------------------------------------------------------------------------

    private void migrations() {
        LabGuest idle = lab.guest("bench", Shape.DIRECT_KERNEL).with(64, 0).withKernelWords("godwit.beat=0.01 godwit.check=0");
        Measured bare = new Measured();
        Measured stock = new Measured();
        Measured ours = new Measured();
        LabGuest bareGuest = named(idle, "benchbare");
        LabGuest stockGuest = named(idle, "benchstock");
        LabGuest oursGuest = named(idle, "benchours");
        for (int round = 0; round < rounds; round++) {
            bare(bareGuest, bare);
            managed(lab.virsh(), libvirtd, stockGuest, stock);
            managed(lab.virsh(), godwitd, oursGuest, ours);
        }
        double qemu = bare.own.median();
        System.out.println("| one live migration, ms | QEMU alone | libvirtd | godwitd |\n|---|---|---|---|");
        System.out.printf("| QEMU's own total time | %s | | |%n", bare.own);
        System.out.printf("| virsh migrate, start to exit | | %s | %s |%n", stock.wall, ours.wall);
        System.out.printf(
                "| beyond QEMU's own total time | | %s | %s |%n",
                Figures.text(stock.wall.median() - qemu), Figures.text(ours.wall.median() - qemu));
        System.out.printf("| downtime as reported | %s | %s | %s |%n", bare.reported, stock.reported, ours.reported);
        System.out.printf("| downtime as seen from outside | %s | %s | %s |%n", bare.seen, stock.seen, ours.seen);
        System.out.printf(
                "| beyond QEMU alone, as seen from outside | | %s | %s |%n%n",
                Figures.text(stock.seen.median() - bare.seen.median()),
                Figures.text(ours.seen.median() - bare.seen.median()));
    }

    private static final class Measured {
        final Figures own = new Figures();
        final Figures wall = new Figures();
        final Figures reported = new Figures();
        final Figures seen = new Figures();
    }

    private LabGuest named(LabGuest guest, String name) {
        return lab.guest(name, guest.shape()).with(guest.fillMiB(), guest.dirtyMiB()).withKernelWords(guest.kernelWords());
    }

    private void bare(LabGuest guest, Measured to) {
        guest.prepare();
        try (BareQemu source = BareQemu.boot(libvirtd[0], guest)) {
            guest.serial().awaitLife();
            guest.serial().awaitBeats(100);
            try (BareQemu destination = BareQemu.incoming(libvirtd[1], guest, PORT);
                    Pulse pulse = new Pulse(guest.serial().file())) {
                BareQemu.Own own = source.migrate(libvirtd[1], PORT);
                destination.awaitRunning();
                guest.serial().awaitBeats(30);
                to.own.add(own.totalMs());
                to.reported.add(own.downtimeMs());
                to.seen.add(pulse.longestSilence());
                guest.serial().assertUnbroken();
            }
        }
    }

    private void managed(Client virsh, LabHost[] hosts, LabGuest guest, Measured to) {
        lab.clear(hosts);
        virsh.run(hosts[0], "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        guest.serial().awaitBeats(100);
        try (Pulse pulse = new Pulse(guest.serial().file())) {
            long start = System.nanoTime();
            virsh.run(hosts[0], "migrate", "--live", guest.name(), hosts[1].uri()).expectSuccess();
            to.wall.add((System.nanoTime() - start) / 1e6);
            guest.serial().awaitBeats(30);
            to.seen.add(pulse.longestSilence());
        }
        guest.serial().assertUnbroken();
        String job = virsh.run(hosts[1], "domjobinfo", guest.name(), "--completed").expectSuccess().out();
        Matcher downtime = Pattern.compile("Total downtime: +(\\d+)").matcher(job);
        if (!downtime.find()) {
            throw new IllegalStateException("No downtime in " + job);
        }
        to.reported.add(Double.parseDouble(downtime.group(1)));
        lab.clear(hosts);
    }

    // --- calls ------------------------------------------------------------------------------------

    private void calls() {
        LabGuest guest = lab.guest("benchcalls", Shape.DIRECT_KERNEL).with(0, 0);
        for (LabHost host : List.of(libvirtd[0], godwitd[0])) {
            lab.clear(host);
            // Paused, so that its own work takes no time from the daemon.
            lab.virsh().run(host, "create", "--paused", guest.prepare().toString()).expectSuccess();
        }
        System.out.println("| calls a second | libvirtd | godwitd |\n|---|---|---|");
        for (int procedure : List.of(CallRate.DOMAIN_GET_STATE, CallRate.DOMAIN_GET_INFO)) {
            for (int clients : List.of(1, 8)) {
                Figures stock = new Figures();
                Figures ours = new Figures();
                CallRate.measure(socket(godwitd[0]), guest, procedure, clients, CALLING); // both have been asked before
                CallRate.measure(socket(libvirtd[0]), guest, procedure, clients, CALLING);
                for (int round = 0; round < rounds; round++) {
                    stock.add(CallRate.measure(socket(libvirtd[0]), guest, procedure, clients, CALLING.dividedBy(3)));
                    ours.add(CallRate.measure(socket(godwitd[0]), guest, procedure, clients, CALLING.dividedBy(3)));
                }
                System.out.printf(
                        "| %s, %d client%s | %s | %s |%n",
                        procedure == CallRate.DOMAIN_GET_STATE ? "domstate" : "dominfo", clients, clients == 1 ? "" : "s",
                        stock, ours);
            }
        }
        System.out.println();
        lab.clear(libvirtd[0], godwitd[0]);
    }

    private static Path socket(LabHost host) {
        return host.folder(host.kind().equals("godwitd") ? "sockets" : "run").resolve("libvirt-sock");
    }

    // --- memory -----------------------------------------------------------------------------------

    private void memory() {
        System.out.println("| resident memory of the daemon, MiB | libvirtd | godwitd |\n|---|---|---|");
        List<Double> before = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        for (LabHost host : List.of(libvirtd[0], godwitd[0])) {
            lab.clear(host);
            before.add(resident(host));
            List<LabGuest> guests = new ArrayList<>();
            for (int i = 0; i < GUESTS; i++) {
                guests.add(lab.guest("benchmemory" + i, Shape.VIRT_INSTALL).with(0, 0));
            }
            for (LabGuest guest : guests) {
                lab.virsh().run(host, "create", guest.prepare().toString()).expectSuccess();
            }
            for (LabGuest guest : guests) {
                guest.serial().awaitLife();
                lab.virsh().run(host, "dominfo", guest.name()).expectSuccess();
            }
            with.add(resident(host));
            lab.clear(host);
        }
        row("after the measurements above", before, UnaryOperator.identity());
        row("with " + GUESTS + " guests", with, UnaryOperator.identity());
        System.out.println();
    }

    private static void row(String what, List<Double> values, UnaryOperator<String> decoration) {
        System.out.printf("| %s | %s | %s |%n", what,
                decoration.apply(Figures.text(values.get(0))), decoration.apply(Figures.text(values.get(1))));
    }

    private static double resident(LabHost host) {
        try {
            return Files.readAllLines(Path.of("/proc/" + host.daemonPid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // --- the command line -------------------------------------------------------------------------

    private void commandLine() {
        Figures virsh = new Figures();
        Figures godwit = new Figures();
        for (int round = 0; round < 2 * rounds; round++) {
            virsh.add(list(lab.virsh()));
            godwit.add(list(lab.godwit()));
        }
        System.out.println("| list against godwitd, start to exit, ms | virsh | godwit |\n|---|---|---|");
        System.out.printf(Locale.ROOT, "| list | %s | %s |%n", virsh, godwit);
    }

    private double list(Client client) {
        return client.run(godwitd[0], "list").expectSuccess().took().toNanos() / 1e6;
    }
}
