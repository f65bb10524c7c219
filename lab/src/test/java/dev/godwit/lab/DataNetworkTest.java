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
import org.junit.jupiter.api.Test;
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

    /** Addresses in place of names, IPv6, and a port outside of the range: from the desk, over TLS. */
    @Test
    void addressesOfEveryKind(Lab lab) {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        LabGuest guest = boot(lab, source, 4);
        LabHost[] there = {destination, source};
        int moves = 0;
        for (Client client : List.of(lab.virsh(), lab.godwit())) {
            for (String form : List.of("tcp://[ADDRESS6]:50111", "tcp:DATA:50112")) {
                LabHost from = there[(moves + 1) % 2];
                LabHost to = there[moves++ % 2];
                client.runAt(lab.desk("desk"), "qemu+tcp://[" + from.address6() + "]:16509/system", "migrate", "--live",
                                guest.name(), "qemu+tls://[" + to.address6() + "]/system",
                                form.replace("ADDRESS6", to.address6()).replace("DATA", to.dataAddress()))
                        .expectSuccess();
                guest.serial().awaitBeats(1);
                guest.serial().assertUnbroken();
            }
        }
    }

    private static LabGuest boot(Lab lab, LabHost source, int fill) {
        LabGuest guest = lab.guest("web1", Shape.DIRECT_KERNEL).with(fill, 1);
        lab.clearAll();
        lab.virsh().run(source, "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        return guest;
    }

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    private static void moves(Lab lab, Client client, LabHost source, LabHost destination, List<String> words) {
        LabGuest guest = boot(lab, source, FILL_MIB);
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
