package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The options of a migration, a migration that is given up, and a driver that dies: virsh and godwit alike. */
@LabTest
class MigrationOptionsTest {

    /** Who drives. */
    enum Driver {
        VIRSH,
        GODWIT;

        Client client(Lab lab) {
            return this == VIRSH ? lab.virsh() : lab.godwit();
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private LabHost source;
    private LabHost destination;
    private LabGuest guest;

    /** One boot serves the whole class: a guest that runs where the last test left it begins the next one there. */
    @BeforeEach
    void oneGuestRuns(Lab lab) {
        guest = lab.guest("option", Shape.DIRECT_KERNEL);
        source = lab.godwitd("kvm1");
        destination = lab.godwitd("kvm2");
        if (isAlone(lab, destination)) {
            source = lab.godwitd("kvm2");
            destination = lab.godwitd("kvm1");
        } else if (!isAlone(lab, source)) {
            lab.clearAll();
            lab.virsh().run(source, "create", guest.prepare().toString()).expectSuccess();
            guest.serial().awaitLife();
        }
        lab.clear(destination);
    }

    private boolean isAlone(Lab lab, LabHost host) {
        return lab.virsh().run(host, "list", "--all", "--name").expectSuccess().out().strip().equals(guest.name())
                && state(lab.virsh(), host, guest.name()).startsWith("running");
    }

    @AfterAll
    static void clear(Lab lab) {
        lab.clear(lab.godwitd("kvm1"), lab.godwitd("kvm2"));
    }

    /** Gives the guest a configuration at the source. */
    private void define(Client client) {
        client.run(source, "define", guest.definition().toString()).expectSuccess();
    }

    private String state(Client client, LabHost host, String name) {
        return client.run(host, "domstate", name, "--reason").expectSuccess().out().strip();
    }

    @ParameterizedTest
    @EnumSource
    void withoutLiveTheGuestIsPausedFirstAndRunsAfterwards(Driver driver, Lab lab) {
        Client client = driver.client(lab);
        define(client);
        client.run(source, "migrate", guest.name(), destination.uri()).expectSuccess();
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        assertThat(state(client, destination, guest.name())).isEqualTo("running (migrated)");
        assertThat(state(client, source, guest.name())).isEqualTo("shut off (migrated)");
    }

    @ParameterizedTest
    @EnumSource
    void suspendLeavesItPausedAtTheDestination(Driver driver, Lab lab) {
        Client client = driver.client(lab);
        define(client);
        client.run(source, "migrate", "--live", "--suspend", guest.name(), destination.uri()).expectSuccess();
        assertThat(state(client, destination, guest.name())).startsWith("paused");
        client.run(destination, "resume", guest.name()).expectSuccess();
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }

    @ParameterizedTest
    @EnumSource
    void dnameGivesItAnotherName(Driver driver, Lab lab) {
        Client client = driver.client(lab);
        define(client);
        client.run(source, "migrate", "--live", "--dname", "renamed", guest.name(), destination.uri()).expectSuccess();
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        assertThat(state(client, destination, "renamed")).isEqualTo("running (migrated)");
        client.run(destination, "domstate", guest.name()).expectFailure();
    }

    @ParameterizedTest
    @EnumSource
    void theMigrateUriIsObeyed(Driver driver, Lab lab) {
        Client client = driver.client(lab);
        define(client);
        client.run(source, "migrate", "--live", guest.name(), destination.uri(), "tcp://no-such-host:49300").expectFailure();
        guest.serial().awaitBeats(1);
        client.run(source, "migrate", "--live", guest.name(), destination.uri(), "tcp://" + destination.address() + ":49300")
                .expectSuccess();
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }

    @ParameterizedTest
    @EnumSource
    void bandwidthIsObeyedAndTheJobCanBeWatchedAndAborted(Driver driver, Lab lab) throws Exception {
        Client client = driver.client(lab);
        define(client);
        LeftOvers before = LeftOvers.of(destination);
        String runs = state(client, source, guest.name());
        Path output = lab.storage().resolve("aborted.out");
        Files.deleteIfExists(output);
        Process migration = client.spawn(
                source, output, "migrate", "--live", "--bandwidth", "1", guest.name(), destination.uri());
        awaitCopying(client);
        CommandResult busy = client.run(source, "migrate", "--live", guest.name(), destination.uri());
        assertThat(busy.expectFailure().err()).contains("another migration job is already running");

        client.run(source, "domjobabort", guest.name()).expectSuccess();
        assertThat(migration.waitFor()).isEqualTo(1);
        assertThat(output).content().contains("canceled by client");
        assertThat(state(client, source, guest.name())).isEqualTo(runs);
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        LeftOvers.awaitNone(destination, before);
    }

    @ParameterizedTest
    @EnumSource
    void aLimitLiftedWhileItCopiesLetsItFinish(Driver driver, Lab lab) throws Exception {
        Client client = driver.client(lab);
        define(client);
        client.run(source, "migrate-setspeed", guest.name(), "1").expectSuccess();
        Process migration = client.spawn(
                source, lab.storage().resolve("faster.out"), "migrate", "--live", guest.name(), destination.uri());
        awaitCopying(client);
        client.run(source, "migrate-setmaxdowntime", guest.name(), "500").expectSuccess();
        client.run(source, "migrate-setspeed", guest.name(), "1000").expectSuccess();
        assertThat(migration.waitFor()).isZero();
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        assertThat(state(client, destination, guest.name())).isEqualTo("running (migrated)");
    }

    @ParameterizedTest
    @EnumSource
    void whenTheClientDiesTheGuestRunsOnAndNothingStaysAtTheDestination(Driver driver, Lab lab) throws Exception {
        Client client = driver.client(lab);
        define(client);
        LeftOvers before = LeftOvers.of(destination);
        Process migration = client.spawn(
                source, lab.storage().resolve("dies.out"), "migrate", "--live", "--bandwidth", "1",
                guest.name(), destination.uri());
        awaitCopying(client);
        assertThat(client.run(destination, "list", "--all", "--name").expectSuccess().out()).contains(guest.name());

        Commands.kill(migration.toHandle());
        migration.waitFor();

        LeftOvers.awaitNone(destination, before);
        assertThat(client.run(destination, "list", "--all", "--name").expectSuccess().out()).doesNotContain(guest.name());
        Await.until("the job at the source is over", PATIENCE, () -> client.run(source, "domjobinfo", guest.name())
                .expectSuccess().out().contains("None"));
        assertThat(state(client, source, guest.name())).startsWith("running");
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();

        client.run(source, "migrate", "--live", guest.name(), destination.uri()).expectSuccess();
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }

    private void awaitCopying(Client client) {
        Await.until("memory is being copied", PATIENCE, () -> {
            String job = client.run(source, "domjobinfo", guest.name()).expectSuccess().out();
            return job.contains("Unbounded") && job.matches("(?s).*Memory processed: +[1-9].*");
        });
    }
}
