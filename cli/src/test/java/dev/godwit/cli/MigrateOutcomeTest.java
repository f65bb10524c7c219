package dev.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.PaperHost.Refusal;
import dev.godwit.cli.PaperHost.Run;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.ResolutionProcedures;
import dev.godwit.wire.xdr.Opaque;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The last line of {@code migrate}: whose the guest is, however it ended. */
@Timeout(60)
class MigrateOutcomeTest {

    private static final NonnullDomain WEB = new NonnullDomain("web1", new UUID(1, 1), 3);
    private static final Opaque COOKIE = Opaque.ofTextWithNul("<qemu-migration/>");

    private final PaperHost a = new PaperHost();
    private final PaperHost b = new PaperHost();

    @BeforeEach
    void allGoesWell() {
        a.at("qemu+tcp://b/system", b);
        a.on(DomainProcedures.LOOKUP_BY_NAME, _ -> new DomainRet(WEB));
        a.on(DomainQueryProcedures.GET_STATE, _ -> new DomainQueryProcedures.GetStateRet(1, 1));
        a.on(MigrationProcedures.BEGIN, _ -> new MigrationProcedures.BeginRet(COOKIE, "<domain/>"));
        b.on(MigrationProcedures.PREPARE, _ -> new MigrationProcedures.PrepareRet(COOKIE, Optional.of("tcp:b:49152")));
        a.on(MigrationProcedures.PERFORM, _ -> new MigrationProcedures.PerformRet(COOKIE));
        b.on(MigrationProcedures.FINISH, args -> {
            if (args.cancelled() != 0) {
                throw new Refusal(93, 10, "migration successfully aborted");
            }
            return new MigrationProcedures.FinishRet(WEB, COOKIE);
        });
        a.on(MigrationProcedures.CONFIRM, _ -> new Nothing());
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private Run migrate(String... words) {
        return a.run("-q", "-c", "qemu+tcp://a/system", "migrate", "web1", "qemu+tcp://b/system", "--live",
                "--output", words.length == 0 ? "text" : words[0]);
    }

    private void sourceIsOurs() {
        a.on(ResolutionProcedures.REPORTS, _ -> new ResolutionProcedures.ReportsRet(List.of()));
    }

    private void prepareFails() {
        b.on(MigrationProcedures.PREPARE, _ -> {
            throw new Refusal(1, 10, "internal error: no memory");
        });
    }

    private void confirmFails() {
        a.on(MigrationProcedures.CONFIRM, _ -> {
            throw new Refusal(38, 10, "the disk is full");
        });
    }

    @Test
    void oneThatDidNotMoveIsWhereItWasAndWhoFailedIsNamed() {
        prepareFails();
        assertThat(migrate().err()).isEqualTo("""
                error: internal error: no memory
                error: Domain 'web1' did not move and stays at a: prepare failed at b
                """);
    }

    @Test
    void bothCausesAreToldTheFirstOneFirst() {
        prepareFails();
        confirmFails();
        assertThat(migrate().err()).isEqualTo("""
                error: internal error: no memory
                error: Message from the destination host b: internal error: no memory
                error: Message from the source host a: the disk is full
                error: Domain 'web1' is paused at a: prepare failed at b, and a has not let it run again
                """);
        String json = migrate("json").out();
        assertThat(json).containsSubsequence("\"host\": \"destination\"", "\"name\": \"b\"", "\"host\": \"source\"",
                "\"name\": \"a\"", "\"message\": \"the disk is full\"");
    }

    @Test
    void oneWhoseOriginalIsLeftIsAtTheDestination() {
        confirmFails();
        Run run = migrate();
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEqualTo("""
                warning: source a: the disk is full
                warning: Domain 'web1' moved to b, but a may still have a paused copy. Once it runs at b, destroy it at a
                """);
        sourceIsOurs();
        assertThat(migrate().err()).endsWith("warning: Domain 'web1' moved to b, but a may still have a paused copy, which it ends"
                + " by itself as soon as it can\n");
    }

    @Test
    void oneThatIsInDoubtIsNobodysYet() {
        b.on(MigrationProcedures.FINISH, _ -> {
            throw new UncheckedIOException(new IOException("silence"));
        });
        Run stock = migrate();
        assertThat(stock.status()).isEqualTo(1);
        assertThat(stock.err()).contains("error: operation failed: the destination did not say whether the guest runs there")
                .endsWith("error: Domain 'web1' is paused at a, and b does not say whether it runs there. Look there before anything"
                        + " is started: if it runs at b, destroy it at a; if it is not there, resume it at a\n");
        sourceIsOurs();
        assertThat(migrate().err()).endsWith("error: Domain 'web1' is paused at a, and b does not say whether it runs there; a asks"
                + " until that is settled, and 'godwit migrate-resolve web1' shows what is known. Start and destroy it nowhere"
                + " before\n");
    }
}
