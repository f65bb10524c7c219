package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A running guest moves between any two kinds of host, whoever drives it, and does not notice.
 *
 * <p>A guest that godwitd made goes to another godwitd and on to libvirtd; one that libvirtd made goes to
 * godwitd. Every move is live, and then wants: an unbroken heartbeat with undamaged memory, the guest on the
 * destination and not on the source, statistics, a disk that is written on, and nothing left over at the
 * source; where the journey ends, nothing is left over once the guest is gone.
 */
@LabTest
class MigrationInteropTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern WRITES = Pattern.compile("wr_operations=(\\d+)");

    private record Journey(Client client, Shape shape, List<LabHost> stops) {

        boolean endsAt(LabHost stop) {
            return stop.equals(stops.getLast());
        }
    }

    /** What each host held before the guest came; kept from one move of a journey to the next. */
    private final Map<LabHost, LeftOvers> before = new HashMap<>();

    /** Where the guest is; nowhere between two journeys, and after a move that failed. */
    private Optional<LabHost> home = Optional.empty();

    @TestFactory
    List<DynamicTest> everyPairOfHostsAndClientAndGuest(Lab lab) {
        List<List<LabHost>> ways = List.of(
                List.of(lab.godwitd("kvm1"), lab.godwitd("kvm2"), lab.libvirtd("stock2")),
                List.of(lab.libvirtd("stock1"), lab.godwitd("kvm2")));
        return lab.clients().stream()
                .flatMap(client -> Stream.of(Shape.values())
                        // Release 9.0 adds nothing that the shape of the guest could change.
                        .filter(shape -> shape == Shape.DIRECT_KERNEL || !client.name().startsWith("virsh 9"))
                        .flatMap(shape -> ways.stream().map(stops -> new Journey(client, shape, stops))))
                .flatMap(journey -> IntStream.range(1, journey.stops().size()).mapToObj(i -> DynamicTest.dynamicTest(
                        "%s to %s by %s, %s".formatted(journey.stops().get(i - 1).kind(), journey.stops().get(i).kind(),
                                journey.client().name(), journey.shape()),
                        () -> moves(lab, journey, journey.stops().get(i - 1), journey.stops().get(i)))))
                .toList();
    }

    private void moves(Lab lab, Journey journey, LabHost source, LabHost destination) {
        Client client = journey.client();
        LabGuest guest = lab.guest("mover", journey.shape());
        if (home.filter(source::equals).isEmpty()) {
            lab.clearAll();
            journey.stops().forEach(host -> before.put(host, LeftOvers.of(host)));
            client.run(source, "define", guest.prepare().toString()).expectSuccess();
            client.run(source, "start", guest.name()).expectSuccess();
            guest.serial().awaitLife();
        }
        home = Optional.empty();

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
        if (journey.shape() != Shape.DIRECT_KERNEL) {
            long writes = diskWrites(client, destination, guest);
            Await.until("the guest writes its disk on the destination", PATIENCE,
                    () -> diskWrites(client, destination, guest) > writes);
            guest.serial().assertUnbroken();
        }
        LeftOvers.awaitNone(source, before.get(source));

        if (journey.endsAt(destination)) {
            client.run(destination, "destroy", guest.name()).expectSuccess();
            client.run(destination, "undefine", guest.name()).expectSuccess();
            LeftOvers.awaitNone(destination, before.get(destination));
        } else {
            home = Optional.of(destination);
        }
    }

    private static long diskWrites(Client client, LabHost host, LabGuest guest) {
        Matcher writes = WRITES.matcher(client.run(host, "qemu-monitor-command", guest.name(), "--hmp", "info blockstats")
                .expectSuccess()
                .out());
        assertThat(writes.find()).isTrue();
        return Long.parseLong(writes.group(1));
    }
}
