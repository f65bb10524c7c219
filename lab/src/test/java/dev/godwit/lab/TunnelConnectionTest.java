package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.Godwitd;
import dev.godwit.lab.host.Jobs;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Tunnelled over TCP between two daemons of ours the QEMUs have a connection of their own, to the daemons' port; what the
 * daemons cannot see of it, they still answer for.
 */
@LabTest
class TunnelConnectionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORT = 16509;

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    @TestFactory
    Stream<DynamicTest> theQemusSpeakOverTheDaemonsPort(Lab lab) {
        return Stream.of(lab.virsh(), lab.godwit()).map(client -> DynamicTest.dynamicTest(client.toString(), () -> {
            LabHost source = lab.godwitd("kvm1");
            LabHost destination = lab.godwitd("kvm2");
            LabGuest guest = boot(lab, source);
            Process migration = begin(lab, client, guest, source, destination);
            assertThat(peersOf(source.guestProcess(guest.name()))).as("where the source's QEMU is connected to").contains(PORT);
            assertThat(portsOf(destination.guestProcess(guest.name()))).as("where the receiver's QEMU is reached").contains(PORT);

            lab.virsh().run(source, "migrate-setspeed", guest.name(), "1000").expectSuccess();
            assertThat(migration.waitFor()).isZero();
            assertThat(portsOf(destination.guestProcess(guest.name()))).as("nothing is left of it").doesNotContain(PORT);
            guest.serial().awaitBeats(2);
            guest.serial().assertUnbroken();
            lab.clear(source, destination);
        }));
    }

    /** A receiver that stands still holds up neither daemon, nor a cancel. */
    @Test
    void aCancelIsObeyedWhileTheReceiverStandsStill(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        LabGuest guest = boot(lab, source);
        LeftOvers before = LeftOvers.of(destination);
        Process migration = begin(lab, lab.godwit(), guest, source, destination);
        long receiver = destination.guestProcess(guest.name());
        Commands.run("kill", "-STOP", Long.toString(receiver));
        try {
            lab.virsh().run(source, "migrate-setspeed", guest.name(), "1000").expectSuccess();
            lab.virsh().run(destination, "list").expectSuccess();
            lab.virsh().run(source, "domjobabort", guest.name()).expectSuccess();
        } finally {
            Commands.run("kill", "-CONT", Long.toString(receiver));
        }
        assertThat(migration.waitFor()).isNotZero();
        staysAtTheSource(lab, guest, source, destination, before);
    }

    /** Nobody reads on that connection here: that its other end is gone is noticed on the daemons' own. */
    @Test
    void aDestinationThatIsCutOffEndsTheMigration(Lab lab) throws Exception {
        Godwitd source = lab.godwitd("kvm1");
        Godwitd destination = lab.godwitd("kvm2");
        for (Godwitd host : List.of(source, destination)) {
            host.stop();
            host.set("keepalive_interval", "1");
            host.set("keepalive_count", "3");
            host.start();
        }
        try {
            LabGuest guest = boot(lab, source);
            LeftOvers before = LeftOvers.of(destination);
            Process migration = begin(lab, lab.godwit(), guest, source, destination);
            destination.partition();
            try {
                assertThat(migration.waitFor()).isNotZero();
                assertThat(lab.virsh().run(source, "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
            } finally {
                destination.heal();
            }
            staysAtTheSource(lab, guest, source, destination, before);
        } finally {
            lab.clearAll();
            for (Godwitd host : List.of(source, destination)) {
                host.stop();
                host.reset();
                host.start();
            }
        }
    }

    private static LabGuest boot(Lab lab, LabHost source) {
        LabGuest guest = lab.guest("own", Shape.DIRECT_KERNEL).with(32, 1);
        lab.virsh().run(source, "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        return guest;
    }

    private static Process begin(Lab lab, Client client, LabGuest guest, LabHost source, LabHost destination) {
        Process migration = client.spawnAt(lab.desk("desk"), source.uri(), lab.storage().resolve("own.out"), "migrate", "--live",
                "--p2p", "--tunnelled", "--bandwidth", "8", guest.name(), destination.uri());
        Jobs.awaitPercent(lab.virsh(), source, guest.name(), 20);
        return migration;
    }

    private static void staysAtTheSource(Lab lab, LabGuest guest, LabHost source, LabHost destination, LeftOvers before) {
        Jobs.awaitNone(lab.virsh(), source, guest.name());
        assertThat(lab.virsh().run(source, "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
        LeftOvers.awaitNone(destination, before);
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        lab.godwit().run(source, "migrate", "--live", "--p2p", "--tunnelled", guest.name(), destination.uri()).expectSuccess();
        Await.until("the guest runs there", PATIENCE,
                () -> lab.virsh().run(destination, "domstate", guest.name()).out().strip().equals("running"));
    }

    /** The ports to which the TCP connections of a process go. */
    private static Set<Integer> peersOf(long process) {
        return ports(process, 2);
    }

    /** The ports at which the TCP connections of a process arrive. */
    private static Set<Integer> portsOf(long process) {
        return ports(process, 1);
    }

    /** One column of the kernel's tables of established connections (proc(5), net/tcp), for the sockets that a process has open. */
    private static Set<Integer> ports(long process, int column) {
        Path proc = Path.of("/proc/" + process);
        try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
            Set<String> open = files.map(TunnelConnectionTest::target).filter(name -> name.startsWith("socket:["))
                    .map(name -> name.substring("socket:[".length(), name.length() - 1)).collect(Collectors.toSet());
            return Stream.of("tcp", "tcp6").flatMap(table -> lines(proc.resolve("net").resolve(table)))
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 9 && words[3].equals("01") && open.contains(words[9]))
                    .map(words -> Integer.parseInt(words[column].substring(words[column].indexOf(':') + 1), 16))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
