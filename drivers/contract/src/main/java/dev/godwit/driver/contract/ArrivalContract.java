package dev.godwit.driver.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.XmlFlag;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationProtocol;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A guest that moves arrives as it should, and so does its configuration. */
abstract class ArrivalContract extends MigrationHosts {

    // It moves

    @Test
    void aGuestMovesAndRunsOn() {
        DomainRef guest = create(a);
        a.forgetEvents();

        MigrationOutcome outcome = migrate(a, b, MigrationRequest.of(guest, LIVE));

        assertThat(outcome).isInstanceOf(MigrationOutcome.Completed.class);
        assertThat(a.state(guest)).isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(b.guests().isPersistent(guest)).isFalse();
        assertThat(b.guests().byUuid(uuid).active()).isTrue();
        assertThat(a.lifecycle(guest)).containsExactly(Lifecycle.SUSPENDED_MIGRATED, Lifecycle.STOPPED_MIGRATED);
        assertThat(b.lifecycle(guest)).containsExactly(Lifecycle.STARTED_MIGRATED, Lifecycle.RESUMED_MIGRATED);
    }

    @Test
    void itMovesThereAndBackAgain() {
        DomainRef guest = create(a);

        for (int i = 0; i < 3; i++) {
            assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();
            assertThat(migrate(b, a, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();
        }

        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(b.state(guest)).isEmpty();
    }

    @Test
    void itMovesWithoutLiveAsWell() {
        DomainRef guest = create(a);
        a.forgetEvents();

        assertThat(migrate(a, b, MigrationRequest.of(guest, Set.of())).failure()).isEmpty();

        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.lifecycle(guest)).containsExactly(Lifecycle.SUSPENDED_MIGRATED, Lifecycle.STOPPED_MIGRATED);
    }

    @Test
    void twoGuestsMoveAtTheSameTimeInOppositeDirections() throws Exception {
        DomainRef one = create(a);
        DomainRef two = b.guests().create(definition("web2", UUID.randomUUID()), Set.of(), ContractHost.CLIENT);

        CompletableFuture<MigrationOutcome> there = apart(() -> migrate(a, b, MigrationRequest.of(one, LIVE)));
        CompletableFuture<MigrationOutcome> back = apart(() -> migrate(b, a, MigrationRequest.of(two, LIVE)));

        assertThat(get(there).failure()).isEmpty();
        assertThat(get(back).failure()).isEmpty();
        assertThat(b.state(one)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.state(two)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void aPausedGuestStaysPaused() {
        DomainRef guest = create(a);
        a.guests().suspend(guest);

        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();

        assertThat(b.state(guest)).contains(StateReason.PAUSED_USER);
        assertThat(b.lifecycle(guest)).containsExactly(Lifecycle.STARTED_MIGRATED, Lifecycle.SUSPENDED_PAUSED);
        b.guests().resume(guest);
        assertThat(b.state(guest)).contains(StateReason.RUNNING_UNPAUSED);
    }

    @Test
    void itArrivesPausedWhenThatIsAsked() {
        DomainRef guest = create(a);

        assertThat(migrate(a, b, MigrationRequest.of(guest, Set.of(MigrationFlag.LIVE, MigrationFlag.PAUSED)))
                .failure()).isEmpty();

        assertThat(b.state(guest)).contains(StateReason.PAUSED_USER);
    }

    @Test
    void itCanHaveAnotherNameAtTheDestination() {
        DomainRef guest = create(a);
        MigrationRequest request =
                MigrationRequest.of(guest, Set.of(MigrationFlag.LIVE, MigrationFlag.PERSIST_DEST))
                        .withDestinationName("web1-moved");

        MigrationOutcome outcome = migrate(a, b, request);

        assertThat(((MigrationOutcome.Completed) outcome).guest().name()).isEqualTo("web1-moved");
        assertThat(b.guests().byName("web1-moved").uuid()).isEqualTo(uuid);
        assertThat(b.guests().isPersistent(guest)).isTrue();
        assertThat(b.guests().xml(guest, Set.of())).contains("<name>web1-moved</name>");
        assertThat(migrate(b, a, MigrationRequest.of(b.guests().byUuid(uuid), LIVE).withDestinationName("web1"))
                .failure()).isEmpty();
        assertThat(a.guests().byName("web1").uuid()).isEqualTo(uuid);
    }

    @Test
    void aSuspendDuringTheMigrationDoesNotReachTheDestination() throws Exception {
        DomainRef guest = create(a);
        a.jobs().maxSpeedMiB(guest, 1, false);
        Watched watched = new Watched();
        MigrationRequest request = MigrationRequest.of(guest, LIVE);
        CompletableFuture<MigrationOutcome> moving =
                apart(() -> MigrationProtocol.run(a.source(), b.destination(), request, watched));
        watched.awaitProgress();

        a.guests().suspend(guest);
        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);
        a.jobs().maxSpeedMiB(guest, 8796093022207L, false);

        assertThat(get(moving).failure()).isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void bothHostsKnowTheFigures() {
        DomainRef guest = persistent(a);
        a.forgetEvents();

        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();

        JobStats atSource = a.jobs().completed(guest, true);
        assertThat(atSource.type()).isEqualTo(JobType.COMPLETED);
        assertThat(atSource.orZero(JobField.OPERATION)).isEqualTo(JobOperation.MIGRATION_OUT.ordinal());
        assertThat(atSource.orZero(JobField.MEMORY_TOTAL)).isPositive();
        assertThat(atSource.orZero(JobField.DATA_TOTAL)).isEqualTo(atSource.orZero(JobField.MEMORY_TOTAL)
                + atSource.orZero(JobField.DISK_TOTAL));
        assertThat(atSource.orZero(JobField.MEMORY_REMAINING)).isZero();
        assertThat(atSource.get(JobField.DOWNTIME)).isPresent();
        assertThat(atSource.orZero(JobField.TIME_ELAPSED)).isGreaterThanOrEqualTo(atSource.orZero(JobField.DOWNTIME));
        JobStats atDestination = b.jobs().completed(guest, true);
        assertThat(atDestination.type()).isEqualTo(JobType.COMPLETED);
        assertThat(atDestination.orZero(JobField.OPERATION)).isEqualTo(JobOperation.MIGRATION_IN.ordinal());
        assertThat(b.jobs().stats(guest)).isEqualTo(JobStats.NONE);
        assertThat(a.jobs().completed(guest, false)).isEqualTo(atSource);
        assertThat(a.jobs().completed(guest, false)).isEqualTo(JobStats.NONE);
        assertThat(a.events().getLast()).isEqualTo(new DomainEvent.JobCompleted(
                new DomainRef("web1", uuid, DomainRef.INACTIVE), atSource));
        assertThat(b.events()).noneMatch(DomainEvent.JobCompleted.class::isInstance);
    }

    // Its configuration

    @Test
    void theSixteenCasesOfTheConfigurationTable() {
        for (int row = 0; row < 16; row++) {
            row(row, a, b, false);
        }
    }

    @Test
    void theSixteenCasesToTheLetter() {
        ContractHost letter = host("letter", dropping());
        for (int row = 0; row < 16; row++) {
            row(row, a, letter, true);
        }
    }

    private MigrationSettings dropping() {
        MigrationSettings plain = migration(nextPort());
        return new MigrationSettings(
                plain.host(), plain.address(), plain.portMin(), plain.portMax(), true);
    }

    /** One row of the table "Configuration file handling" of the migration page, by its number from 0. */
    private void row(int row, ContractHost from, ContractHost to, boolean letter) {
        boolean sourceConfig = (row & 8) != 0;
        boolean destinationConfig = (row & 4) != 0;
        boolean persist = (row & 2) != 0;
        boolean undefine = (row & 1) != 0;
        String name = "row" + row;
        UUID id = UUID.randomUUID();
        DomainRef guest = sourceConfig
                ? from.guests().start(from.guests().define(definition(name, id), Set.of()), Set.of(),
                        ContractHost.CLIENT)
                : from.guests().create(definition(name, id), Set.of(), ContractHost.CLIENT);
        if (destinationConfig) {
            to.guests().define(definition(name, id), Set.of());
        }
        Set<MigrationFlag> flags = EnumSet.of(MigrationFlag.LIVE);
        if (persist) {
            flags.add(MigrationFlag.PERSIST_DEST);
        }
        if (undefine) {
            flags.add(MigrationFlag.UNDEFINE_SOURCE);
        }

        assertThat(migrate(from, to, MigrationRequest.of(guest, flags)).failure()).as(name).isEmpty();

        boolean configAtDestination = persist || destinationConfig && (sourceConfig || !letter);
        assertThat(to.state(guest)).as(name).contains(StateReason.RUNNING_MIGRATED);
        assertThat(to.guests().isPersistent(guest)).as("%s: configuration at the destination", name)
                .isEqualTo(configAtDestination);
        boolean configAtSource = sourceConfig && !undefine;
        assertThat(from.state(guest)).as("%s: at the source", name)
                .isEqualTo(configAtSource ? Optional.of(StateReason.SHUTOFF_MIGRATED) : Optional.empty());
        to.guests().destroy(guest, Set.of());
        assertThat(to.state(guest)).as("%s: after its end", name)
                .isEqualTo(configAtDestination ? Optional.of(StateReason.SHUTOFF_DESTROYED) : Optional.empty());
        to.restart();
        from.restart();
        assertThat(to.state(guest).isPresent()).as("%s: on the destination's disk", name)
                .isEqualTo(configAtDestination);
        assertThat(from.state(guest).isPresent()).as("%s: on the source's disk", name).isEqualTo(configAtSource);
    }

    @Test
    void theConfigurationTravelsWithPersist() {
        DomainRef guest = persistent(a);
        a.guests().define(definition("web1", uuid).replace("</domain>", "<title>changed</title></domain>"), Set.of());

        assertThat(migrate(a, b, MigrationRequest.of(guest, Set.of(MigrationFlag.LIVE, MigrationFlag.PERSIST_DEST)))
                .failure()).isEmpty();

        assertThat(b.guests().xml(guest, Set.of(XmlFlag.INACTIVE))).contains("changed");
        assertThat(b.lifecycle(guest)).containsExactly(
                Lifecycle.STARTED_MIGRATED, Lifecycle.DEFINED_ADDED, Lifecycle.RESUMED_MIGRATED);
    }

    @Test
    void undefineSourceIsSilent() {
        DomainRef guest = persistent(a);
        a.forgetEvents();

        assertThat(migrate(a, b, MigrationRequest.of(guest, Set.of(MigrationFlag.LIVE, MigrationFlag.UNDEFINE_SOURCE)))
                .failure()).isEmpty();

        assertThat(a.lifecycle(guest)).doesNotContain(Lifecycle.UNDEFINED_REMOVED);
        assertThat(a.state(guest)).isEmpty();
    }
}
