package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.chaos.Copies;
import dev.godwit.lab.chaos.QemuTap;
import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.Desk;
import dev.godwit.lab.host.Godwitd;
import dev.godwit.lab.host.Jobs;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.ServiceUnit;
import dev.godwit.lab.matrix.Flow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The daemon is replaced by one of another version, as systemd does it by our unit, while guests run, three migrations are under way
 * (one in each flow), and clients ask all the time. First at the source, then at the destination. Guests run on, each migration ends
 * with exactly one copy and without help, and whoever is told of an error is told why.
 */
@LabTest
@EnabledIfSystemProperty(named = "godwit.lab.full", matches = "true")
class DaemonUpdateTest {

    private static final String NEXT = "0.2.0";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A migration that is under way. */
    private record Journey(LabGuest guest, Flow flow, Client client, Process process, Path output) {}

    @AfterEach
    void everybodyGoes(Lab lab) {
        for (String name : List.of("kvm1", "kvm2")) {
            Godwitd host = lab.godwitd(name);
            host.reset();
            host.stop();
            host.start();
        }
        lab.clearAll();
    }

    @Test
    void guestsRunOnAndMigrationsEndWithOneCopy(Lab lab) {
        Godwitd source = lab.godwitd("kvm1");
        Godwitd destination = lab.godwitd("kvm2");
        lab.clearAll();
        Path next = nextVersion(lab);
        Path taps = lab.storage().resolve("update-taps");
        Path emulator = QemuTap.emulator(taps, "/usr/bin/qemu-system-x86_64");
        try (Copies copies = new Copies(taps); ServiceUnit sourceUnit = new ServiceUnit(lab, source);
                ServiceUnit destinationUnit = new ServiceUnit(lab, destination)) {
            // From here on they are systemd's.
            sourceUnit.replace(source, lab.checkout());
            destinationUnit.replace(destination, lab.checkout());
            List<LabGuest> staying = List.of(begin(lab, source, "stays1", emulator), begin(lab, destination, "stays2", emulator));
            for (Godwitd replaced : List.of(source, destination)) {
                ServiceUnit unit = replaced == source ? sourceUnit : destinationUnit;
                List<LabGuest> moving = new ArrayList<>();
                for (Flow flow : Flow.values()) {
                    moving.add(begin(lab, source, "moves-" + flow.label(), emulator));
                }
                List<Journey> journeys = new ArrayList<>();
                for (Flow flow : Flow.values()) {
                    journeys.add(depart(lab, moving.get(flow.ordinal()), flow, source, destination));
                }
                Asking asking = new Asking(lab, replaced, staying.get(replaced == source ? 0 : 1).name());

                Duration took = unit.replace(replaced, next);

                asking.end();
                System.out.println("The daemon of " + replaced.name() + " ended in " + took.toMillis() + " ms; clients were told: "
                        + asking.told());
                assertThat(lab.virsh().run(replaced, "version", "--daemon").expectSuccess().out()).contains("daemon: " + NEXT);
                Map<LabGuest, String> homes = new LinkedHashMap<>();
                for (Journey journey : journeys) {
                    homes.put(journey.guest(), arrives(lab, copies, journey, source, destination));
                }
                System.out.println(homes);
                staying.forEach(guest -> {
                    guest.serial().awaitBeats(2);
                    guest.serial().assertUnbroken();
                    assertThat(copies.processes(guest.name())).isEqualTo(1);
                });
                goOn(lab, copies, moving, source, destination);
            }
            assertThat(sourceUnit.count("STOPPING=1")).as("what systemd was told").isEqualTo(1);
            assertThat(destinationUnit.count("STOPPING=1")).as("what systemd was told").isEqualTo(1);
        }
    }

