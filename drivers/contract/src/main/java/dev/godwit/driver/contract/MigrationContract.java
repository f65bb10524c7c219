package dev.godwit.driver.contract;

import static dev.godwit.driver.Verdict.CANCEL;
import static dev.godwit.driver.Verdict.GO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.XmlFlag;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationProtocol;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What both sides of a migration must do, whatever the hypervisor. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
public abstract class MigrationContract extends DriverContract {

    private static final Set<MigrationFlag> LIVE = Set.of(MigrationFlag.LIVE);

    private final UUID uuid = UUID.randomUUID();
    private ContractHost a;
    private ContractHost b;

    /** For subclasses. */
    protected MigrationContract() {}

    @BeforeEach
    void twoHosts() {
        a = host("a");
        b = host("b");
    }

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

    // It does not begin

    @Test
    void aGuestThatIsOffDoesNotMove() {
        DomainRef guest = a.guests().define(definition("web1", uuid), Set.of());

        refused(55, 20, "Requested operation is not valid: domain is not running",
                () -> a.source().begin(MigrationRequest.of(guest, LIVE)));
    }

    @Test
    void aGuestThatIsNotThereDoesNotMove() {
        DomainRef stranger = new DomainRef("stranger", UUID.randomUUID(), 1);

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> a.source().begin(MigrationRequest.of(stranger, LIVE)))
                .satisfies(error -> assertThat(error.is(ErrorCode.NO_DOMAIN)).isTrue());
    }

    @Test
    void aSecondMigrationIsRefused() {
        DomainRef guest = create(a);
        a.source().begin(protectedRequest(guest));

        refused(55, errorDomain().number(),
                "Requested operation is not valid: another migration job is already running for domain 'web1'",
                () -> a.source().begin(protectedRequest(guest)));

        a.source().confirm(protectedRequest(guest), Cookie.NONE, CANCEL);
        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();
    }

    @Test
    void aContradictionIsRefusedOnBothHosts() {
        DomainRef guest = create(a);
        MigrationRequest request = MigrationRequest.of(guest, Set.of(MigrationFlag.POSTCOPY, MigrationFlag.LIVE,
                MigrationFlag.PAUSED));
        Offer offer = a.source().begin(protectedRequest(guest));

        refused(74, errorDomain().number(),
                "argument unsupported: post-copy migration is not supported with non-live or paused migration",
                () -> b.destination().prepare(request.withDestinationXml(offer.xml()), offer));
        a.source().confirm(protectedRequest(guest), Cookie.NONE, CANCEL);
        refused(74, errorDomain().number(),
                "argument unsupported: post-copy migration is not supported with non-live or paused migration",
                () -> a.source().begin(request));

        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
        assertThat(b.state(guest)).isEmpty();
    }

    // Prepare refuses

    @Test
    void aGuestThatRunsAtTheDestinationIsNotReceived() {
        DomainRef guest = create(a);
        b.guests().create(definition("web1", uuid), Set.of(), ContractHost.CLIENT);

        MigrationOutcome outcome = migrate(a, b, MigrationRequest.of(guest, LIVE));

        assertThat(outcome.failure().orElseThrow())
                .hasMessage("Requested operation is not valid: domain 'web1' is already active");
        assertThat(outcome.failure().orElseThrow().domainNumber()).isEqualTo(ErrorDomain.DOMAIN.number());
        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
        assertThat(b.state(guest)).contains(StateReason.RUNNING_BOOTED);
    }

    @Test
    void aNameThatBelongsToAnotherGuestIsNotTaken() {
        DomainRef guest = create(a);
        UUID other = UUID.randomUUID();
        b.guests().define(definition("web1", other), Set.of());

        MigrationOutcome outcome = migrate(a, b, MigrationRequest.of(guest, LIVE));

        assertThat(outcome.failure().orElseThrow())
                .hasMessage("operation failed: domain 'web1' already exists with uuid " + other);
        assertRunsAtSourceAlone(guest);
    }

    @Test
    void aUuidThatHasAnotherNameIsNotTaken() {
        DomainRef guest = create(a);
        b.guests().define(definition("web9", uuid), Set.of());

        MigrationOutcome outcome = migrate(a, b, MigrationRequest.of(guest, LIVE));

        assertThat(outcome.failure().orElseThrow())
                .hasMessage("operation failed: domain 'web9' is already defined with uuid " + uuid);
        assertThat(b.state(guest)).contains(StateReason.SHUTOFF_UNKNOWN);
        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
    }

    @Test
    void theSameHostIsRefused() {
        DomainRef guest = create(a);

        MigrationOutcome outcome = migrate(a, a, MigrationRequest.of(guest, LIVE));

        assertThat(outcome).isInstanceOf(MigrationOutcome.RolledBack.class);
        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
        assertThat(a.guests().list(Set.of())).hasSize(1);
    }

    @Test
    void aDefinitionThatIsNoneIsRefused() {
        DomainRef guest = create(a);
        Offer offer = a.source().begin(protectedRequest(guest));

        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> b.destination().prepare(
                MigrationRequest.of(guest, LIVE).withDestinationXml("<domain><name>web1"), offer));

        a.source().confirm(protectedRequest(guest), Cookie.NONE, CANCEL);
        assertRunsAtSourceAlone(guest);
    }

    @Test
    void aUriThatNobodyUnderstandsIsRefused() {
        DomainRef guest = create(a);

        MigrationOutcome outcome = migrate(a, b, MigrationRequest.of(guest, LIVE).withUri("ftp://b"));

        assertThat(outcome.failure().orElseThrow())
                .hasMessage("argument unsupported: unsupported scheme ftp in migration URI ftp://b");
        assertRunsAtSourceAlone(guest);
    }

    @Test
    void aPortRangeThatIsUsedUpIsAnError() {
        int port = nextPort();
        ContractHost narrow = host("narrow", new MigrationSettings(
                Optional.of("127.0.0.1"), Optional.of("127.0.0.1"), port, port, false));
        DomainRef guest = create(a);
        DomainRef other = a.guests().create(definition("web2", UUID.randomUUID()), Set.of(), ContractHost.CLIENT);
        MigrationRequest first = prepareOnly(a, narrow, guest);

        MigrationOutcome outcome = migrate(a, narrow, MigrationRequest.of(other, LIVE));

        assertThat(outcome).isInstanceOf(MigrationOutcome.RolledBack.class);
        assertThat(outcome.failure().orElseThrow()).hasMessageContaining(port + "-" + port);
        cancelled(narrow, first);
        a.source().confirm(protectedRequest(guest), Cookie.NONE, CANCEL);
        assertThat(migrate(a, narrow, MigrationRequest.of(other, LIVE)).failure()).as("the port is free again")
                .isEmpty();
    }

    // It is taken back

    @Test
    void aCancelledReceiverIsGone() {
        DomainRef guest = create(a);
        MigrationRequest prepared = prepareOnly(a, b, guest);
        assertThat(b.state(guest)).contains(StateReason.PAUSED_MIGRATION);
        assertThat(b.guests().byName("web1").active()).isTrue();

        cancelled(b, prepared);

        assertThat(b.state(guest)).isEmpty();
        assertThat(b.lifecycle(guest)).containsExactly(Lifecycle.STARTED_MIGRATED, Lifecycle.STOPPED_FAILED);
        cancelled(b, prepared);
        a.source().confirm(protectedRequest(guest), Cookie.NONE, CANCEL);
        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
        migratesAgain(guest);
    }

    @Test
    void aCancelledReceiverKeepsAConfigurationThatWasThere() {
        DomainRef guest = create(a);
        b.guests().define(definition("web1", uuid), Set.of());
        MigrationRequest prepared = prepareOnly(a, b, guest);

        cancelled(b, prepared);

        assertThat(b.state(guest)).contains(StateReason.SHUTOFF_FAILED);
        assertThat(b.guests().isPersistent(guest)).isTrue();
    }

    @Test
    void afterEverythingWasSentACancelResumesTheSource() {
        DomainRef guest = create(a);
        a.forgetEvents();
        MigrationRequest sent = performOnly(guest);
        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);

        cancelled(b, sent);
        a.source().confirm(sent, Cookie.NONE, CANCEL);

        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATION_CANCELED);
        assertThat(a.lifecycle(guest)).containsExactly(Lifecycle.SUSPENDED_MIGRATED, Lifecycle.RESUMED_MIGRATED);
        a.source().confirm(sent, Cookie.NONE, CANCEL);
        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATION_CANCELED);
        assertThat(b.state(guest)).isEmpty();
        migratesAgain(guest);
    }

    @Test
    void aConfirmThatIsRepeatedDoesNothing() {
        DomainRef guest = persistent(a);
        MigrationRequest sent = performOnly(guest);
        Arrived arrived = b.destination().finish(sent, lastSent, GO);

        a.source().confirm(sent, arrived.cookie(), GO);
        a.forgetEvents();
        a.source().confirm(sent, arrived.cookie(), GO);

        assertThat(a.state(guest)).contains(StateReason.SHUTOFF_MIGRATED);
        assertThat(a.events()).isEmpty();
    }

    @Test
    void aConfirmOfNothingIsAnError() {
        DomainRef guest = create(a);

        refused(55, errorDomain().number(), "Requested operation is not valid: domain 'web1' is not being migrated",
                () -> a.source().confirm(MigrationRequest.of(guest, LIVE), Cookie.NONE, GO));

        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
    }

    @Test
    void aFinishOfNothingIsAnError() {
        DomainRef guest = b.guests().define(definition("web1", uuid), Set.of());

        refused(55, errorDomain().number(),
                "Requested operation is not valid: domain 'web1' is not processing incoming migration",
                () -> b.destination().finish(MigrationRequest.of(guest, LIVE), Sent.NOTHING, GO));
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> a.destination().finish(MigrationRequest.of(guest, LIVE), Sent.NOTHING, GO))
                .satisfies(error -> assertThat(error.is(ErrorCode.NO_DOMAIN)).isTrue());
    }

    @Test
    void aCancelThatComesTooLateSaysThatTheGuestRuns() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);

        refused(55, 20, "Requested operation is not valid: domain 'web1' is already active",
                () -> b.destination().finish(sent, Sent.NOTHING, CANCEL));

        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void aFinishAfterACancelStartsNothing() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        cancelled(b, sent);

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> b.destination().finish(sent, lastSent, GO));

        assertThat(b.state(guest)).isEmpty();
        a.source().confirm(sent, Cookie.NONE, CANCEL);
        assertRunsAtSourceAlone(guest);
    }

    // It is cancelled while it is sent

    @Test
    void theDriverOfTheMigrationCancels() throws Exception {
        DomainRef guest = create(a);
        a.forgetEvents();

        MigrationOutcome outcome = interrupted(guest, Watched::cancel);

        assertThat(outcome.failure().orElseThrow().is(ErrorCode.OPERATION_ABORTED)).isTrue();
        assertThat(outcome.failure().orElseThrow())
                .hasMessage("operation aborted: job 'migration out' canceled by client");
        assertThat(outcome.owner()).isEqualTo(MigrationOutcome.Owner.SOURCE);
        assertRunsAtSourceAlone(guest);
        assertThat(a.lifecycle(guest)).as("a guest that never stopped says nothing").isEmpty();
        migratesAgain(guest);
    }

    @Test
    void somebodyElseAbortsTheJob() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome = interrupted(guest, watched -> {
            assertThat(a.jobs().stats(guest).type()).isEqualTo(JobType.UNBOUNDED);
            assertThat(a.jobs().stats(guest).orZero(JobField.OPERATION))
                    .isEqualTo(JobOperation.MIGRATION_OUT.ordinal());
            refused(84, errorDomain().number(),
                    "Operation not supported: migration statistics are available only on the source host",
                    () -> b.jobs().stats(guest));
            a.jobs().abort(guest);
        });

        assertThat(outcome.failure().orElseThrow().codeNumber()).isEqualTo(78);
        assertThat(outcome.failure().orElseThrow().domainNumber()).isEqualTo(errorDomain().number());
        assertRunsAtSourceAlone(guest);
        refused(55, errorDomain().number(), "Requested operation is not valid: no job is active on the domain",
                () -> a.jobs().abort(guest));
        migratesAgain(guest);
    }

    @Test
    void aSuspendedGuestRunsAgainAfterACancel() throws Exception {
        DomainRef guest = create(a);

        interrupted(guest, watched -> {
            a.guests().suspend(guest);
            watched.cancel();
        });

        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATION_CANCELED);
        migratesAgain(guest);
    }

    // Somebody dies

    @Test
    void theGuestDiesAtTheSource() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome = interrupted(guest, watched -> crash(a, guest));

        assertThat(outcome).isInstanceOf(MigrationOutcome.Died.class);
        await("the guest is known to have ended", () -> a.state(guest).isEmpty());
        assertThat(b.state(guest)).isEmpty();
    }

    @Test
    void theGuestIsDestroyedAtTheSource() throws Exception {
        DomainRef guest = persistent(a);

        MigrationOutcome outcome = interrupted(guest, watched -> a.guests().destroy(guest, Set.of()));

        assertThat(outcome).isInstanceOf(MigrationOutcome.Died.class);
        assertThat(outcome.failure().orElseThrow()).hasMessage("operation failed: domain is not running");
        assertThat(outcome.failure().orElseThrow().domainNumber()).isEqualTo(20);
        assertThat(a.state(guest)).contains(StateReason.SHUTOFF_DESTROYED);
        assertThat(b.state(guest)).isEmpty();
    }

    @Test
    void theReceiverDies() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome = interrupted(guest, watched -> crash(b, guest));

        assertThat(outcome).isInstanceOf(MigrationOutcome.RolledBack.class);
        assertThat(outcome.failure().orElseThrow().is(ErrorCode.OPERATION_FAILED)).isTrue();
        await("the receiver is known to have ended", () -> b.state(guest).isEmpty());
        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        migratesAgain(guest);
    }

    @Test
    void theReceiverIsDestroyed() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome = interrupted(guest, watched -> b.guests().destroy(guest, Set.of()));

        assertThat(outcome).isInstanceOf(MigrationOutcome.RolledBack.class);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    // The one who drove is gone

    @Test
    void abandonedAfterBegin() {
        DomainRef guest = create(a);
        MigrationRequest request = protectedRequest(guest);
        a.source().begin(request);

        a.source().abandon(request);

        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
        migratesAgain(guest);
    }

    @Test
    void abandonedAfterPrepare() {
        DomainRef guest = create(a);
        MigrationRequest prepared = prepareOnly(a, b, guest);

        b.destination().abandon(prepared);
        a.source().abandon(prepared);

        assertRunsAtSourceAlone(guest);
        cancelled(b, prepared);
        migratesAgain(guest);
    }

    @Test
    void abandonedDuringPerform() throws Exception {
        DomainRef guest = create(a);

        MigrationOutcome outcome =
                interrupted(guest, watched -> a.source().abandon(MigrationRequest.of(guest, LIVE)));

        assertThat(outcome.owner()).isEqualTo(MigrationOutcome.Owner.SOURCE);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void abandonedAfterPerformTheSourceAsksAndTheGuestRunsOn() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);

        a.source().abandon(sent);

        awaitRunsOnAtSource(guest);
        assertThatThrownBy(() -> b.destination().finish(sent, lastSent, GO)).isInstanceOf(VirtException.class);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void abandonedAfterPerformItStaysPausedUntilTheDestinationCanBeAsked() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        separated = true;

        a.source().abandon(sent);

        await("the source says that it is in doubt", () -> a.guests().messages(guest).stream()
                .anyMatch(text -> text.startsWith("in doubt: ") && text.contains("no way to")));
        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);
        refusedAtOnce(() -> a.guests().resume(guest));
        refusedAtOnce(() -> a.resolution().decide(guest, CANCEL, false));
        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);

        separated = false;
        assertThat(a.resolution().askAgain(guest).answer()).isEqualTo(Standing.Answer.BARRED);
        awaitRunsOnAtSource(guest);
        migratesAgain(guest);
    }

    @Test
    void anAdministratorDecidesByForceWhenNobodyCanBeAsked() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        separated = true;
        a.source().abandon(sent);
        await("the source says that it is in doubt", () -> !a.guests().messages(guest).isEmpty());
        b.destination().abandon(sent);

        a.resolution().decide(guest, CANCEL, true);

        separated = false;
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    /** A stock client that did not hear FINISH's answer tells the source to go on, although the guest runs at the destination. */
    @Test
    void aCancelAfterASilentFinishDoesNotMakeTwoOfIt() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);

        a.source().confirm(sent, Cookie.NONE, CANCEL);

        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.state(guest)).isEmpty();
    }

    @Test
    void aCancelThatCannotBeCheckedLeavesTheGuestPaused() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);
        separated = true;

        assertThatThrownBy(() -> a.source().confirm(sent, Cookie.NONE, CANCEL)).hasMessageContaining("stays paused here");

        assertThat(a.state(guest)).contains(StateReason.PAUSED_MIGRATION);
        separated = false;
        assertThat(a.resolution().askAgain(guest).answer()).isEqualTo(Standing.Answer.ARRIVED);
        await("the original is ended", () -> a.state(guest).isEmpty());
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void theQuestionClosesTheDoor() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        MigrationResolution.Report report = b.resolution().reports(guest.uuid()).getFirst();

        Standing standing = b.resolution().ask(report.migration(), guest);

        assertThat(standing.answer()).isEqualTo(Standing.Answer.BARRED);
        assertThat(b.state(guest)).isEmpty();
        assertThatThrownBy(() -> b.destination().finish(sent, lastSent, GO)).isInstanceOf(VirtException.class);
        b.restart();
        assertThat(b.resolution().ask(report.migration(), guest).answer()).isEqualTo(Standing.Answer.BARRED);
        a.source().confirm(sent, Cookie.NONE, CANCEL);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void aMigrationThatADestinationNeverHeardOfIsBarredToo() {
        DomainRef guest = create(a);
        a.source().begin(protectedRequest(guest));
        MigrationResolution.Report report = a.resolution().reports(guest.uuid()).getFirst();

        assertThat(b.resolution().ask(report.migration(), guest).answer()).isEqualTo(Standing.Answer.BARRED);
        assertThat(report.open()).isTrue();
        assertThat(report.owner()).isEqualTo("source");
    }

    @Test
    void bothHostsRememberWhoWasHandedTheGuestUnderWhichToken() {
        DomainRef guest = create(a);
        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();
        assertThat(migrate(b, a, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();

        assertThat(a.resolution().reports(guest.uuid())).extracting(MigrationResolution.Report::token)
                .containsExactly(2L, 1L);
        assertThat(b.resolution().reports(guest.uuid())).extracting(MigrationResolution.Report::token)
                .containsExactly(2L, 1L);
        for (ContractHost host : List.of(a, b)) {
            assertThat(host.resolution().reports(guest.uuid())).allSatisfy(report -> {
                assertThat(report.open()).isFalse();
                assertThat(report.owner()).isEqualTo("destination");
            });
            assertThat(host.resolution().journal(Optional.of(guest.uuid()))).isNotEmpty();
        }
    }

    private static void refusedAtOnce(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(VirtException.class,
                e -> assertThat(e.is(ErrorCode.OPERATION_INVALID)).isTrue());
    }

    @Test
    void abandonedAfterFinishTheDestinationKeepsTheGuest() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);

        b.destination().abandon(sent);
        a.source().abandon(sent);

        await("the original is ended", () -> a.state(guest).isEmpty());
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void abandoningWhatIsOverDoesNothing() {
        DomainRef guest = create(a);
        MigrationRequest request = MigrationRequest.of(guest, LIVE);
        assertThat(migrate(a, b, request).failure()).isEmpty();

        a.source().abandon(request);
        b.destination().abandon(request);

        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.state(guest)).isEmpty();
    }

    // The daemon is gone and comes back

    @Test
    void theSourceRestartsAfterBegin() {
        DomainRef guest = create(a);
        a.source().begin(protectedRequest(guest));

        a.restart();

        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        migratesAgain(guest);
    }

    @Test
    void theDestinationRestartsAfterPrepare() {
        DomainRef guest = create(a);
        MigrationRequest prepared = prepareOnly(a, b, guest);

        b.restart();

        assertThat(b.state(guest)).isEmpty();
        a.source().confirm(prepared, Cookie.NONE, CANCEL);
        assertRunsAtSourceAlone(guest);
        migratesAgain(guest);
    }

    @Test
    void theSourceRestartsDuringPerform() throws Exception {
        DomainRef guest = create(a);

        interrupted(guest, watched -> a.restart());

        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(b.state(guest)).isEmpty();
        migratesAgain(guest);
    }

    @Test
    void theSourceRestartsAfterPerformAndAsks() {
        DomainRef guest = create(a);
        performOnly(guest);

        a.restart();

        awaitRunsOnAtSource(guest);
        migratesAgain(guest);
    }

    @Test
    void theSourceRestartsAfterFinishAndAsks() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);
        b.destination().finish(sent, lastSent, GO);

        a.restart();

        await("the original is ended", () -> a.state(guest).isEmpty());
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void theDestinationRestartsAfterPerform() {
        DomainRef guest = create(a);
        MigrationRequest sent = performOnly(guest);

        b.restart();

        assertThat(b.state(guest)).isEmpty();
        a.source().confirm(sent, Cookie.NONE, CANCEL);
        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATION_CANCELED);
        migratesAgain(guest);
    }

    @Test
    void theDestinationRestartsAfterFinish() {
        DomainRef guest = create(a);
        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();

        b.restart();

        assertThat(b.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(migrate(b, a, MigrationRequest.of(guest, LIVE)).failure()).isEmpty();
    }

    // What may be done meanwhile

    @Test
    void limitsAreRememberedAndRead() {
        DomainRef guest = create(a);

        assertThat(a.jobs().maxDowntimeMillis(guest)).isEqualTo(300);
        assertThat(a.jobs().maxSpeedMiB(guest, false)).isEqualTo(8796093022207L);
        a.jobs().maxDowntimeMillis(guest, 77);
        a.jobs().maxSpeedMiB(guest, 12, false);
        a.jobs().compressionCacheBytes(guest, 1 << 20);

        assertThat(a.jobs().maxDowntimeMillis(guest)).isEqualTo(77);
        assertThat(a.jobs().maxSpeedMiB(guest, false)).isEqualTo(12);
        assertThat(a.jobs().compressionCacheBytes(guest)).isEqualTo(1 << 20);
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> a.jobs().maxSpeedMiB(guest, 8796093022208L, false))
                .satisfies(error -> assertThat(error.is(ErrorCode.OVERFLOW)).isTrue());
    }

    // Helpers

    private Sent lastSent;

    private DomainRef create(ContractHost host) {
        return host.guests().create(definition("web1", uuid), Set.of(), ContractHost.CLIENT);
    }

    private DomainRef persistent(ContractHost host) {
        return host.guests().start(host.guests().define(definition("web1", uuid), Set.of()), Set.of(),
                ContractHost.CLIENT);
    }

    private static MigrationOutcome migrate(ContractHost from, ContractHost to, MigrationRequest request) {
        return MigrationProtocol.run(from.source(), to.destination(), request, PerformControl.NONE);
    }

    private static MigrationRequest protectedRequest(DomainRef guest) {
        return MigrationRequest.of(guest, Set.of(MigrationFlag.LIVE, MigrationFlag.CHANGE_PROTECTION));
    }

    /** BEGIN and PREPARE, as the protocol does them; the request as it is then. */
    private static MigrationRequest prepareOnly(ContractHost from, ContractHost to, DomainRef guest) {
        MigrationRequest request = protectedRequest(guest);
        Offer offer = from.source().begin(request);
        MigrationRequest prepared = MigrationRequest.of(guest, LIVE).withDestinationXml(offer.xml());
        Receiver receiver = to.destination().prepare(prepared, offer);
        return prepared.withUri(receiver.uri().orElseThrow()).withDestinationName(guest.name());
    }

    /** BEGIN, PREPARE and PERFORM from a to b. */
    private MigrationRequest performOnly(DomainRef guest) {
        MigrationRequest request = protectedRequest(guest);
        Offer offer = a.source().begin(request);
        MigrationRequest prepared = request.withDestinationXml(offer.xml());
        Receiver receiver = b.destination().prepare(prepared.withFlags(LIVE), offer);
        MigrationRequest sending = prepared.withUri(receiver.uri().orElseThrow()).withDestinationName(guest.name());
        lastSent = a.source().perform(sending, receiver, PerformControl.NONE);
        return sending;
    }

    /** Migrates slowly from a to b, does something in the middle of it, and waits for the end. */
    private MigrationOutcome interrupted(DomainRef guest, Consumer<Watched> accident) throws Exception {
        Watched watched = new Watched();
        MigrationRequest plain = MigrationRequest.of(guest, LIVE);
        MigrationRequest slow = plain.withBandwidthMiB(1);
        CompletableFuture<MigrationOutcome> moving =
                apart(() -> MigrationProtocol.run(a.source(), b.destination(), slow, watched));
        watched.awaitProgress();
        accident.accept(watched);
        return get(moving);
    }

    private void cancelled(ContractHost host, MigrationRequest request) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> host.destination().finish(request, Sent.NOTHING, Verdict.CANCEL))
                .withMessage("migration successfully aborted")
                .satisfies(error -> assertThat(error.codeNumber()).isEqualTo(93));
    }

    /** Waits for what the source does alone: the guest runs on there, and its job is over. */
    private void awaitRunsOnAtSource(DomainRef guest) {
        await("the guest runs on at the source",
                () -> a.state(guest).equals(Optional.of(StateReason.RUNNING_MIGRATION_CANCELED))
                        && a.jobs().stats(guest).type() == JobType.NONE
                        && a.resolution().reports(guest.uuid()).stream().noneMatch(MigrationResolution.Report::open));
        assertRunsAtSourceAlone(guest);
    }

    private void assertRunsAtSourceAlone(DomainRef guest) {
        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(b.guests().list(Set.of()).stream().filter(one -> b.guests().isActive(one))).isEmpty();
    }

    /** Whatever happened: it can be done again. */
    private void migratesAgain(DomainRef guest) {
        assertThat(migrate(a, b, MigrationRequest.of(guest, LIVE)).failure()).as("the same guest again").isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.state(guest).filter(state -> state.state() != DomainState.SHUTOFF)).isEmpty();
    }

    private static void refused(int code, int domain, String message, Runnable call) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(call::run)
                .withMessage(message)
                .satisfies(error -> {
                    assertThat(error.codeNumber()).isEqualTo(code);
                    assertThat(error.domainNumber()).isEqualTo(domain);
                });
    }

    private static <T> CompletableFuture<T> apart(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().name("driver of a migration").start(() -> {
            try {
                result.complete(work.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static <T> T get(CompletableFuture<T> result) throws InterruptedException, ExecutionException {
        try {
            return result.get(90, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("The migration does not end", e);
        }
    }

    /** Sees that there are figures, and can cancel. */
    private static final class Watched implements PerformControl {
        private final CountDownLatch seen = new CountDownLatch(1);
        private volatile boolean cancelled;

        @Override
        public void progress(JobStats stats) {
            seen.countDown();
        }

        @Override
        public boolean cancelled() {
            return cancelled;
        }

        void awaitProgress() throws InterruptedException {
            assertThat(seen.await(60, TimeUnit.SECONDS)).as("there were figures").isTrue();
        }

        void cancel() {
            cancelled = true;
        }
    }
}
