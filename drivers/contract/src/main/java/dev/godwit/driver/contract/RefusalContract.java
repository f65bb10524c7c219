package dev.godwit.driver.contract;

import static dev.godwit.driver.Verdict.CANCEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.Offer;
import dev.godwit.migration.MigrationOutcome;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What must not be moved, or not be received, is refused, and nothing is left of it. */
abstract class RefusalContract extends ArrivalContract {

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
}
