package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Desk;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.matrix.Mover;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The command lines of the migration page, word for word but for the hypervisor and the host names, on
 * three machines: a desk, the host where web1 runs, and the one it goes to.
 *
 * <p>The commands name no source, as on the page: the desk's {@code LIBVIRT_DEFAULT_URI} does.
 */
@LabTest
class PageCommandLinesTest {

    /** Who understands a line. */
    private enum Who {
        /** virsh and godwit. */
        BOTH,
        /** The page's form with the destination as the source is to reach it, which virsh has given up. */
        GODWIT_ALONE,
        /** A slip of the page, answered with the right form. */
        NOBODY
    }

    private record Line(Who who, String words) {

        /** The page's names are ours: web1 is the guest, desthost the destination, 10.0.0.1 its other interface. */
        List<String> words(LabHost destination) {
            return Arrays.asList(words
                    .replace("xenmigr:10.0.0.1/", "tcp:10.0.0.1/")
                    .replace("xen+", "qemu+")
                    .replace("desthost", destination.name())
                    .replace("10.0.0.1", destination.dataAddress())
                    .split(" "));
        }
    }

    /** In the page's order. Its line "migrate --direct" is in {@code UnmanagedTest}. */
    private static final List<Line> PAGE = List.of(
            new Line(Who.BOTH, "migrate web1 qemu+ssh://desthost/system"),
            new Line(Who.BOTH, "migrate web1 xen+tls://desthost/system"),
            new Line(Who.BOTH, "migrate web1 qemu://desthost/system tcp://10.0.0.1/"),
            new Line(Who.BOTH, "migrate web1 xen+tcp://desthost/system xenmigr:10.0.0.1/"),
            new Line(Who.BOTH, "migrate --p2p web1 qemu+ssh://desthost/system"),
            new Line(Who.NOBODY, "migrate --p2p web1 qemu+ssh://desthost/system qemu+tls:/desthost/system"),
            new Line(Who.GODWIT_ALONE, "migrate --p2p web1 qemu+ssh://desthost/system qemu+tls://desthost/system"),
            new Line(Who.GODWIT_ALONE, "migrate --p2p web1 qemu+ssh://desthost/system qemu+ssh://10.0.0.1/system"),
            new Line(Who.BOTH, "migrate --p2p --tunnelled web1 qemu+ssh://desthost/system"),
            new Line(Who.NOBODY, "migrate --p2p --tunnelled web1 qemu+ssh://desthost/system qemu+tls:/desthost/system"),
            new Line(Who.GODWIT_ALONE, "migrate --p2p --tunnelled web1 qemu+ssh://desthost/system qemu+tls://desthost/system"),
            new Line(Who.GODWIT_ALONE, "migrate --p2p --tunnelled web1 qemu+ssh://desthost/system qemu+ssh://10.0.0.1/system"));

    @TestFactory
    Stream<DynamicTest> everyLine(Lab lab) {
        return Stream.of(lab.virsh(), lab.godwit()).flatMap(client -> PAGE.stream().map(line ->
                DynamicTest.dynamicTest(client + ": " + line.words(), () -> line(lab, client, line))));
    }

    /** The two scenarios that "cannot be invoked from virsh": virDomainMigrate with PEER2PEER, and TUNNELLED. */
    @TestFactory
    Stream<DynamicTest> theScenariosThatVirshCannotInvoke(Lab lab) {
        List<Mover.Program> programs = List.of(
                new Mover.Program("libvirt-python", Mover.pythonWords(lab)),
                new Mover.Program("Java API", Mover.javaWords(lab)));
        List<List<String>> flags = List.of(
                List.of("LIVE", "PEER2PEER"),
                List.of("LIVE", "PEER2PEER", "TUNNELLED"));
        return programs.stream().flatMap(program -> flags.stream().flatMap(some -> Stream.of(false, true).map(other ->
                DynamicTest.dynamicTest(program.label() + ", " + some + (other ? ", TLS between the daemons" : ""),
                        () -> scenario(lab, program, some, other)))));
    }

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    private static void line(Lab lab, Client client, Line line) {
        LabGuest guest = lab.guest("web1", Shape.DIRECT_KERNEL).with(8, 1);
        LabHost source = home(lab, guest);
        LabHost destination = other(lab, source);
        Desk desk = lab.desk("desk");
        List<String> words = new ArrayList<>(line.words(destination));
        CommandResult result = client.runWithDefault(desk, source.uri("ssh"), words.toArray(String[]::new));
        boolean understood = line.who() == Who.BOTH || line.who() == Who.GODWIT_ALONE && client.name().equals("godwit");
        if (understood) {
            result.expectSuccess();
            assertArrived(lab, guest, source, destination);
        } else {
            result.expectFailure();
            if (client.name().equals("godwit")) {
                assertThat(result.err()).as("the right form").contains("qemu+tls://" + destination.name() + "/system");
                assertThat(result.err().lines().filter(said -> said.startsWith("error:")).count()).isEqualTo(1);
            }
            assertThat(lab.virsh().run(source, "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
            guest.serial().awaitBeats(2);
            guest.serial().assertUnbroken();
        }
    }

    private static void scenario(Lab lab, Mover.Program program, List<String> flags, boolean otherWay) {
        LabGuest guest = lab.guest("web1", Shape.DIRECT_KERNEL).with(8, 1);
        LabHost source = home(lab, guest);
        LabHost destination = other(lab, source);
        List<String> all = new ArrayList<>(flags);
        if (otherWay) {
            all.add("PEER-URI=" + destination.uri("tls"));
        }
        program.call(lab.desk("desk"), source.uri("ssh"), guest.name(), "migrate", destination.uri("ssh"), all).expectSuccess();
        assertArrived(lab, guest, source, destination);
    }

    /** The guest is where the line before left it, and that host is the next line's source; at first it is booted. */
    private static LabHost home(Lab lab, LabGuest guest) {
        List<LabHost> hosts = List.of(lab.godwitd("kvm1"), lab.godwitd("kvm2"));
        return hosts.stream()
                .filter(host -> lab.virsh().run(host, "list", "--name").expectSuccess().out().strip().equals(guest.name()))
                .findFirst()
                .orElseGet(() -> {
                    lab.clearAll();
                    lab.virsh().run(hosts.getFirst(), "create", guest.prepare().toString()).expectSuccess();
                    guest.serial().awaitLife();
                    return hosts.getFirst();
                });
    }

    private static LabHost other(Lab lab, LabHost host) {
        return host.equals(lab.godwitd("kvm1")) ? lab.godwitd("kvm2") : lab.godwitd("kvm1");
    }

    private static void assertArrived(Lab lab, LabGuest guest, LabHost source, LabHost destination) {
        assertThat(lab.virsh().run(destination, "domstate", guest.name(), "--reason").expectSuccess().out().strip())
                .isEqualTo("running (migrated)");
        assertThat(lab.virsh().run(source, "list", "--all", "--name").expectSuccess().out()).doesNotContain(guest.name());
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }
}
