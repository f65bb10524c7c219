package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Capture;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Management over one network, guests' data over another: recordings of both show which went where. */
@LabTest
class DataNetworkTest {

    private static final int FILL_MIB = 16;
    private static final long MIB = 1024 * 1024;

    @TestFactory
    Stream<DynamicTest> dataTakesTheNetworkThatIsAskedFor(Lab lab) {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        return Stream.of(lab.virsh(), lab.godwit()).flatMap(client -> Stream.of(
                DynamicTest.dynamicTest(client + ", the third URI", () -> moves(lab, client, source, destination, List.of(
                        "web1", destination.uri(), "tcp://" + destination.dataAddress() + "/"))),
                DynamicTest.dynamicTest(client + ", peer to peer, --migrateuri", () -> moves(lab, client, source, destination, List.of(
                        "--p2p", "web1", destination.uri(), "--migrateuri", "tcp://" + destination.dataAddress())))));
    }

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    private static void moves(Lab lab, Client client, LabHost source, LabHost destination, List<String> words) {
        LabGuest guest = lab.guest("web1", Shape.DIRECT_KERNEL).with(FILL_MIB, 1);
        lab.clearAll();
        lab.virsh().run(source, "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        try (Capture main = lab.captureMain(); Capture data = lab.captureData()) {
            List<String> all = new ArrayList<>(List.of("migrate", "--live"));
            all.addAll(words);
            client.run(source, all.toArray(String[]::new)).expectSuccess();
            guest.serial().awaitBeats(2);
            guest.serial().assertUnbroken();
            assertThat(data.end().size()).as("bytes on the network for data").isGreaterThan(FILL_MIB * MIB);
            assertThat(main.end().size()).as("bytes on the other one").isPositive().isLessThan(MIB);
        }
    }
}
