package dev.godwit.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.godwit.migration.MigrationAudit.Conclusion;
import dev.godwit.migration.MigrationAudit.Finding;
import dev.godwit.migration.MigrationAudit.HostJournal;
import dev.godwit.migration.MigrationAudit.Kind;
import dev.godwit.migration.MigrationAudit.Result;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.Failed;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Journals made by hand, most of them wrong in one place. */
class MigrationAuditTest {

    private static final UUID GUEST = UUID.fromString("60601d00-0001-4001-8001-6060606060aa");
    private static final UUID OTHER = UUID.fromString("60601d00-0001-4001-8001-6060606060bb");
    private static final UUID M1 = new UUID(1, 1);
    private static final UUID M2 = new UUID(1, 2);

    /** A host that writes. */
    private static final class Pen {

        private final String host;
        private final List<MigrationEntry> entries = new ArrayList<>();
        private long now;

        Pen(String host) {
            this.host = host;
        }

        Pen write(MigrationEntry entry) {
            entries.add(entry);
            return this;
        }

        Pen opens(UUID migration, boolean source, long token, String peer) {
            return write(new Opened(migration, source, GUEST, "web1", token, List.of(), peer, 1, now++));
        }

        /** A source, until all has been sent. */
        Pen sends(UUID migration, long token) {
            return opens(migration, true, token, "elsewhere")
                    .write(new Entered(migration, PhaseCode.BEGIN, false, now++))
                    .write(new Done(migration, PhaseCode.BEGIN, false, now++))
                    .write(new Entered(migration, PhaseCode.PERFORM, false, now++))
                    .write(new Done(migration, PhaseCode.PERFORM, false, now++));
        }

        Pen confirms(UUID migration, boolean cancel) {
            return write(new Entered(migration, PhaseCode.CONFIRM, cancel, now++));
        }

        /** A destination, until it waits. */
        Pen waits(UUID migration, long token) {
            return opens(migration, false, token, "elsewhere")
                    .write(new Entered(migration, PhaseCode.PREPARE, false, now++))
                    .write(new Done(migration, PhaseCode.PREPARE, false, now++));
        }

        Pen handsOver(UUID migration, long token) {
            return write(new Entered(migration, PhaseCode.FINISH, false, now++)).write(new HandedOver(migration, token, now++));
        }

        Pen bars(UUID migration) {
            return write(new Barred(migration, GUEST, "it was asked", now++));
        }

        Pen closes(UUID migration, OwnerCode owner) {
            return write(new Closed(migration, owner, "", now++));
        }

        HostJournal journal() {
            return new HostJournal(host, entries);
        }
    }

    private final Pen a = new Pen("a");
    private final Pen b = new Pen("b");
    private final Pen c = new Pen("c");

    private Result audit(Pen... pens) {
        return MigrationAudit.of(List.of(pens).stream().map(Pen::journal).toList(), GUEST);
    }

    private static List<String> words(Result result, Kind kind) {
        return result.findings().stream().filter(finding -> finding.kind() == kind).map(Finding::says).toList();
    }

    private static void disproved(Result result, String says, MigrationEntry... evidence) {
        assertThat(words(result, Kind.CONTRADICTION)).containsExactly(says);
        assertThat(result.conclusion()).isEqualTo(Conclusion.DISPROVED);
        assertThat(result.owner()).isEmpty();
        assertThat(result.findings().stream().filter(finding -> finding.kind() == Kind.CONTRADICTION).toList().getFirst()
                .evidence()).extracting(MigrationAudit.Evidence::entry).containsExactly(evidence);
    }

    private MigrationEntry last(Pen pen) {
        return pen.entries.getLast();
    }

    // What is as it must be

