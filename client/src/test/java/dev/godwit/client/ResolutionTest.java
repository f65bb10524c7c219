package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.wire.remote.DomainArgs;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.ResolutionProcedures;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ResolutionTest {

    private static final MigrationId MIGRATION =
            new MigrationId(UUID.fromString("0f0e0d0c-0b0a-4908-8706-050403020100"));
    private static final UUID HOST = UUID.fromString("61616161-1111-4111-8111-616161616161");
    private static final DomainRef GUEST =
            new DomainRef("web1", UUID.fromString("60601d00-0001-4001-8001-6060606060aa"), -1);

    private final ScriptedHost host = new ScriptedHost();

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void asksTheHostThatIsMeant() {
        List<ResolutionProcedures.AskArgs> asked = new ArrayList<>();
        host.on(ResolutionProcedures.ASK, args -> {
            asked.add(args);
            return new ResolutionProcedures.StandingRet(ResolutionProcedures.Answer.BARRED, 0, "it never came");
        });
        try (Connection connection = host.connect()) {
            assertThat(connection.resolution().ask(MIGRATION, GUEST, Optional.of(HOST)))
                    .contains(new Standing(Standing.Answer.BARRED, 0, "it never came"));
        }
        assertThat(asked).containsExactly(new ResolutionProcedures.AskArgs(
                MIGRATION.uuid(), new NonnullDomain("web1", GUEST.uuid(), -1), Optional.of(HOST)));
    }

    @Test
    void aHostWithoutTheProgramHasNoAnswer() {
        try (Connection connection = host.connect()) {
            assertThat(connection.resolution().ask(MIGRATION, GUEST, Optional.empty())).isEmpty();
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> connection.resolution().reports(GUEST.uuid()))
                    .matches(e -> e.is(ErrorCode.NO_SUPPORT)).matches(Resolution::isUnknownTo);
        }
    }

    @Test
    void aHypervisorWithoutItIsSomethingElse() {
        host.on(ResolutionProcedures.ASK, args -> {
            throw new ScriptedHost.Refusal(3, 10, "this function is not supported by the connection driver: x");
        });
        try (Connection connection = host.connect()) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> connection.resolution().ask(MIGRATION, GUEST, Optional.empty()))
                    .matches(e -> e.is(ErrorCode.NO_SUPPORT)).matches(e -> !Resolution.isUnknownTo(e));
        }
    }

    @Test
    void readsReports() {
        host.on(ResolutionProcedures.REPORTS, args -> {
            assertThat(args.guest()).isEqualTo(GUEST.uuid());
            return new ResolutionProcedures.ReportsRet(List.of(new ResolutionProcedures.Report(MIGRATION.uuid(),
                    GUEST.uuid(), "web1", true, "kvm7", 7, "PERFORM", true, "unknown", "kvm7 does not answer",
                    "paused (migrating)")));
        });
        try (Connection connection = host.connect()) {
            assertThat(connection.resolution().reports(GUEST.uuid())).containsExactly(new MigrationResolution.Report(
                    MIGRATION, GUEST.uuid(), "web1", true, "kvm7", 7, "PERFORM", true, "unknown", "kvm7 does not answer",
                    "paused (migrating)"));
        }
    }

    @Test
    void passesOnWhatAnAdministratorDecides() {
        List<Object> said = new ArrayList<>();
        host.on(ResolutionProcedures.DECIDE, args -> {
            said.add(args);
            return new Nothing();
        });
        host.on(ResolutionProcedures.ASK_AGAIN, args -> {
            said.add(args);
            return new ResolutionProcedures.StandingRet(ResolutionProcedures.Answer.ARRIVED, 7, "it runs");
        });
        try (Connection connection = host.connect()) {
            connection.resolution().decide(GUEST, Verdict.GO, false);
            connection.resolution().decide(GUEST, Verdict.CANCEL, true);
            assertThat(connection.resolution().askAgain(GUEST))
                    .isEqualTo(new Standing(Standing.Answer.ARRIVED, 7, "it runs"));
        }
        NonnullDomain dom = new NonnullDomain("web1", GUEST.uuid(), -1);
        assertThat(said).containsExactly(
                new ResolutionProcedures.DecideArgs(dom, ResolutionProcedures.Decision.DESTINATION, false),
                new ResolutionProcedures.DecideArgs(dom, ResolutionProcedures.Decision.SOURCE, true),
                new DomainArgs(dom));
    }

    @Test
    void putsTheJournalTogether() {
        host.on(ResolutionProcedures.JOURNAL, args -> switch (args.from().size()) {
            case 0 -> part("x", entry(1), entry(2));
            case 1 -> part("yy");
            default -> part("", entry(3));
        });
        try (Connection connection = host.connect()) {
            assertThat(connection.resolution().journal(Optional.empty())).containsExactly(entry(1), entry(2), entry(3));
        }
    }

    @Test
    void aJournalWithoutAnEndIsRefused() {
        host.on(ResolutionProcedures.JOURNAL, args -> part("x", entry(1)));
        try (Connection connection = host.connect()) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> connection.resolution().journal(Optional.of(GUEST.uuid())))
                    .withMessage("internal error: the journal of scripted has no end");
        }
    }

    @Test
    void anEntryOfALaterReleaseIsNotGuessedAt() {
        host.on(ResolutionProcedures.JOURNAL, args -> new ResolutionProcedures.JournalRet(
                List.of(Opaque.of(new byte[] {0, 0, 0, 99})), Opaque.empty()));
        try (Connection connection = host.connect()) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> connection.resolution().journal(Optional.empty()))
                    .withMessageStartingWith("the journal of scripted has an entry that this release does not understand: ")
                    .matches(e -> e.is(ErrorCode.RPC));
        }
    }

    private static MigrationEntry entry(long token) {
        return new MigrationEntry.HandedOver(MIGRATION.uuid(), token, 1_795_000_000_000L);
    }

    private static ResolutionProcedures.JournalRet part(String next, MigrationEntry... entries) {
        return new ResolutionProcedures.JournalRet(Arrays.stream(entries)
                .map(entry -> Opaque.copyOf(XdrCodec.of(MigrationEntry.class).encode(entry))).toList(), Opaque.ofText(next));
    }
}
