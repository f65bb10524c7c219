package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.Jobs;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import dev.godwit.lab.matrix.HaltingClient;
import dev.godwit.lab.matrix.Mover;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A source that is left alone when all of a guest has been sent, towards our own destination and towards a stock one, before
 * FINISH and after it: who has the guest in the end, and what an administrator sees and can do.
 */
@LabTest
class InDoubtTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    private static LabGuest start(Lab lab, LabHost source, String name) {
        lab.clearAll();
        LabGuest guest = lab.guest(name, Shape.DIRECT_KERNEL).with(16, 1);
        lab.virsh().run(source, "define", guest.prepare().toString()).expectSuccess();
        lab.virsh().run(source, "start", guest.name()).expectSuccess();
        guest.serial().awaitLife();
        return guest;
    }

    /** A client drives until a phase is over; then something else happens, and the client is killed. */
    private static void driveAndDie(Lab lab, LabHost source, LabGuest guest, LabHost destination, Phase phase, Runnable first)
            throws Exception {
        Path output = lab.storage().resolve(guest.name() + ".client");
        Process client = lab.desk("desk").spawn(output, Map.of(), words(lab, source, guest, destination, phase));
        Await.until(phase + " is over", PATIENCE, () -> {
            String said = read(output);
            assertThat(said).doesNotContain("error: ", "Exception");
            return said.contains(phase + " is over");
        });
        first.run();
        Commands.kill(client.toHandle());
        client.waitFor();
    }

    private static void driveAndDie(Lab lab, LabHost source, LabGuest guest, LabHost destination, Phase phase) throws Exception {
        driveAndDie(lab, source, guest, destination, phase, () -> { });
    }

    private static List<String> words(Lab lab, LabHost source, LabGuest guest, LabHost destination, Phase phase) {
        List<String> words = new ArrayList<>(Mover.javaWords(lab));
        words.removeLast();
        words.addAll(List.of(HaltingClient.class.getName(), source.uri(), guest.name(), destination.uri(), phase.name()));
        return words;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String state(Lab lab, LabHost host, LabGuest guest) {
        CommandResult result = lab.virsh().run(host, "domstate", "--reason", guest.name());
        return result.ok() ? result.out().strip() : "not there";
    }

    private static void becomes(Lab lab, LabHost host, LabGuest guest, String state) {
        Await.until(guest.name() + " is " + state + " on " + host, PATIENCE, () -> state(lab, host, guest).equals(state));
    }

    private static CommandResult resolve(Lab lab, LabHost host, LabGuest guest, String... words) {
        List<String> all = new ArrayList<>(List.of("migrate-resolve", guest.name()));
        all.addAll(List.of(words));
        return lab.godwit().run(host, all.toArray(String[]::new));
    }

    private static void lives(LabGuest guest) {
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }

    // Between two of ours

    @Test
    void oneThatWasNotHandedOverRunsOnAtTheSource(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        LabGuest guest = start(lab, source, "doubt1");
        LeftOvers before = LeftOvers.of(destination);

        driveAndDie(lab, source, guest, destination, Phase.PERFORM);

        becomes(lab, source, guest, "running (migration canceled)");
        lives(guest);
        LeftOvers.awaitNone(destination, before);
        assertThat(resolve(lab, source, guest).expectSuccess().out()).contains("Owner:        source", ", closed")
                .endsWith("Guest 'doubt1' belongs to kvm1 and did not move\n\n");
        CommandResult audit = lab.godwit().run(source, "audit", guest.name(), "--with", destination.uri());
        assertThat(audit.expectSuccess().out()).contains("Proved: no two copies of guest 'doubt1' ran; it belongs to kvm1");
    }

    @Test
    void oneThatWasHandedOverIsAtTheDestination(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        LabGuest guest = start(lab, source, "doubt2");

        driveAndDie(lab, source, guest, destination, Phase.FINISH);

        becomes(lab, source, guest, "shut off (migrated)");
        assertThat(state(lab, destination, guest)).isEqualTo("running (migrated)");
        lives(guest);
        assertThat(resolve(lab, destination, guest).expectSuccess().out())
                .endsWith("Guest 'doubt2' belongs to kvm2\n\n");
        CommandResult audit = lab.godwit().run(source, "audit", guest.name(), "--with", destination.uri());
        assertThat(audit.expectSuccess().out()).contains("Proved: no two copies of guest 'doubt2' ran; it belongs to kvm2");
    }

    @Test
    void aDestinationThatCannotBeReachedIsWaitedForAndAskedAgain(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        LabGuest guest = start(lab, source, "doubt3");

        driveAndDie(lab, source, guest, destination, Phase.FINISH, destination::partition);
        try {
            CommandResult shown = resolve(lab, source, guest).expectSuccess();
            assertThat(shown.out()).contains("Guest:        doubt3, paused (migrating)", "Owner:        unknown",
                            "Asked by kvm1: no clear answer (", "qemu+tls://kvm2/system?hostuuid=")
                    .contains("Guest 'doubt3' is in doubt: it is kept paused on kvm1 until kvm2 says whether it runs there");
            assertThat(lab.virsh().run(source, "dominfo", guest.name()).expectSuccess().out())
                    .containsPattern("Messages: +in doubt: it was sent to .*kvm2.*migrate-resolve doubt3");
            assertThat(resolve(lab, source, guest, "--to", "source").expectFailure().err())
                    .contains("nothing proves whose guest 'doubt3' is", "--force");
            assertThat(lab.virsh().run(source, "resume", guest.name()).ok()).as("resume").isFalse();
            assertThat(state(lab, source, guest)).isEqualTo("paused (migrating)");
            assertThat(lab.godwit().run(source, "audit", guest.name(), "--with", "qemu+tcp://kvm9/system").exit())
                    .as("a host that is not there proves nothing").isEqualTo(2);
        } finally {
            destination.heal();
        }
        becomes(lab, source, guest, "shut off (migrated)");
        lives(guest);
        CommandResult audit = lab.godwit().run(source, "audit", guest.name(), "--with", destination.uri());
        assertThat(audit.expectSuccess().out()).contains("it belongs to kvm2");
    }

    // Towards a stock destination, driven by a client: the source is not told whom to ask

    @Test
    @EnabledIfSystemProperty(named = "godwit.lab.full", matches = "true")
    void aStockDestinationEndsAReceiverThatItsClientLeftAndAnAdministratorSeesSo(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.libvirtd("stock1");
        LabGuest guest = start(lab, source, "doubt4");

        driveAndDie(lab, source, guest, destination, Phase.PERFORM);

        becomes(lab, destination, guest, "not there");
        assertThat(state(lab, source, guest)).isEqualTo("paused (migrating)");
        assertThat(resolve(lab, source, guest, "--peer", destination.uri()).expectSuccess().out())
                .contains("a stock daemon keeps no record of migrations",
                        "it never runs there by this migration (libvirtd on stock1 says: there is no doubt4 there");
        CommandResult against = resolve(lab, source, guest, "--peer", destination.uri(), "--to", "destination").expectFailure();
        assertThat(against.err()).contains("the destination says otherwise of guest 'doubt4'");
        assertThat(state(lab, source, guest)).isEqualTo("paused (migrating)");
        assertThat(resolve(lab, source, guest, "--peer", destination.uri(), "--to", "source").expectSuccess().out())
                .endsWith("Guest 'doubt4' belongs to kvm1 and did not move\n\n");
        assertThat(state(lab, source, guest)).startsWith("running");
        lives(guest);
        assertThat(lab.godwit().run(source, "audit", guest.name(), "--with", destination.uri()))
                .matches(audit -> audit.exit() == 2).extracting(CommandResult::out).asString()
                .contains("the journal of stock1 is missing: its daemon keeps none");
    }

    @Test
    @EnabledIfSystemProperty(named = "godwit.lab.full", matches = "true")
    void aStockDestinationKeepsAGuestThatArrivedAndAnAdministratorSeesSo(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.libvirtd("stock1");
        LabGuest guest = start(lab, source, "doubt5");

        driveAndDie(lab, source, guest, destination, Phase.FINISH);

        assertThat(state(lab, destination, guest)).isEqualTo("running (migrated)");
        assertThat(state(lab, source, guest)).isEqualTo("paused (migrating)");
        CommandResult against = resolve(lab, source, guest, "--peer", destination.uri(), "--to", "source").expectFailure();
        assertThat(against.err()).contains("libvirtd on stock1 says: doubt5 has run there: it is running (migrated)");
        assertThat(state(lab, source, guest)).isEqualTo("paused (migrating)");
        assertThat(resolve(lab, source, guest, "--peer", destination.uri(), "--to", "destination").expectSuccess().out())
                .endsWith("Guest 'doubt5' belongs to the other host\n\n");
        becomes(lab, source, guest, "shut off (migrated)");
        assertThat(state(lab, destination, guest)).isEqualTo("running (migrated)");
        lives(guest);
    }

    // Towards a stock destination, driven by the source: it knows whom to ask

    /**
     * The stock daemon stands still from before FINISH until long after the source has lost it. Then it finds in its socket a
     * FINISH of somebody who has left, and the source's question: whichever it takes first, one copy runs.
     */
    @Test
    @EnabledIfSystemProperty(named = "godwit.lab.full", matches = "true")
    void aStockDestinationThatStoodStillIsAsked(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.libvirtd("stock1");
        LabGuest guest = start(lab, source, "doubt6");
        Path output = lab.storage().resolve("doubt6.client");
        Process client = lab.godwit().spawn(source, output, "migrate", "--live", "--p2p", "--bandwidth", "4", guest.name(),
                destination.uri());
        Jobs.awaitPercent(lab.virsh(), source, guest.name(), 30);

        destination.freeze();
        try {
            lab.virsh().run(source, "migrate-setspeed", guest.name(), "1000").expectSuccess();
            Await.until("the source is in doubt", PATIENCE, () -> lab.virsh().run(source, "dominfo", guest.name())
                    .expectSuccess().out().contains("in doubt"));
            client.waitFor();
            assertThat(read(output)).contains("Domain 'doubt6' is paused at", "stock1 does not say whether it runs there",
                    "asks until that is settled");
            assertThat(state(lab, source, guest)).isEqualTo("paused (migrating)");
        } finally {
            destination.thaw();
        }

        Await.until("it is settled", PATIENCE, () -> !state(lab, source, guest).startsWith("paused"));
        boolean there = state(lab, destination, guest).startsWith("running");
        assertThat(state(lab, source, guest)).isEqualTo(there ? "shut off (migrated)" : "running (migration canceled)");
        if (!there) {
            assertThat(state(lab, destination, guest)).isEqualTo("not there");
        }
        lives(guest);
    }
}
