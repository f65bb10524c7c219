package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.Desk;
import dev.godwit.lab.host.Godwitd;
import dev.godwit.lab.host.Jobs;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
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

/**
 * Unmanaged direct migration: to a machine without any daemon, where {@code godwit receive} has started a QEMU
 * that waits. The page's line {@code migrate --direct web1 HV-URI}; and whoever dies, the guest arrives.
 */
@LabTest
class UnmanagedTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORT = 49152;

    @AfterEach
    void everybodyGoes(Lab lab) {
        Desk bare = lab.desk("bare");
        bare.endAll();
        lab.clearAll();
    }

    @Test
    void theLineOfThePage(Lab lab) {
        Godwitd source = lab.godwitd("kvm1");
        LabGuest guest = boot(lab, source);
        Desk bare = receive(lab, source, guest);
        lab.godwit().runWithDefault(lab.desk("desk"), source.uri("ssh"), "migrate", "--direct", guest.name(), uri(bare))
                .expectSuccess();
        assertArrived(lab, guest, source, bare);
    }

    /** Today's virsh keeps the page's second word to itself: what the daemon sees is its --migrateuri. */
    @Test
    void virshHasToSayItTwice(Lab lab) {
        Godwitd source = lab.godwitd("kvm1");
        LabGuest guest = boot(lab, source);
        Desk bare = receive(lab, source, guest);
        assertThat(lab.virsh().run(source, "migrate", "--direct", guest.name(), uri(bare)).expectFailure().err())
                .contains("--migrateuri");
        lab.virsh().run(source, "migrate", "--direct", guest.name(), uri(bare), "--migrateuri", uri(bare)).expectSuccess();
        assertArrived(lab, guest, source, bare);
    }

    @Test
    void aStockHostRefuses(Lab lab) {
        LabHost source = lab.libvirtd("stock1");
        LabGuest guest = boot(lab, source);
        for (Client client : List.of(lab.virsh(), lab.godwit())) {
            client.run(source, "migrate", "--live", "--direct", guest.name(), "tcp://bare:" + PORT).expectFailure();
            assertThat(client.run(source, "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
        }
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }

    @Test
    void theClientDies(Lab lab) throws Exception {
        Godwitd source = lab.godwitd("kvm1");
        LabGuest guest = boot(lab, source);
        Desk bare = receive(lab, source, guest);
        Process migration = begin(lab, source, guest, bare);
        Commands.kill(migration.toHandle());
        migration.waitFor();
        lab.virsh().run(source, "migrate-setspeed", guest.name(), "1000").expectSuccess();
        assertArrived(lab, guest, source, bare);
    }

    @Test
    void theSourceDaemonDies(Lab lab) {
        Godwitd source = lab.godwitd("kvm1");
        LabGuest guest = boot(lab, source);
        Desk bare = receive(lab, source, guest);
        begin(lab, source, guest, bare);
        source.kill();
        try {
            awaitRunning(lab, guest, bare); // while no daemon runs at all
        } finally {
            source.start();
        }
        assertArrived(lab, guest, source, bare);
    }

    private static LabGuest boot(Lab lab, LabHost source) {
        LabGuest guest = lab.guest("web1", Shape.DIRECT_KERNEL).with(32, 1);
        lab.virsh().run(source, "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        return guest;
    }

    private static Desk receive(Lab lab, LabHost source, LabGuest guest) {
        Desk bare = lab.desk("bare");
        try {
            Path definition = Files.writeString(lab.storage().resolve("web1-there.xml"), lab.godwit()
                    .run(source, "dumpxml", "--migratable", guest.name()).expectSuccess().out());
            Path configuration = Files.writeString(bare.folder().resolve("receive.conf"), """
                    state_dir = "%s"
                    run_dir = "%s"
                    log_dir = "%s"
                    """.formatted(bare.folder("state"), bare.folder("run"), bare.folder("qemu-log")));
            Path said = bare.folder("log").resolve("receive.log");
            Files.deleteIfExists(said);
            Process receiver = bare.spawn(said, Map.of(), List.of(lab.checkout().resolve("bin/godwit").toString(), "receive",
                    definition.toString(), "--listen", "tcp://0.0.0.0:" + PORT, "--config", configuration.toString()));
            Await.until("the guest is awaited", PATIENCE, () -> {
                if (!receiver.isAlive()) {
                    throw new AssertionError("godwit receive ended: " + text(said));
                }
                return text(said).contains("awaited");
            });
            return bare;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it slowly and waits until 30 % are over. */
    private static Process begin(Lab lab, LabHost source, LabGuest guest, Desk bare) {
        List<String> words = new ArrayList<>(
                List.of("migrate", "--live", "--direct", "--bandwidth", "8", guest.name(), uri(bare)));
        Process migration = lab.godwit().spawnAt(lab.desk("desk"), source.uri(), lab.storage().resolve("unmanaged.out"),
                words.toArray(String[]::new));
        Jobs.awaitPercent(lab.virsh(), source, guest.name(), 30);
        return migration;
    }

    private static String uri(Desk bare) {
        return "tcp://" + bare.name() + ":" + PORT;
    }

    private static void assertArrived(Lab lab, LabGuest guest, LabHost source, Desk bare) {
        awaitRunning(lab, guest, bare);
        Await.until("the original is gone", PATIENCE,
                () -> !lab.virsh().run(source, "list", "--all", "--name").expectSuccess().out().contains(guest.name()));
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }

    /** Its own QEMU at the machine without a daemon says so. */
    private static void awaitRunning(Lab lab, LabGuest guest, Desk bare) {
        Await.until("the guest runs on " + bare, PATIENCE, () -> bare.run(Duration.ofSeconds(10), List.of(
                        "/usr/bin/python3", lab.checkout().resolve("lab/clients/query-status.py").toString(),
                        bare.folder("run").toString(), guest.name()))
                .out().strip().equals("running"));
        guest.serial().awaitBeats(1);
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
