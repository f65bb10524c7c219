package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Godwitd;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.matrix.Flow;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The table "configuration file handling" of the migration page: 16 cases, by virsh and by godwit, in
 * both settings of {@code migration_transient_drops_config}.
 *
 * <p>In two cases the page says that a migration removes the destination's configuration, against its
 * own rule that it changes none by default. Those two differ between the settings.
 */
@LabTest
class ConfigurationTableTest {

    /** The page's rows, to the letter: guest, source, destination, undefine, persist → guest, source, destination. */
    private static final String PAGE = """
            Transient  N N N N -> Transient  N N
            Transient  N N Y N -> Transient  N N
            Transient  N N N Y -> Persistent N Y
            Transient  N N Y Y -> Persistent N Y
            Transient  N Y N N -> Transient  N N
            Transient  N Y Y N -> Transient  N N
            Transient  N Y N Y -> Persistent N Y
            Transient  N Y Y Y -> Persistent N Y
            Persistent Y N N N -> Transient  Y N
            Persistent Y N Y N -> Transient  N N
            Persistent Y N N Y -> Persistent Y Y
            Persistent Y N Y Y -> Persistent N Y
            Persistent Y Y N N -> Persistent Y Y
            Persistent Y Y Y N -> Persistent N Y
            Persistent Y Y N Y -> Persistent Y Y
            Persistent Y Y Y Y -> Persistent N Y
            """;

    private record Case(
            boolean persistentBefore,
            boolean destinationBefore,
            boolean undefineSource,
            boolean persist,
            boolean persistentAfter,
            boolean sourceAfter,
            boolean destinationAfter) {

        static Case of(String row) {
            String[] words = row.replace("->", "").strip().split("\\s+");
            assertThat(words[0].equals("Persistent")).as(row).isEqualTo(yes(words[1]));
            return new Case(
                    words[0].equals("Persistent"), yes(words[2]), yes(words[3]), yes(words[4]),
                    words[5].equals("Persistent"), yes(words[6]), yes(words[7]));
        }

        private static boolean yes(String word) {
            return word.equals("Y");
        }

        /** The two rows that contradict the page's own rule. */
        boolean contradictory() {
            return !persistentBefore && destinationBefore && !persist;
        }

        /** What is expected where nothing is removed that nobody asked to remove. */
        Case kept() {
            return contradictory()
                    ? new Case(persistentBefore, destinationBefore, undefineSource, persist, true, sourceAfter, true)
                    : this;
        }
    }

    @TestFactory
    Stream<DynamicTest> byDefaultNoConfigurationIsRemovedUnasked(Lab lab) {
        return cases(lab, "0", Case::kept);
    }

    @TestFactory
    Stream<DynamicTest> onRequestThePageIsFollowedToTheLetter(Lab lab) {
        return cases(lab, "1", row -> row);
    }

    /** Driven by the source. By default one client, with the two flows in turns; everything with the full lab. */
    @TestFactory
    Stream<DynamicTest> theSourceMayDriveAsWell(Lab lab) {
        if (Boolean.getBoolean("godwit.lab.full")) {
            return cases(lab, "0", Case::kept, List.of(lab.virsh(), lab.godwit()), List.of(Flow.PEER_TO_PEER, Flow.TUNNELLED));
        }
        int[] turn = {0};
        return cases(lab, "0", Case::kept, List.of(lab.godwit()), List.of(Flow.PEER_TO_PEER, Flow.TUNNELLED))
                .filter(row -> {
                    int number = turn[0]++;
                    return number % 2 == number / 16 % 2;
                });
    }

    @TestFactory
    Stream<DynamicTest> onRequestTheSourceFollowsThePageToTheLetter(Lab lab) {
        return Boolean.getBoolean("godwit.lab.full")
                ? cases(lab, "1", row -> row, List.of(lab.virsh(), lab.godwit()), List.of(Flow.PEER_TO_PEER, Flow.TUNNELLED))
                : Stream.of();
    }

    private static Stream<DynamicTest> cases(Lab lab, String setting, java.util.function.UnaryOperator<Case> expected) {
        return cases(lab, setting, expected, List.of(lab.virsh(), lab.godwit()), List.of(Flow.DIRECT));
    }

