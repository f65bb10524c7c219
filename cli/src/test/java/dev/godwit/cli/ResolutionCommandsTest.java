package dev.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.PaperHost.Refusal;
import dev.godwit.cli.PaperHost.Run;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.OwnerCode;
import dev.godwit.migration.PhaseCode;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.ResolutionProcedures;
import dev.godwit.wire.remote.ResolutionProcedures.Answer;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code migrate-resolve} and {@code audit}, between hosts on paper. */
@Timeout(60)
class ResolutionCommandsTest {

    private static final UUID GUEST = UUID.fromString("60601d00-0001-4001-8001-6060606060aa");
    private static final UUID MIGRATION = UUID.fromString("0f0e0d0c-0b0a-4908-8706-050403020100");
    private static final NonnullDomain WEB = new NonnullDomain("web1", GUEST, 3);
    private static final String A = "qemu+tcp://a/system";
    private static final String B = "qemu+tcp://b/system";

    private final PaperHost a = new PaperHost();
    private final PaperHost b = new PaperHost();
    private final List<Object> said = Collections.synchronizedList(new ArrayList<>());
    private volatile String owner = "unknown";

    @BeforeEach
    void twoHosts() {
        a.at(B, b);
        host(a, "61616161-1111-4111-8111-616161616161", true);
        host(b, "61616161-1111-4111-8111-616161616162", false);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private static void host(PaperHost host, String uuid, boolean hasGuest) {
        host.on(ConnectProcedures.GET_CAPABILITIES, _ -> new ConnectProcedures.GetCapabilitiesRet(
                "<capabilities><host><uuid>" + uuid + "</uuid></host></capabilities>"));
        host.on(DomainProcedures.LOOKUP_BY_NAME, args -> {
            if (hasGuest && args.name().equals("web1")) {
                return new DomainRet(WEB);
            }
            throw new Refusal(42, 10, "Domain not found: no domain with matching name '" + args.name() + "'");
        });
        host.on(DomainProcedures.LOOKUP_BY_UUID, _ -> {
            if (hasGuest) {
                return new DomainRet(WEB);
            }
            throw new Refusal(42, 10, "Domain not found: no domain with matching uuid");
        });
        host.on(DomainQueryProcedures.GET_STATE, _ -> new DomainQueryProcedures.GetStateRet(3, 2));
    }

    private ResolutionProcedures.Report report(boolean source) {
        boolean open = owner.equals("unknown") || owner.equals("goes on");
        return new ResolutionProcedures.Report(MIGRATION, GUEST, "web1", source, source ? B : A, 3, "PERFORM", open,
                owner.equals("goes on") ? "source" : owner, open ? "nobody said what became of it" : "it was settled",
                source ? "paused (migrating)" : "");
    }

    /** The source knows of a migration; asked again, it says this and settles it accordingly. */
    private void source(Answer answer, String evidence) {
        a.on(ResolutionProcedures.REPORTS, _ -> new ResolutionProcedures.ReportsRet(List.of(report(true))));
        a.on(ResolutionProcedures.ASK_AGAIN, _ -> {
            said.add("ask again");
            if (owner.equals("goes on")) {
                throw new Refusal(55, 10, "Requested operation is not valid: no migration of domain 'web1' is in doubt");
            }
            owner = answer == Answer.ARRIVED ? "destination" : answer == Answer.BARRED ? "source" : owner;
            return new ResolutionProcedures.StandingRet(answer, 3, evidence);
        });
        a.on(ResolutionProcedures.DECIDE, args -> {
            said.add(args.decision() + (args.force() ? " by force" : ""));
            owner = args.decision() == ResolutionProcedures.Decision.SOURCE ? "source" : "destination";
            return new Nothing();
        });
    }

    private void destination(boolean knows, Answer answer, String evidence) {
        b.on(ResolutionProcedures.REPORTS, _ -> new ResolutionProcedures.ReportsRet(knows ? List.of(report(false)) : List.of()));
        b.on(ResolutionProcedures.ASK, args -> {
            said.add("asked from here about " + args.migration());
            return new ResolutionProcedures.StandingRet(answer, 3, evidence);
        });
    }

    private Run resolve(String... words) {
        List<String> all = new ArrayList<>(List.of("-q", "-c", A, "migrate-resolve", "web1"));
        all.addAll(List.of(words));
        return a.run(all.toArray(String[]::new));
    }

    // migrate-resolve

    @Test
    void showsWhatTheSourceKnowsAndAsks() {
        source(Answer.UNCLEAR, "b does not answer");
        assertThat(resolve()).isEqualTo(new Run(0, """
                Host:         a
                Guest:        web1, paused (migrating)
                Migration:    0f0e0d0c-0b0a-4908-8706-050403020100, token 3, as source
                Other host:   qemu+tcp://b/system
                Last phase:   PERFORM, open
                Owner:        unknown
                Because:      nobody said what became of it

                Asked by a: no clear answer (b does not answer)
                Guest 'web1' is in doubt: it is kept paused on a until b says whether it runs there, which is\
                 asked again and again; start and destroy it nowhere before
                """, ""));
        assertThat(said).containsExactly("ask again");
    }

    @Test
    void aClearAnswerSettlesIt() {
        source(Answer.ARRIVED, "it runs there");
        assertThat(resolve().out()).endsWith("""
                Asked by a: it was handed over (it runs there)
                Guest 'web1' belongs to b
                """);
        assertThat(said).containsExactly("ask again");
    }

    @Test
    void whatIsNotInDoubtIsNotAskedAbout() {
        owner = "goes on";
        source(Answer.UNCLEAR, "");
        destination(true, Answer.BARRED, "");
        assertThat(resolve("--peer", B).out()).endsWith("""
                The destination was not asked: Requested operation is not valid: no migration of domain 'web1' is in doubt
                Guest 'web1' belongs to a, and its migration to b is not over
                """);
        assertThat(resolve("--peer", B, "--to", "source")).matches(run -> run.status() == 1)
                .extracting(Run::err).isEqualTo(
                        "error: Requested operation is not valid: no migration of domain 'web1' is in doubt\n");
        assertThat(said).as("the door of a migration that goes on is not closed").containsOnly("ask again");
    }

    @Test
    void whereTheSourceCannotAskThisProgramDoes() {
        source(Answer.UNCLEAR, "b does not answer");
        destination(true, Answer.BARRED, "it never came");
        Run run = resolve("--peer", B);
        assertThat(run.out()).contains("Host:         b\nGuest:        web1, not there\n", "as destination")
                .contains("Asked by this program: it never runs there by this migration (it never came)\n")
                .endsWith("start and destroy it nowhere before\n");
        assertThat(said).containsExactly("ask again", "asked from here about " + MIGRATION);
        said.clear();
        assertThat(resolve("--peer", B, "--to", "source")).matches(done -> done.status() == 0).extracting(Run::out).asString()
                .endsWith("Decided: the guest belongs to the source\nGuest 'web1' belongs to a and did not move\n");
        assertThat(said).containsExactly("ask again", "asked from here about " + MIGRATION, "SOURCE by force");
    }

    @Test
    void anAdministratorDoesNotDecideAgainstTheEvidence() {
        source(Answer.UNCLEAR, "b does not answer");
        destination(true, Answer.BARRED, "it never came");
        Run run = resolve("--peer", B, "--to", "destination");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("""
                error: the destination says otherwise of guest 'web1': it never came
                error: --force decides all the same, and a second copy may run then
                """);
        assertThat(said).doesNotContain("DESTINATION", "DESTINATION by force");

        assertThat(resolve("--to", "source").err()).isEqualTo("""
                error: nothing proves whose guest 'web1' is: b does not answer
                error: --force decides all the same, and a second copy may run then
                """);
        assertThat(said).doesNotContain("SOURCE", "SOURCE by force");
    }

    @Test
    void unlessHeMeansIt() {
        source(Answer.UNCLEAR, "b does not answer");
        Run run = resolve("--to", "source", "--force");
        assertThat(run.status()).isZero();
        assertThat(run.out()).endsWith("""
                Decided by force: the guest belongs to the source
                Guest 'web1' belongs to a and did not move
                """);
        assertThat(said).containsExactly("SOURCE by force");
    }

    @Test
    void whatTheSourceWasToldIsCarriedOutWhateverHeWanted() {
        source(Answer.ARRIVED, "it runs there");
        assertThat(resolve("--to", "source").err()).isEqualTo("""
                error: the destination says otherwise of guest 'web1': it runs there
                error: what it says was carried out
                """);
        owner = "unknown";
        assertThat(resolve("--to", "destination")).matches(run -> run.status() == 0).extracting(Run::out).asString()
                .endsWith("Decided: the guest belongs to the destination\nGuest 'web1' belongs to b\n");
        assertThat(resolve("--to", "destination")).matches(run -> run.status() == 0).extracting(Run::out).asString()
                .endsWith("It is settled so already\nGuest 'web1' belongs to b\n");
        assertThat(resolve("--to", "source")).matches(run -> run.status() == 1).extracting(Run::err).asString()
                .isEqualTo("error: nothing is to be decided about guest 'web1' on a: decisions are taken on the source of a"
                        + " migration that is in doubt\n");
    }

    @Test
    void aHostThatHasNeverHeardOfItIsNotAskedToCloseTheDoor() {
        source(Answer.UNCLEAR, "b does not answer");
        destination(false, Answer.BARRED, "never heard of it");
        assertThat(resolve("--peer", B).out()).contains("Migration:    none that this host knows of\n").contains(
                "Asked by this program: no clear answer (b has never heard of this migration; it may not be the destination)\n");
        assertThat(said).containsExactly("ask again");
    }

    @Test
    void aStockDestinationIsAskedByLooking() {
        source(Answer.UNCLEAR, "b does not answer");
        b.on(MigrationProcedures.FINISH, _ -> {
            throw new AssertionError("it is not there and need not be cancelled");
        });
        assertThat(resolve("--peer", B).out()).contains("Migration:    a stock daemon keeps no record of migrations\n").contains(
                "Asked by this program: it never runs there by this migration (libvirtd on b says: there is no web1 there, and no"
                        + " receiver waits for it)\n");
    }

    @Test
    void aStockSourceKnowsNothing() {
        Run run = resolve();
        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo("""
                Host:         a
                Guest:        web1, paused (migrating)
                Migration:    a stock daemon keeps no record of migrations

                Guest 'web1' is on a host that keeps no record of migrations: look at it on both hosts, and start it nowhere before
                """);
        assertThat(resolve("--to", "source").err()).startsWith("error: nothing is to be decided about guest 'web1' on a");
    }

    @Test
    void aGuestThatHasLeftIsRemembered() {
        owner = "destination";
        b.on(ResolutionProcedures.JOURNAL, _ -> journal(opened(false, 3)));
        b.on(ResolutionProcedures.REPORTS, _ -> new ResolutionProcedures.ReportsRet(List.of(report(false))));
        Run run = a.run("-q", "-c", B, "migrate-resolve", "web1");
        assertThat(run.out()).startsWith("Host:         b\nGuest:        web1, not there\n")
                .endsWith("Guest 'web1' belongs to b\n");
        assertThat(a.run("-q", "-c", B, "migrate-resolve", "db")).isEqualTo(new Run(1, "", "error: failed to get domain 'db'\n"));
    }

    @Test
    void scriptsGetAllOfIt() {
        source(Answer.UNCLEAR, "b does not answer");
        destination(true, Answer.BARRED, "it never came");
        Run run = resolve("--peer", B, "--output", "json");
        assertThat(run.out()).startsWith("{\n").contains("\"owner\": \"unknown\"", "\"settled\": false",
                "\"by\": \"this program\"", "\"answer\": \"barred\"", "\"evidence\": \"it never came\"", "\"decided\": null",
                "\"side\": \"source\"", "\"side\": \"destination\"", "\"migration\": \"" + MIGRATION + "\"");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void wordsThatMeanNothingAreRefused() {
        source(Answer.UNCLEAR, "");
        assertThat(resolve("--to", "here").err()).isEqualTo("error: --to here is neither 'source' nor 'destination'\n");
        assertThat(resolve("--force").err()).isEqualTo("error: Option --to is required by option --force\n");
        assertThat(said).isEmpty();
        assertThat(a.run("help", "migrate-resolve").out()).contains("[--peer <string>]", "[--to <string>]", "[--force]");
        assertThat(a.run("--complete", "migrate-resolve", "web1", "--to", "").out()).isEqualTo("source\ndestination\n");
    }

    // audit

    private static MigrationEntry opened(boolean source, long token) {
        return new MigrationEntry.Opened(MIGRATION, source, GUEST, "web1", token, List.of(), source ? B : A, 1, 1_795_000_000_000L);
    }

    private static ResolutionProcedures.JournalRet journal(MigrationEntry... entries) {
        return new ResolutionProcedures.JournalRet(Arrays.stream(entries)
                .map(entry -> Opaque.copyOf(XdrCodec.of(MigrationEntry.class).encode(entry))).toList(), Opaque.empty());
    }

    private static MigrationEntry sent() {
        return new MigrationEntry.Done(MIGRATION, PhaseCode.PERFORM, false, 1_795_000_001_000L);
    }

    private static MigrationEntry confirms(boolean cancel) {
        return new MigrationEntry.Entered(MIGRATION, PhaseCode.CONFIRM, cancel, 1_795_000_003_000L);
    }

    private static MigrationEntry over() {
        return new MigrationEntry.HandedOver(MIGRATION, 3, 1_795_000_002_000L);
    }

    private void journals(List<MigrationEntry> ofA, List<MigrationEntry> ofB) {
        a.on(ResolutionProcedures.JOURNAL, _ -> journal(ofA.toArray(MigrationEntry[]::new)));
        b.on(ResolutionProcedures.JOURNAL, _ -> journal(ofB.toArray(MigrationEntry[]::new)));
    }

    private Run audit(String... words) {
        List<String> all = new ArrayList<>(List.of("-q", "-c", A, "audit", "web1", "--with", B));
        all.addAll(List.of(words));
        return a.run(all.toArray(String[]::new));
    }

    @Test
    void twoJournalsThatGoTogetherAreAProof() {
        journals(List.of(opened(true, 3), sent(), confirms(false)), List.of(opened(false, 3), over()));
        assertThat(audit()).isEqualTo(new Run(0, """
                Guest web1 (60601d00-0001-4001-8001-6060606060aa) in the journals of a (3 entries), b (2 entries)

                 clear          a to b, token 3: it was sent to its end and handed over to b, and its original at a is ended

                Proved: no two copies of guest 'web1' ran; it belongs to b
                """, ""));
        assertThat(audit("--evidence").out()).contains("""
                                migration 0f0e0d0c-0b0a-4908-8706-050403020100
                                a at 2026-11-18T11:06:41.000Z: has done PERFORM
                                b at 2026-11-18T11:06:42.000Z: handed over with token 3: the guest is this host's
                """);
    }

    @Test
    void twoThatDoNotAreShown() {
        journals(List.of(opened(true, 3), sent(), confirms(true)), List.of(opened(false, 3), over()));
        Run run = audit();
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("""
                 CONTRADICTION  a to b, token 3: it was handed over to b, and a took it back: two copies ran
                                migration 0f0e0d0c-0b0a-4908-8706-050403020100
                                a at 2026-11-18T11:06:41.000Z: has done PERFORM
                                a at 2026-11-18T11:06:43.000Z: enters CONFIRM, which cancels
                                b at 2026-11-18T11:06:42.000Z: handed over with token 3: the guest is this host's
                """);
        assertThat(run.err()).isEqualTo("error: Disproved: the journals contradict each other about guest 'web1'\n");
    }

    @Test
    void whatGoesOnIsNotSettled() {
        journals(List.of(opened(true, 3), sent()), List.of(opened(false, 3), over()));
        Run run = audit();
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).contains(" not settled    a to b, token 3: it was handed over to b, and a has not ended");
        assertThat(run.err()).startsWith("error: Not settled yet: a migration of guest 'web1' goes on or is in doubt");
    }

    @Test
    void aJournalThatIsMissingProvesNothing() {
        a.on(ResolutionProcedures.JOURNAL, _ -> journal(opened(true, 3), sent(), confirms(false)));
        Run run = audit();
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).contains("a (3 entries), b (missing)",
                " not known      the journal of b is missing: its daemon keeps none, as a stock one\n");
        assertThat(run.err()).startsWith("error: Cannot say: nothing contradicts, and something is missing");
        assertThat(a.run("-q", "-c", A, "audit", "web1").status()).as("alone it proves nothing").isEqualTo(2);
    }

