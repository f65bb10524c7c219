package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A running guest moves between any two kinds of host, whoever drives it, and does not notice.
 *
 * <p>Every case boots the guest, moves it live, and then wants: an unbroken heartbeat with undamaged
 * memory, the guest on the destination and not on the source, statistics, a disk that is written on,
 * and nothing left over on either host once the guest is gone.
 */
@LabTest
class MigrationInteropTest {

    private static final Pattern WRITES = Pattern.compile("wr_operations=(\\d+)");

    private record Route(LabHost source, LabHost destination) {}

    @TestFactory
    List<DynamicTest> everyPairOfHostsAndClientAndGuest(Lab lab) {
        List<Route> routes = List.of(
                new Route(lab.godwitd("kvm1"), lab.godwitd("kvm2")),
                new Route(lab.libvirtd("stock1"), lab.godwitd("kvm2")),
                new Route(lab.godwitd("kvm1"), lab.libvirtd("stock2")));
        return routes.stream()
                .flatMap(route -> lab.clients().stream().flatMap(client -> List.of(Shape.values()).stream()
                        // Release 9.0 adds nothing that the shape of the guest could change.
                        .filter(shape -> shape == Shape.DIRECT_KERNEL || !client.name().startsWith("virsh 9"))
                        .map(shape -> DynamicTest.dynamicTest(
                                "%s to %s by %s, %s".formatted(
                                        route.source().kind(), route.destination().kind(), client.name(), shape),
                                () -> moves(lab, route, client, shape)))))
                .toList();
    }

    private static void moves(Lab lab, Route route, Client client, Shape shape) {
        LabHost source = route.source();
        LabHost destination = route.destination();
        LabGuest guest = lab.guest("mover", shape);
        lab.clearAll();
        LeftOvers sourceBefore = LeftOvers.of(source);
        LeftOvers destinationBefore = LeftOvers.of(destination);

        client.run(source, "define", guest.prepare().toString()).expectSuccess();
        client.run(source, "start", guest.name()).expectSuccess();
        guest.serial().awaitLife();

        // The disk is on storage that both hosts see; as it is no network file system, somebody has to say so.
        CommandResult moved = client.run(
                        source, "migrate", "--live", "--verbose", "--unsafe", "--persistent", "--undefinesource",
                        guest.name(), destination.uri())
                .expectSuccess();
        assertThat(moved.out() + moved.err()).contains("100");

        guest.serial().awaitBeats(3);
        guest.serial().assertUnbroken();
        assertThat(client.run(source, "list", "--all", "--name").expectSuccess().out()).doesNotContain(guest.name());
        assertThat(client.run(destination, "domstate", guest.name(), "--reason").expectSuccess().out().strip())
                .isEqualTo("running (migrated)");
        assertThat(client.run(destination, "dominfo", guest.name()).expectSuccess().out())
                .containsPattern("Persistent: +yes");
        assertThat(client.run(destination, "domjobinfo", guest.name(), "--completed").expectSuccess().out())
                .containsPattern("Total downtime: +\\d+ +ms")
                .containsPattern("Memory processed: +[1-9]");
        if (shape != Shape.DIRECT_KERNEL) {
            long writes = diskWrites(client, destination, guest);
            guest.serial().awaitBeats(3);
            assertThat(diskWrites(client, destination, guest))
                    .as("the guest writes its disk on the destination")
                    .isGreaterThan(writes);
            guest.serial().assertUnbroken();
        }

        client.run(destination, "destroy", guest.name()).expectSuccess();
        client.run(destination, "undefine", guest.name()).expectSuccess();
        LeftOvers.awaitNone(source, sourceBefore);
        LeftOvers.awaitNone(destination, destinationBefore);
    }

    private static long diskWrites(Client client, LabHost host, LabGuest guest) {
        Matcher writes = WRITES.matcher(client.run(host, "qemu-monitor-command", guest.name(), "--hmp", "info blockstats")
                .expectSuccess()
                .out());
        assertThat(writes.find()).isTrue();
        return Long.parseLong(writes.group(1));
    }
}
