package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The daemon may die at any time: its guests run on untouched, and are found again. */
@LabTest
class DaemonRestartTest {

    private static final int GUESTS = 5;

    @Test
    void fiveGuestsOutliveTheDaemonThatBootedThemAndTheOneThatReceivedThem(Lab lab) {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        Client virsh = lab.virsh();
        lab.clearAll();
        List<LabGuest> guests = new ArrayList<>();
        for (int i = 1; i <= GUESTS; i++) {
            LabGuest guest = lab.guest("survivor" + i, i == 1 ? Shape.VIRT_INSTALL : Shape.DIRECT_KERNEL).with(8, 1);
            guests.add(guest);
            if (i % 2 == 0) { // both kinds: with a configuration and without
                virsh.run(source, "create", guest.prepare().toString()).expectSuccess();
            } else {
                virsh.run(source, "define", guest.prepare().toString()).expectSuccess();
                virsh.run(source, "start", guest.name()).expectSuccess();
            }
        }
        guests.forEach(guest -> guest.serial().awaitLife());

        killAndFindAgain(lab, source, guests);

        for (LabGuest guest : guests) {
            virsh.run(source, "migrate", "--live", "--unsafe", guest.name(), destination.uri()).expectSuccess();
        }
        killAndFindAgain(lab, destination, guests);

        // What was found again is not only listed: it can be driven.
        LabGuest last = guests.getFirst();
        virsh.run(destination, "suspend", last.name()).expectSuccess();
        virsh.run(destination, "resume", last.name()).expectSuccess();
        virsh.run(destination, "migrate", "--live", "--unsafe", last.name(), source.uri()).expectSuccess();
        last.serial().awaitBeats(2);
        last.serial().assertUnbroken();
        lab.clear(source, destination);
    }

    private static void killAndFindAgain(Lab lab, LabHost host, List<LabGuest> guests) {
        List<String> before = lines(lab.virsh().run(host, "list", "--all").expectSuccess().out());
        host.kill();
        guests.forEach(guest -> guest.serial().awaitBeats(2)); // while no daemon runs
        host.start();
        assertThat(lines(lab.virsh().run(host, "list", "--all").expectSuccess().out()))
                .as("names, ids and states as before")
                .containsExactlyElementsOf(before)
                .filteredOn(line -> line.contains("running"))
                .hasSize(guests.size());
        guests.forEach(guest -> {
            guest.serial().awaitBeats(2);
            guest.serial().assertUnbroken();
        });
    }

    private static List<String> lines(String text) {
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    @Test
    void definitionsAutostartAndAPausedGuestOutliveIt(Lab lab) {
        LabHost host = lab.godwitd("kvm1");
        Client virsh = lab.virsh();
        lab.clearAll();
        LabGuest off = lab.guest("off", Shape.DIRECT_KERNEL);
        LabGuest paused = lab.guest("paused", Shape.DIRECT_KERNEL).with(0, 0);
        virsh.run(host, "define", off.prepare().toString()).expectSuccess();
        virsh.run(host, "create", paused.prepare().toString()).expectSuccess();
        virsh.run(host, "suspend", paused.name()).expectSuccess();
        String definition = virsh.run(host, "dumpxml", off.name()).expectSuccess().out();
        String live = virsh.run(host, "dumpxml", paused.name()).expectSuccess().out();

        host.kill();
        host.start();

        assertThat(virsh.run(host, "dumpxml", off.name()).expectSuccess().out()).isEqualTo(definition);
        assertThat(virsh.run(host, "dumpxml", paused.name()).expectSuccess().out()).isEqualTo(live);
        assertThat(virsh.run(host, "domstate", paused.name(), "--reason").out().strip()).isEqualTo("paused (user)");
        virsh.run(host, "resume", paused.name()).expectSuccess();
        paused.serial().awaitLife();
        paused.serial().assertUnbroken();
        lab.clear(host);
    }
}