    private static Stream<DynamicTest> cases(Lab lab, String setting, java.util.function.UnaryOperator<Case> expected,
            List<Client> clients, List<Flow> flows) {
        List<Case> rows = Arrays.stream(PAGE.split("\n")).map(Case::of).toList();
        assertThat(rows).hasSize(16);
        Godwitd source = lab.godwitd("kvm1");
        Godwitd destination = lab.godwitd("kvm2");
        for (Godwitd host : List.of(source, destination)) {
            lab.clear(host);
            host.stop();
            host.set("migration_transient_drops_config", setting);
            host.start();
        }
        return clients.stream().flatMap(client -> flows.stream().flatMap(flow -> rows.stream()
                .map(row -> DynamicTest.dynamicTest(client + ", " + flow.label() + ", " + row,
                        () -> check(lab, client, flow, source, destination, expected.apply(row))))));
    }

    @AfterEach
    void defaults(Lab lab) {
        for (Godwitd host : List.of(lab.godwitd("kvm1"), lab.godwitd("kvm2"))) {
            lab.clear(host);
            host.stop();
            host.reset();
            host.start();
        }
    }

    private static void check(Lab lab, Client client, Flow flow, LabHost source, LabHost destination, Case row) throws IOException {
        LabGuest guest = lab.guest("config", Shape.DIRECT_KERNEL).with(0, 0);
        lab.clear(source, destination);
        // The titles tell the two definitions apart.
        String xml = Files.readString(guest.prepare());
        String fromSource = Files.writeString(lab.storage().resolve("config-source.xml"), titled(xml, "from the source")).toString();
        String older = Files.writeString(lab.storage().resolve("config-destination.xml"), titled(xml, "older")).toString();
        if (row.destinationBefore()) {
            client.run(destination, "define", older).expectSuccess();
        }
        if (row.persistentBefore()) {
            client.run(source, "define", fromSource).expectSuccess();
            client.run(source, "start", guest.name()).expectSuccess();
        } else {
            client.run(source, "create", fromSource).expectSuccess();
        }

        List<String> words = new ArrayList<>(List.of("migrate", "--live"));
        boolean godwit = client.name().equals("godwit"); // takes the page's spellings, which virsh has given up
        if (row.undefineSource()) {
            words.add(godwit ? "--undefine-source" : "--undefinesource");
        }
        if (row.persist()) {
            words.add(godwit ? "--persist" : "--persistent");
        }
        words.addAll(flow.options());
        words.addAll(List.of(guest.name(), destination.uri()));
        client.run(source, words.toArray(String[]::new)).expectSuccess();

        assertThat(client.run(destination, "dominfo", guest.name()).expectSuccess().out())
                .as("the guest's type afterwards")
                .containsPattern("Persistent: +" + (row.persistentAfter() ? "yes" : "no"));
        assertThat(isDefined(client, source, guest)).as("the source's configuration afterwards").isEqualTo(row.sourceAfter());
        client.run(destination, "destroy", guest.name()).expectSuccess();
        assertThat(isDefined(client, destination, guest))
                .as("the destination's configuration afterwards")
                .isEqualTo(row.destinationAfter());
        if (row.destinationAfter()) {
            assertThat(client.run(destination, "dumpxml", guest.name(), "--inactive").expectSuccess().out())
                    .as("without a request, the destination's configuration is the one it had")
                    .contains("<title>" + (row.persist() ? "from the source" : "older") + "</title>");
        }
        if (row.sourceAfter()) {
            assertThat(client.run(source, "domstate", guest.name(), "--reason").out().strip())
                    .isEqualTo("shut off (migrated)");
        }
    }

    private static String titled(String xml, String title) {
        return xml.replace("</uuid>", "</uuid>\n  <title>" + title + "</title>");
    }

    private static boolean isDefined(Client client, LabHost host, LabGuest guest) {
        return List.of(client.run(host, "list", "--all", "--name").expectSuccess().out().split("\\s+"))
                .contains(guest.name());
    }
}
