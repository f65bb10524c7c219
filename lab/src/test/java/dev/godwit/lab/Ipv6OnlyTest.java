package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.matrix.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Hosts without any IPv4 address: a guest goes round two of ours and a stock one, in every flow.
 *
 * <p>By default the connections and the clients take turns; with {@code -Dgodwit.lab.full=true} every client
 * goes over every connection in every flow.
 */
@LabTest
class Ipv6OnlyTest {

    private static final List<String> TRANSPORTS = List.of("tcp", "tls", "ssh");

    /** Where the guest is, unless a step failed and nobody knows. */
    private Optional<LabHost> home = Optional.empty();

    @Test
    void theyReallyHaveNone(Lab lab) {
        for (LabHost host : stops(lab)) {
            assertThat(host.run(Duration.ofSeconds(10), List.of("ip", "-4", "-o", "address", "show", "scope", "global"))
                            .expectSuccess().out())
                    .isEmpty();
        }
    }

    @TestFactory
    Stream<DynamicTest> aGuestGoesRound(Lab lab) {
        List<LabHost> stops = stops(lab);
        List<Client> clients = List.of(lab.virsh(), lab.godwit());
        if (Boolean.getBoolean("godwit.lab.full")) {
            return clients.stream().flatMap(client -> Stream.of(Flow.values()).flatMap(flow -> TRANSPORTS.stream()
                    .flatMap(way -> IntStream.range(0, stops.size()).mapToObj(i -> step(lab, client, flow, way, stops, i)))));
        }
        return IntStream.range(0, 9).mapToObj(number -> step(lab, clients.get(number % 2), Flow.values()[number / 3],
                TRANSPORTS.get((number + number / 3) % 3), stops, number % 3));
    }

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    private static List<LabHost> stops(Lab lab) {
        return List.of(lab.godwitdOnIpv6("six1"), lab.godwitdOnIpv6("six2"), lab.libvirtdOnIpv6("six3"));
    }

    private DynamicTest step(Lab lab, Client client, Flow flow, String transport, List<LabHost> stops, int number) {
        LabHost from = stops.get(number);
        LabHost to = stops.get((number + 1) % stops.size());
        return DynamicTest.dynamicTest("%s, %s, %s to %s, %s".formatted(client, flow.label(), from, to, transport),
                () -> moves(lab, client, flow, from, to, transport));
    }

    private void moves(Lab lab, Client client, Flow flow, LabHost from, LabHost to, String transport) {
        LabGuest guest = lab.guest("six", Shape.DIRECT_KERNEL).with(8, 1);
        if (home.filter(from::equals).isEmpty()) {
            lab.clearAll();
            lab.virsh().run(from, "create", guest.prepare().toString()).expectSuccess();
            guest.serial().awaitLife();
        }
        home = Optional.empty();
        List<String> words = new ArrayList<>(List.of("migrate", "--live"));
        words.addAll(flow.options());
        words.addAll(List.of(guest.name(), to.uri(transport)));
        client.runAt(lab.desk("desk"), from.uri(transport), words.toArray(String[]::new)).expectSuccess();
        assertThat(lab.virsh().run(to, "domstate", guest.name(), "--reason").expectSuccess().out().strip())
                .isEqualTo("running (migrated)");
        assertThat(lab.virsh().run(from, "list", "--all", "--name").expectSuccess().out()).doesNotContain(guest.name());
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        home = Optional.of(to);
    }
}