    /** A copy of what ./build made, with the version of the next release. */
    private static Path nextVersion(Lab lab) {
        Path root = lab.storage().resolve("next");
        Path lib = root.resolve("target/dist/lib");
        try {
            Commands.run("rm", "-rf", root.toString());
            Files.createDirectories(root.resolve("target"));
            Commands.run("cp", "-a", lab.checkout().resolve("bin").toString(), root.toString());
            Commands.run("cp", "-a", lab.checkout().resolve("target/dist").toString(), root.resolve("target").toString());
            String home = Files.readString(root.resolve("target/dist/java-home")).strip();
            List<Path> jars;
            try (Stream<Path> files = Files.list(lib)) {
                jars = files.filter(file -> file.getFileName().toString().startsWith("godwit-")).toList();
            }
            for (Path jar : jars) {
                Commands.run(home + "/bin/jar", "--update", "--file", jar.toString(), "--module-version", NEXT);
                Files.move(jar, lib.resolve(jar.getFileName().toString().replaceFirst("-\\d.*", "-" + NEXT + ".jar")));
            }
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LabGuest begin(Lab lab, Godwitd host, String name, Path emulator) {
        LabGuest guest = lab.guest(name, Shape.DIRECT_KERNEL).with(24, 1);
        Path file = guest.prepare();
        try {
            Files.writeString(file, guest.xml().replace("<devices>", "<devices><emulator>" + emulator + "</emulator>"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.virsh().run(host, "create", file.toString()).expectSuccess();
        guest.serial().awaitLife();
        return guest;
    }

    /** Slowly, so that it is under way for as long as it takes to replace a daemon; both clients are among those who drive. */
    private static Journey depart(Lab lab, LabGuest guest, Flow flow, Godwitd source, Godwitd destination) {
        Client client = flow == Flow.PEER_TO_PEER ? lab.virsh() : lab.godwit();
        List<String> words = new ArrayList<>(List.of("migrate", "--live", "--bandwidth", "4"));
        words.addAll(flow.options());
        words.addAll(List.of(guest.name(), destination.uri()));
        Path output = lab.storage().resolve(guest.name() + ".out");
        try {
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Process process = client.spawnAt(lab.desk("desk"), source.uri(), output, words.toArray(String[]::new));
        Jobs.awaitPercent(lab.virsh(), source, guest.name(), 10);
        return new Journey(guest, flow, client, process, output);
    }

    /** The migration's end: who drove is told why, and one copy runs. Says where. */
    private static String arrives(Lab lab, Copies copies, Journey journey, Godwitd source, Godwitd destination) {
        String guest = journey.guest().name();
        try {
            assertThat(journey.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("the client of " + guest + " ends").isTrue();
            String said = Files.readString(journey.output());
            System.out.println(guest + ", " + journey.client() + ", status " + journey.process().exitValue() + ": " + said);
            assertThat(journey.process().exitValue()).as("who drives loses a daemon: " + said).isNotZero();
            assertThat(said).as("what the client of " + guest + " was told").contains("error: ").doesNotContain("Exception", "null");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        Await.until("one copy of " + guest + " runs", PATIENCE,
                () -> copies.runsOn(guest).isPresent() && copies.processes(guest) == 1);
        String home = copies.runsOn(guest).orElseThrow();
        Godwitd owner = home.equals(source.name()) ? source : destination;
        Jobs.awaitNone(lab.virsh(), owner, guest);
        assertThat(lab.virsh().run(owner, "domstate", guest).expectSuccess().out().strip()).isEqualTo("running");
        assertThat(lab.virsh().run(owner == source ? destination : source, "list", "--all", "--name").expectSuccess().out().lines())
                .doesNotContain(guest);
        return home;
    }

    /** The same guests are moved by the new daemon, and end. */
    private static void goOn(Lab lab, Copies copies, List<LabGuest> guests, Godwitd source, Godwitd destination) {
        for (LabGuest guest : guests) {
            Godwitd home = copies.runsOn(guest.name()).orElseThrow().equals(source.name()) ? source : destination;
            Godwitd other = home == source ? destination : source;
            lab.virsh().run(home, "migrate", "--live", guest.name(), other.uri()).expectSuccess();
            guest.serial().awaitBeats(2);
            guest.serial().assertUnbroken();
            // A guest that dies while its processors run would be one that was lost.
            lab.virsh().run(other, "suspend", guest.name()).expectSuccess();
            lab.virsh().run(other, "destroy", guest.name()).expectSuccess();
        }
        copies.forgetEnded();
    }

    /** Somebody who asks a daemon all the time for the state of a guest. */
    private static final class Asking {

        private final AtomicBoolean over = new AtomicBoolean();
        private final Set<String> told = ConcurrentHashMap.newKeySet();
        private final List<Thread> threads;

        Asking(Lab lab, Godwitd host, String guest) {
            Desk desk = lab.desk("desk");
            threads = Stream.of(lab.virsh(), lab.godwit()).map(client -> Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    CommandResult result = client.runAt(desk, host.uri(), "domstate", guest);
                    told.add(client.name() + ": " + (result.ok() ? result.out() : result.err()).strip());
                }
            })).toList();
        }

        void end() {
            over.set(true);
            threads.forEach(thread -> {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(told).as("what those who asked were told").allSatisfy(text ->
                    assertThat(text).matches("(?s)[^:]+: (running|error: .*)").doesNotContain("Exception", "null"));
        }

        Set<String> told() {
            return told;
        }
    }
}