    @Test
    void thereAndBackAgainIsProved() {
        a.sends(M1, 1).confirms(M1, false).closes(M1, OwnerCode.DESTINATION);
        b.waits(M1, 1).handsOver(M1, 1).closes(M1, OwnerCode.DESTINATION);
        b.sends(M2, 2).confirms(M2, false).closes(M2, OwnerCode.DESTINATION);
        a.waits(M2, 2).handsOver(M2, 2).closes(M2, OwnerCode.DESTINATION);
        Result result = audit(a, b);
        assertThat(result.conclusion()).isEqualTo(Conclusion.PROVED);
        assertThat(result.owner()).contains("a");
        assertThat(result.name()).isEqualTo("web1");
        assertThat(words(result, Kind.CLEAR)).containsExactly(
                "a to b, token 1: it was sent to its end and handed over to b, and its original at a is ended",
                "b to a, token 2: it was sent to its end and handed over to a, and its original at b is ended");
        assertThat(result.findings().getFirst().evidence()).extracting(MigrationAudit.Evidence::host)
                .containsExactly("a", "b", "a");
    }

    @Test
    void oneThatWasTakenBackAfterItWasBarredIsProved() {
        a.sends(M1, 1).confirms(M1, true).closes(M1, OwnerCode.SOURCE);
        b.waits(M1, 1).bars(M1).closes(M1, OwnerCode.SOURCE);
        Result result = audit(a, b);
        assertThat(words(result, Kind.CLEAR)).containsExactly(
                "a to b, token 1: it was sent to its end, b did not let it run and cannot any more, and a took it back");
        assertThat(result.conclusion()).isEqualTo(Conclusion.PROVED);
        assertThat(result.owner()).contains("a");
    }

