package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Capture;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What a guest has in its memory is not to be read on the network where encryption was asked for.
 *
 * <p>The guest's memory is full of a text that stands nowhere else; the bridge is recorded while the guest
 * moves. The ways without encryption are recorded, too, and there the text must be found: so a
 * recording that shows nothing does not pass for secrecy.
 */
@LabTest
class SecrecyTest {

    private static final String SEED = "top-secret";
    private static final int FILL_MIB = 16;

    private enum Way {
        NATIVE_IN_CLEAR(true, "tcp"),
        NATIVE_TLS(false, "tcp", "--tls"),
        NATIVE_TLS_PEER_TO_PEER(false, "tcp", "--tls", "--p2p"),
        TUNNELLED_OVER_TCP(true, "tcp", "--p2p", "--tunnelled"),
        TUNNELLED_OVER_TLS(false, "tls", "--p2p", "--tunnelled"),
        TUNNELLED_OVER_SSH(false, "ssh", "--p2p", "--tunnelled");

        private final boolean readable;
        private final String transport;
        private final List<String> options;

        Way(boolean readable, String transport, String... options) {
            this.readable = readable;
            this.transport = transport;
            this.options = List.of(options);
        }
    }

    private record Route(LabHost from, LabHost to) {}

    @TestFactory
    Stream<DynamicTest> memoryCrossesInClearOnlyWhereItMay(Lab lab) {
        LabHost one = lab.godwitd("kvm1");
        LabHost other = lab.godwitd("kvm2");
        List<Route> routes = new ArrayList<>(List.of(new Route(one, other)));
        if (Boolean.getBoolean("godwit.lab.full")) {
            LabHost stock = lab.libvirtd("stock1");
            routes.addAll(List.of(new Route(one, stock), new Route(stock, one)));
        }
        return routes.stream().flatMap(route -> Stream.of(Way.values()).map(way -> DynamicTest.dynamicTest(
                route.from() + " to " + route.to() + ", " + way, () -> crosses(lab, route, way))));
    }

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    private static void crosses(Lab lab, Route route, Way way) throws Exception {
        Client client = lab.godwit();
        LabGuest guest = lab.guest("secretive", Shape.DIRECT_KERNEL).with(FILL_MIB, 0).withKernelWords("godwit.text=" + SEED);
        lab.clearAll();
        lab.virsh().run(route.from(), "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        try (Capture capture = lab.captureMain()) {
            List<String> words = new ArrayList<>(List.of("migrate", "--live"));
            words.addAll(way.options);
            words.addAll(List.of(guest.name(), route.to().uri(way.transport)));
            client.run(route.from(), words.toArray(String[]::new)).expectSuccess();
            guest.serial().awaitBeats(2);
            guest.serial().assertUnbroken();

            capture.end();
            assertThat(capture.size()).as("the guest's memory went this way").isGreaterThan(FILL_MIB * 1024L * 1024);
            assertThat(capture.holds(marker())).as("the memory can be read on the network").isEqualTo(way.readable);
        }
    }

    /** What {@code lab/guest/init} fills the memory with. */
    private static String marker() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(SEED.getBytes(StandardCharsets.US_ASCII)));
    }
}
