package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import org.junit.jupiter.api.Test;

/**
 * One guest moves to and fro, and the hosts forget nothing and keep nothing.
 *
 * <p>{@code -Dgodwit.lab.journeys=30} makes it long; by default it is {@value #JOURNEYS} migrations.
 */
@LabTest
class ThereAndBackTest {

    private static final int JOURNEYS = 6;

    @Test
    void nothingIsLostAndNothingIsLeftOver(Lab lab) {
        int journeys = Integer.getInteger("godwit.lab.journeys", JOURNEYS);
        LabHost[] hosts = {lab.godwitd("kvm1"), lab.godwitd("kvm2")};
        Client[] drivers = {lab.virsh(), lab.godwit()};
        LabGuest guest = lab.guest("traveller", Shape.VIRT_INSTALL);
        lab.clearAll();
        drivers[0].run(hosts[0], "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        // The first two journeys load classes and fill pools; what they leave is not a leak.
        move(drivers[0], hosts[0], hosts[1], guest);
        move(drivers[1], hosts[1], hosts[0], guest);
        LeftOvers[] before = {LeftOvers.of(hosts[0]), LeftOvers.of(hosts[1])};

        for (int journey = 0; journey < journeys; journey++) {
            move(drivers[journey / 2 % 2], hosts[journey % 2], hosts[(journey + 1) % 2], guest);
        }
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();

        assertThat(journeys % 2).as("an even number, so that it is home again").isZero();
        LeftOvers.awaitNone(hosts[0], before[0]);
        LeftOvers.awaitNone(hosts[1], before[1]);
        lab.clear(hosts);
    }

    private static void move(Client driver, LabHost from, LabHost to, LabGuest guest) {
        driver.run(from, "migrate", "--live", "--unsafe", guest.name(), to.uri()).expectSuccess();
        assertThat(driver.run(to, "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
        assertThat(driver.run(from, "list", "--all", "--name").expectSuccess().out().strip()).isEmpty();
        guest.serial().awaitBeats(1);
    }
}
