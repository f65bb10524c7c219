package dev.godwit.lab.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The lab itself, shown with nothing but stock parts: what fails here is not Godwit's fault. */
@LabTest
class StockLabTest {

    @Test
    void aGuestMovesBetweenTwoStockHostsAndLeavesNothingBehind(Lab lab) {
        LabHost source = lab.libvirtd("stock1");
        LabHost destination = lab.libvirtd("stock2");
        Client virsh = lab.virsh();
        LabGuest guest = lab.guest("stockmove", LabGuest.Shape.DIRECT_KERNEL);
        LeftOvers before = LeftOvers.of(destination);

        virsh.run(source, "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        virsh.run(source, "migrate", "--live", guest.name(), destination.uri()).expectSuccess();
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        assertThat(virsh.run(source, "list", "--all", "--name").out().strip()).isEmpty();
        assertThat(virsh.run(destination, "domstate", guest.name(), "--reason").out().strip())
                .isEqualTo("running (migrated)");

        assertThat(LeftOvers.of(destination).beyond(before))
                .as("the running guest shows up, so a forgotten one would")
                .anyMatch(line -> line.startsWith("process: /usr/bin/qemu-system-x86_64"));
        lab.clear(source, destination);
    }

    @Test
    void aHostThatIsCutOffIsNotReached(Lab lab) {
        LabHost here = lab.libvirtd("stock1");
        LabHost there = lab.libvirtd("stock2");
        there.partition();
        try {
            assertThat(here.run(java.time.Duration.ofSeconds(10), java.util.List.of("ping", "-c", "1", "-W", "1", there.name()))
                            .exit())
                    .isNotZero();
        } finally {
            there.heal();
        }
        lab.virsh().runAt(here, there.uri(), "hostname").expectSuccess();
    }

    @Test
    void aKilledDaemonIsStartedAgain(Lab lab) {
        LabHost host = lab.libvirtd("stock1");
        host.kill();
        lab.virsh().run(host, "hostname").expectFailure();
        host.start();
        assertThat(lab.virsh().run(host, "hostname").expectSuccess().out().strip()).isEqualTo("stock1");
    }
}