    @Test
    void aHandOverThatWasTakenBackBeforeTheGuestRanCountsAsBarred() {
        a.sends(M1, 1).confirms(M1, true);
        b.waits(M1, 1).handsOver(M1, 1).bars(M1).closes(M1, OwnerCode.SOURCE);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.PROVED);
    }

    @Test
    void oneThatWasNeverSentToItsEndNeedsNoDestination() {
        a.opens(M1, true, 1, "b").write(new Failed(M1, PhaseCode.PERFORM, "cancelled", 9)).closes(M1, OwnerCode.SOURCE);
        Result result = audit(a, b);
        assertThat(words(result, Kind.CLEAR)).containsExactly("a to b, token 1: it was not sent to its end, and stayed at a");
        assertThat(result.conclusion()).isEqualTo(Conclusion.PROVED);
    }

    @Test
    void aGuestThatEndedWhileItMovedIsNobodys() {
        a.opens(M1, true, 1, "b").closes(M1, OwnerCode.NOBODY);
        assertThat(words(audit(a, b), Kind.CLEAR)).containsExactly("a to b, token 1: the guest ended while it moved");
        b.waits(M1, 1).bars(M1);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.PROVED);
    }

    @Test
    void anEndThatWasNotWrittenIsMadeUpForByWhatCameBefore() {
        a.sends(M1, 1).confirms(M1, false);
        b.waits(M1, 1).handsOver(M1, 1);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.PROVED);
    }

    @Test
    void failedAttemptsBeforeAndBetweenChangeNothing() {
        a.sends(M1, 1).confirms(M1, true).closes(M1, OwnerCode.SOURCE);
        b.waits(M1, 1).bars(M1).closes(M1, OwnerCode.SOURCE);
        a.sends(M2, 2).confirms(M2, false).closes(M2, OwnerCode.DESTINATION);
        b.waits(M2, 2).handsOver(M2, 2).closes(M2, OwnerCode.DESTINATION);
        UUID third = new UUID(1, 3);
        b.sends(third, 3).confirms(third, true).closes(third, OwnerCode.SOURCE);
        c.waits(third, 3).bars(third).closes(third, OwnerCode.SOURCE);
        Result result = audit(a, b, c);
        assertThat(result.conclusion()).isEqualTo(Conclusion.PROVED);
        assertThat(result.owner()).contains("b");
    }

    @Test
    void aDestinationMayRaiseTheToken() {
        a.sends(M1, 1).confirms(M1, false);
        b.waits(M1, 8).handsOver(M1, 8);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.PROVED);
    }

    @Test
    void otherGuestsAreLeftAlone() {
        a.sends(M1, 1).confirms(M1, false);
        b.waits(M1, 1).handsOver(M1, 1);
        a.write(new Opened(M2, true, OTHER, "db", 1, List.of(), "b", 0, 1)).write(new Done(M2, PhaseCode.PERFORM, false, 2));
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.PROVED);
        assertThat(audit(a, b).findings()).hasSize(1);
        assertThat(MigrationAudit.guests(List.of(a.journal(), b.journal()))).containsExactly(GUEST, OTHER);
    }

    @Test
    void aHostThatWasMerelyAskedHasNothingToDoWithIt() {
        a.sends(M1, 1).confirms(M1, false);
        b.waits(M1, 1).handsOver(M1, 1);
        c.bars(M2);
        Result result = audit(a, b, c);
        assertThat(result.conclusion()).isEqualTo(Conclusion.PROVED);
        assertThat(result.owner()).contains("b");
        assertThat(words(result, Kind.CLEAR)).first().asString().startsWith("c was asked about a migration that it had not heard of");
    }

    // What must not be

    @Test
    void aSourceThatTakesItBackAfterTheHandOverMakesTwo() {
        a.sends(M1, 1);
        MigrationEntry sent = last(a);
        a.confirms(M1, true);
        MigrationEntry back = last(a);
        b.waits(M1, 1).handsOver(M1, 1);
        disproved(audit(a, b), "a to b, token 1: it was handed over to b, and a took it back: two copies ran",
                sent, back, last(b));
    }

    @Test
    void soDoesOneThatClosesItAsItsOwn() {
        a.sends(M1, 1);
        MigrationEntry sent = last(a);
        a.closes(M1, OwnerCode.SOURCE);
        b.waits(M1, 1).handsOver(M1, 1);
        disproved(audit(a, b), "a to b, token 1: it was handed over to b, and a took it back: two copies ran",
                sent, last(a), last(b));
    }

    @Test
    void oneThatWasHandedOverBeforeItWasSentIsNotWhole() {
        a.opens(M1, true, 1, "b").write(new Entered(M1, PhaseCode.PERFORM, false, 4)).write(
                new Failed(M1, PhaseCode.PERFORM, "the connection broke", 5));
        b.waits(M1, 1).handsOver(M1, 1);
        disproved(audit(a, b), "a to b, token 1: b let the guest run, which a had not sent to its end", last(a), last(b));
    }

    @Test
    void aSourceThatLostItsHostBeforeItsLastEntryWasForcedHasSentItNevertheless() {
        a.opens(M1, true, 1, "b").write(new Entered(M1, PhaseCode.PERFORM, false, 4));
        MigrationEntry sending = last(a);
        b.waits(M1, 1).handsOver(M1, 1);
        MigrationEntry handed = last(b);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.NOT_SETTLED);
        assertThat(audit(a, b).findings().getFirst().evidence()).extracting(MigrationAudit.Evidence::entry).containsExactly(sending, handed);

        // It came back and asked.
        a.closes(M1, OwnerCode.DESTINATION);
        b.closes(M1, OwnerCode.DESTINATION);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.PROVED);
        assertThat(audit(a, b).owner()).contains("b");
    }

    @Test
    void aDoorThatWasClosedStaysClosed() {
        a.sends(M1, 1);
        b.waits(M1, 1).bars(M1);
        MigrationEntry barred = last(b);
        b.handsOver(M1, 1);
        disproved(audit(a, b), "b let the guest run after it had promised that it never would by this migration",
                barred, last(b));
    }

    @Test
    void aGuestThatNobodyHasIsLost() {
        a.sends(M1, 1).confirms(M1, false);
        b.waits(M1, 1).bars(M1);
        disproved(audit(a, b), "a to b, token 1: a ended its copy, and b has not let the guest run: it is lost",
                last(a), last(b));
    }

    @Test
    void anOriginalIsNotEndedBeforeTheHandOver() {
        a.sends(M1, 1).confirms(M1, false);
        b.waits(M1, 1);
        disproved(audit(a, b), "a to b, token 1: a ended its copy, and b has not let the guest run", last(a));
    }

    @Test
    void aHandOverIsNotDenied() {
        a.sends(M1, 1);
        b.waits(M1, 1).handsOver(M1, 1);
        MigrationEntry over = last(b);
        b.closes(M1, OwnerCode.SOURCE);
        disproved(audit(a, b), "b let the guest run and then said that it is the source's", over, last(b));
    }

    @Test
    void aGuestIsNotKeptWithoutAHandOver() {
        a.sends(M1, 1);
        b.waits(M1, 1).closes(M1, OwnerCode.DESTINATION);
        disproved(audit(a, b), "b says that the guest is its own, and no hand-over is written down there", last(b));
    }

    @Test
    void aHandOverWithoutAReceiverIsNone() {
        b.bars(M2).write(new HandedOver(M1, 1, 3)).write(new Barred(M1, GUEST, "", 4)).write(new HandedOver(M1, 1, 5));
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.DISPROVED);
    }

    @Test
    void aTokenThatRepeatsIsNoFence() {
        a.sends(M1, 1);
        MigrationEntry first = a.entries.getFirst();
        a.confirms(M1, true).closes(M1, OwnerCode.SOURCE);
        b.waits(M1, 1).bars(M1);
        a.sends(M2, 1).confirms(M2, false);
        c.waits(M2, 1).handsOver(M2, 1);
        disproved(audit(a, b, c), "a took part under token 1 although it had seen token 1", first,
                a.entries.stream().filter(entry -> entry.migration().equals(M2)).findFirst().orElseThrow());
    }

    @Test
    void aTokenDoesNotShrinkOnTheWay() {
        a.sends(M1, 5).confirms(M1, false);
        b.waits(M1, 3).handsOver(M1, 3);
        disproved(audit(a, b), "a to b, token 5: b let the guest run under a smaller token than it was sent with",
                a.entries.getFirst(), last(b));
    }

    @Test
    void aMigrationHasOneOfEach() {
        a.sends(M1, 1);
        b.sends(M1, 1);
        disproved(audit(a, b), "a and b both say that they are its source", a.entries.getFirst(), b.entries.getFirst());
        c.waits(M1, 1);
        Pen d = new Pen("d").waits(M1, 1);
        disproved(audit(a, c, d), "c and d both say that they are its destination", c.entries.getFirst(), d.entries.getFirst());
    }

    @Test
    void aMigrationMovesOneGuest() {
        a.sends(M1, 1);
        b.write(new Opened(M1, false, OTHER, "db", 1, List.of(), "a", 0, 1));
        disproved(audit(a, b), "b says that it moves another guest", last(b));
    }

    // What is not over

    @Test
    void untilItIsOverItIsNotSettled() {
        a.opens(M1, true, 1, "b");
        assertThat(words(audit(a, b), Kind.OPEN)).containsExactly("a to b, token 1: it goes on, and the guest is at a");
        b.waits(M1, 1);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.NOT_SETTLED);
        a.write(new Done(M1, PhaseCode.PERFORM, false, 4));
        assertThat(words(audit(a, b), Kind.OPEN)).containsExactly("a to b, token 1: it was sent to its end and is paused at a;"
                + " b has neither let it run nor promised never to");
        Pen barring = new Pen("b").waits(M1, 1).bars(M1);
        assertThat(words(audit(a, barring), Kind.OPEN)).containsExactly("a to b, token 1: it was sent to its end and is paused"
                + " at a; b does not let it run, and a has not taken it back yet");
        b.handsOver(M1, 1);
        assertThat(words(audit(a, b), Kind.OPEN)).containsExactly("a to b, token 1: it was handed over to b, and a has not ended"
                + " its paused original yet");
        assertThat(audit(a, b).owner()).isEmpty();
        a.confirms(M1, false);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.PROVED);
    }

    @Test
    void aSourceWhoseCopyEndedByItselfHasNone() {
        a.sends(M1, 1).closes(M1, OwnerCode.UNKNOWN);
        b.waits(M1, 1);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.NOT_SETTLED);
        Pen barring = new Pen("b").waits(M1, 1).bars(M1);
        assertThat(words(audit(a, barring), Kind.CLEAR)).containsExactly("a to b, token 1: the guest ended while it moved");
        b.handsOver(M1, 1);
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.PROVED);
        assertThat(audit(a, b).owner()).contains("b");
    }

    @Test
    void aSourceThatWasTakenBackWhileTheDoorIsOpenIsNotSettled() {
        a.sends(M1, 1).confirms(M1, true).closes(M1, OwnerCode.SOURCE);
        b.waits(M1, 1);
        assertThat(words(audit(a, b), Kind.OPEN)).containsExactly(
                "a to b, token 1: a took it back, and b has not said yet that it never lets it run");
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.NOT_SETTLED);
    }

    // What cannot be said

    @Test
    void whereADestinationHasNoJournalNothingIsProved() {
        a.sends(M1, 1).confirms(M1, true).closes(M1, OwnerCode.SOURCE);
        Result result = audit(a, b);
        assertThat(result.conclusion()).isEqualTo(Conclusion.CANNOT_SAY);
        assertThat(words(result, Kind.UNKNOWN)).containsExactly("a to elsewhere, token 1: it was sent to its end, and the journal"
                + " of its destination is not among these, or is silent: a stock host keeps none");
    }

    @Test
    void whereASourceHasNoneNothingIsProvedEither() {
        b.waits(M1, 1).handsOver(M1, 1);
        assertThat(words(audit(a, b), Kind.UNKNOWN)).containsExactly("elsewhere to b, token 1: it was handed over to b, and the"
                + " journal of its source is not among these, or is silent: a stock host keeps none");
        Pen barring = new Pen("b").waits(M1, 1).bars(M1);
        assertThat(audit(a, barring).conclusion()).as("one that never ran needs no source").isEqualTo(Conclusion.PROVED);
        assertThat(audit(a, new Pen("b").waits(M1, 1)).conclusion()).isEqualTo(Conclusion.NOT_SETTLED);
    }

    @Test
    void aPromiseOfSomebodyWhoWasNotThereProvesNothing() {
        a.sends(M1, 1).confirms(M1, true);
        c.bars(M1);
        Result result = audit(a, c);
        assertThat(result.conclusion()).isEqualTo(Conclusion.CANNOT_SAY);
        assertThat(words(result, Kind.UNKNOWN)).first().asString().contains("c has promised never to let it run without having begun");
    }

    @Test
    void aGuestThatNoJournalMentionsIsNotKnown() {
        assertThat(words(audit(a, b), Kind.UNKNOWN)).containsExactly("none of the journals of a, b mentions the guest");
        assertThat(audit(a, b).conclusion()).isEqualTo(Conclusion.CANNOT_SAY);
    }

    /** The second copy of a recovery that writes nothing down shows when that copy is sent on. */
    @Test
    void whoSendsAGuestThatHeHasNotGotIsAsked() {
        a.sends(M1, 1).confirms(M1, false);
        b.waits(M1, 1).handsOver(M1, 1);
        a.sends(M2, 2).confirms(M2, false);
        c.waits(M2, 2).handsOver(M2, 2);
        Result result = audit(a, b, c);
        assertThat(result.conclusion()).isEqualTo(Conclusion.CANNOT_SAY);
        assertThat(words(result, Kind.UNKNOWN)).containsExactly("a was to send the guest under token 2, which had been handed over"
                + " to b under token 1: unless it had ended on b and was started on a by hand, two copies ran");
    }

    @Test
    void oneTokenAtTwoHostsIsAsked() {
        a.sends(M1, 1).confirms(M1, false);
        b.waits(M1, 1).handsOver(M1, 1);
        Pen d = new Pen("d").sends(M2, 1).confirms(M2, false);
        c.waits(M2, 1).handsOver(M2, 1);
        Result result = audit(a, b, c, d);
        assertThat(result.conclusion()).isEqualTo(Conclusion.CANNOT_SAY);
        assertThat(words(result, Kind.UNKNOWN)).hasSize(1).first().asString().startsWith("token 1 was handed over twice, to b and to c");
    }

    @Test
    void oneHostHasOneJournal() {
        assertThatIllegalArgumentException().isThrownBy(() -> audit(a, new Pen("a")));
    }

    // All ways at once

    /**
     * Many histories of two hosts that keep the rules, stopped after each entry: none is ever called a contradiction, and
     * each that has come to its end is proved. The same histories with a source that takes back what was handed over never are.
     */
    @Test
    void noCorrectHistoryIsAccusedAndNoWrongOneAcquitted() {
        int accused = 0;
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Pen here = new Pen("a");
            Pen there = new Pen("b");
            boolean wrong = random.nextBoolean();
            boolean two = false;
            long token = 0;
            for (int round = 0; round < 1 + random.nextInt(5); round++) {
                UUID migration = new UUID(seed, round + 1);
                boolean moved = migrate(migration, ++token, here, there, random, two ? "" : "a history of seed " + seed);
                if (moved && wrong && random.nextInt(3) == 0) {
                    here.confirms(migration, true);
                    two = true;
                }
                if (moved) {
                    Pen source = here;
                    here = there;
                    there = source;
                }
            }
            Conclusion conclusion = MigrationAudit.of(List.of(here.journal(), there.journal()), GUEST).conclusion();
            assertThat(conclusion).as("seed %d", seed).isEqualTo(two ? Conclusion.DISPROVED : Conclusion.PROVED);
            accused += two ? 1 : 0;
        }
        assertThat(accused).isBetween(50, 450);
    }

    /** One migration in one of its ways; whether the guest moved. After each entry nothing contradicts. */
    private static boolean migrate(UUID migration, long token, Pen source, Pen destination, Random random, String innocent) {
        List<Runnable> steps = new ArrayList<>();
        int way = random.nextInt(5);
        steps.add(() -> source.opens(migration, true, token, "b"));
        if (way == 0) { // PREPARE fails
            steps.add(() -> source.closes(migration, OwnerCode.SOURCE));
        } else {
            steps.add(() -> destination.waits(migration, token));
            steps.add(() -> source.write(new Entered(migration, PhaseCode.PERFORM, false, 1)));
            if (way == 1) { // PERFORM fails
                steps.add(() -> source.write(new Failed(migration, PhaseCode.PERFORM, "", 1)));
                steps.add(() -> destination.bars(migration));
            } else {
                steps.add(() -> source.write(new Done(migration, PhaseCode.PERFORM, false, 1)));
                if (way == 2) { // nobody calls FINISH, and the source asks
                    steps.add(() -> destination.bars(migration));
                    steps.add(() -> source.confirms(migration, true));
                } else {
                    steps.add(() -> destination.handsOver(migration, token));
                    if (way == 3) { // it does not start
                        steps.add(() -> destination.bars(migration));
                        steps.add(() -> source.confirms(migration, true));
                    } else {
                        steps.add(() -> source.confirms(migration, false));
                    }
                }
            }
            steps.add(() -> source.closes(migration, way == 4 ? OwnerCode.DESTINATION : OwnerCode.SOURCE));
            steps.add(() -> destination.closes(migration, way == 4 ? OwnerCode.DESTINATION : OwnerCode.SOURCE));
        }
        for (Runnable step : steps) {
            step.run();
            if (!innocent.isEmpty()) {
                Result result = MigrationAudit.of(List.of(source.journal(), destination.journal()), GUEST);
                assertThat(words(result, Kind.CONTRADICTION)).as(innocent).isEmpty();
                assertThat(words(result, Kind.UNKNOWN)).as(innocent).isEmpty();
            }
        }
        return way == 4;
    }
}
