package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.Jobs;
import dev.godwit.lab.host.LeftOvers;
import dev.godwit.lab.matrix.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The client is killed when 30 % of the guest's memory are over. Where it was the one who drove, the guest
 * stays and nothing is left at the destination; where the source drives, the guest arrives.
 */
@LabTest
class WhoDiesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private record Route(LabHost from, LabHost to) {}

    @TestFactory
    Stream<DynamicTest> theClientDies(Lab lab) {
        boolean full = Boolean.getBoolean("godwit.lab.full");
        List<Route> routes = new ArrayList<>(List.of(new Route(lab.godwitd("kvm1"), lab.godwitd("kvm2"))));
        if (full) {
            routes.add(new Route(lab.godwitd("kvm1"), lab.libvirtd("stock1")));
            routes.add(new Route(lab.libvirtd("stock1"), lab.godwitd("kvm1")));
        }
        List<Client> clients = full ? List.of(lab.godwit(), lab.virsh()) : List.of(lab.godwit());
        return routes.stream().flatMap(route -> clients.stream().flatMap(client -> Stream.of(Flow.values()).map(flow ->
                DynamicTest.dynamicTest("%s, %s, %s to %s".formatted(client, flow.label(), route.from(), route.to()),
                        () -> dies(lab, client, flow, route)))));
    }

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    private static void dies(Lab lab, Client client, Flow flow, Route route) throws Exception {
        Client virsh = lab.virsh();
        LabGuest guest = lab.guest("orphan", Shape.DIRECT_KERNEL).with(32, 1);
        lab.clearAll();
        virsh.run(route.from(), "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        LeftOvers before = LeftOvers.of(route.to());
        List<String> words = new ArrayList<>(List.of("migrate", "--live", "--bandwidth", "8"));
        words.addAll(flow.options());
        words.addAll(List.of(guest.name(), route.to().uri()));
        Process migration = client.spawnAt(lab.desk("desk"), route.from().uri(),
                lab.storage().resolve("orphan.out"), words.toArray(String[]::new));
        Jobs.awaitPercent(virsh, route.from(), guest.name(), 30);

        Commands.kill(migration.toHandle());
        migration.waitFor();

        if (flow == Flow.DIRECT) {
            LeftOvers.awaitNone(route.to(), before);
            Jobs.awaitNone(virsh, route.from(), guest.name());
            assertThat(virsh.run(route.from(), "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
            assertThat(virsh.run(route.to(), "list", "--all", "--name").expectSuccess().out()).doesNotContain(guest.name());
        } else {
            assertThat(virsh.run(route.from(), "domjobinfo", guest.name()).expectSuccess().out())
                    .as("the migration goes on").contains("Unbounded");
            virsh.run(route.from(), "migrate-setspeed", guest.name(), "1000").expectSuccess();
            Await.until("the guest arrives", PATIENCE, () -> virsh.run(route.to(), "domstate", guest.name(), "--reason")
                    .out().strip().equals("running (migrated)"));
            Await.until("the guest is gone from the source", PATIENCE,
                    () -> !virsh.run(route.from(), "list", "--all", "--name").expectSuccess().out().contains(guest.name()));
        }
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }
}