    @Test
    void oneHostIsNotReadTwice() {
        journals(List.of(opened(true, 3)), List.of());
        a.at("qemu+tcp://also-a/system", a);
        Run run = a.run("-q", "-c", A, "audit", "web1", "qemu+tcp://also-a/system");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("error: qemu+tcp://a/system and qemu+tcp://also-a/system lead to the same host\n");
    }

    @Test
    void journalsThatChangeAreReadUntilTheyDoNot() {
        List<MigrationEntry> ofA = Collections.synchronizedList(new ArrayList<>(List.of(opened(true, 3), sent())));
        b.on(ResolutionProcedures.JOURNAL, _ -> journal(opened(false, 3), over()));
        a.on(ResolutionProcedures.JOURNAL, _ -> {
            ResolutionProcedures.JournalRet now = journal(ofA.toArray(MigrationEntry[]::new));
            if (ofA.size() == 2) {
                ofA.add(confirms(false));
            }
            return now;
        });
        assertThat(audit().status()).isZero();

        long[] time = {1};
        a.on(ResolutionProcedures.JOURNAL, _ -> journal(opened(true, 3), sent(), confirms(false),
                new MigrationEntry.Closed(MIGRATION, OwnerCode.DESTINATION, "", time[0]++)));
        Run restless = audit();
        assertThat(restless.status()).isEqualTo(2);
        assertThat(restless.out()).contains(" not settled    the journals went on changing while they were read\n");
    }

    @Test
    void scriptsGetTheFindings() {
        journals(List.of(opened(true, 3), sent(), confirms(false)), List.of(opened(false, 3), over()));
        Run run = audit("--output", "json");
        assertThat(run.out()).startsWith("{\n").contains("\"conclusion\": \"proved\"", "\"owner\": \"b\"", "\"kind\": \"clear\"",
                "\"entry\": \"has done PERFORM\"", "\"entries\": 3");
        journals(List.of(opened(true, 3), sent(), confirms(true)), List.of(opened(false, 3), over()));
        assertThat(audit("--output", "json")).matches(bad -> bad.status() == 1 && bad.err().isEmpty());
    }

    @Test
    void aGuestThatNobodyKnowsIsNotProved() {
        journals(List.of(), List.of());
        assertThat(a.run("-q", "-c", A, "audit", "db", B)).isEqualTo(new Run(2, "", "error: failed to get domain 'db'\n"));
        assertThat(audit().out()).contains(" not known      none of the journals of a, b mentions the guest\n");
    }
}
