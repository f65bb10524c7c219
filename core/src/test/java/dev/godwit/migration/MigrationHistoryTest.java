package dev.godwit.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationEntry.AskAt;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.Failed;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.wire.xdr.XdrCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MigrationHistoryTest {

    private static final UUID GUEST = id(9_999);
    private static final UUID OTHER_GUEST = id(9_998);

    private static UUID id(long number) {
        return new UUID(0x4000, number);
    }

    private static Opened opened(UUID migration, boolean source, UUID guest, long token) {
        return new Opened(migration, source, guest, "web1", token, List.of(), "", 0, 0);
    }

    private static Closed closed(UUID migration) {
        return new Closed(migration, OwnerCode.SOURCE, "", 0);
    }

    @Test
    void aSourceGoesThroughItsPhases() {
        MigrationHistory history = new MigrationHistory();
        history.add(opened(id(1), true, GUEST, 5));
        assertThat(state(history)).satisfies(it -> {
            assertThat(it.open()).isTrue();
            assertThat(it.source()).isTrue();
            assertThat(it.during()).isEmpty();
            assertThat(it.after()).isEmpty();
            assertThat(it.verdict()).isEmpty();
            assertThat(it.token()).isEqualTo(5);
        });
        history.add(new Entered(id(1), PhaseCode.PERFORM, false, 1));
        assertThat(state(history).during()).contains(PhaseCode.PERFORM);
        history.add(new AskAt(id(1), List.of("qemu://kvm2/system"), "kvm2", 2));
        assertThat(state(history).ask()).containsExactly("qemu://kvm2/system");
        assertThat(state(history).peer()).isEqualTo("kvm2");
        history.add(new Done(id(1), PhaseCode.PERFORM, false, 3));
        assertThat(state(history).during()).isEmpty();
        assertThat(state(history).after()).contains(PhaseCode.PERFORM);
        assertThat(state(history).verdict()).isEmpty();
        history.add(new Entered(id(1), PhaseCode.CONFIRM, true, 4));
        assertThat(state(history).verdict()).contains(Verdict.CANCEL);
        history.add(new Failed(id(1), PhaseCode.CONFIRM, "no", 5));
        assertThat(state(history).during()).isEmpty();
        assertThat(state(history).after()).isEmpty();
        history.add(closed(id(1)));
        assertThat(state(history).open()).isFalse();
        assertThat(state(history).closed()).isPresent();
        assertThat(history.open()).isEmpty();
    }

    private static JournaledMigration state(MigrationHistory history) {
        return history.find(id(1)).orElseThrow();
    }

    @Test
    void whatWasHandedOverOrBarredStaysSo() {
        HandedOver over = new HandedOver(id(1), 6, 3);
        Barred barred = new Barred(id(2), OTHER_GUEST, "asked", 4);
        MigrationHistory history = MigrationHistory.of(List.of(
                opened(id(1), false, GUEST, 6), over, new HandedOver(id(1), 6, 9), closed(id(1)),
                barred, new Barred(id(2), OTHER_GUEST, "again", 9), opened(id(2), false, OTHER_GUEST, 1), closed(id(2))));
        assertThat(state(history).handedOver()).contains(over);
        assertThat(history.find(id(2)).orElseThrow().barred()).contains(barred);
        assertThat(history.find(id(3))).isEmpty();
    }

    @Test
    void oneThatWasNeverHeardOfIsBarredAndNotOpen() {
        MigrationHistory history = MigrationHistory.of(List.of(new Barred(id(1), GUEST, "asked", 1)));
        assertThat(state(history).open()).isFalse();
        assertThat(state(history).source()).isFalse();
        assertThat(state(history).guest()).contains(GUEST);
        assertThat(history.openFor(GUEST, false)).isEmpty();
    }

    @Test
    void theOpenOneOfAGuestIsFoundBySide() {
        MigrationHistory history = MigrationHistory.of(List.of(
                opened(id(1), true, GUEST, 1), closed(id(1)),
                opened(id(2), true, GUEST, 2), opened(id(3), false, OTHER_GUEST, 9)));
        assertThat(history.openFor(GUEST, true).map(JournaledMigration::id)).contains(id(2));
        assertThat(history.openFor(GUEST, false)).isEmpty();
        assertThat(history.openFor(OTHER_GUEST, false).map(JournaledMigration::id)).contains(id(3));
        assertThat(history.open()).extracting(JournaledMigration::id).containsExactly(id(2), id(3));
        assertThat(history.migrations()).hasSize(3);
    }

    @Test
    void theHighestTokenOfAGuestCountsAlsoWhenItIsNotTheLast() {
        MigrationHistory history = MigrationHistory.of(List.of(
                opened(id(1), true, GUEST, 8), closed(id(1)), opened(id(2), false, GUEST, 3),
                new HandedOver(id(2), 4, 0), opened(id(3), true, OTHER_GUEST, 20)));
        assertThat(history.lastToken(GUEST)).isEqualTo(8);
        assertThat(history.lastToken(OTHER_GUEST)).isEqualTo(20);
        assertThat(history.lastToken(id(7))).isZero();
        assertThat(history.find(id(2)).orElseThrow().token()).isEqualTo(4);
    }

    @Test
    void compactionKeepsTheOpenTheHighestTokensAndTheLastOfEachKind() {
        List<MigrationEntry> entries = new ArrayList<>();
        entries.add(opened(id(1), true, GUEST, 100));
        entries.add(closed(id(1)));
        entries.add(opened(id(2), false, GUEST, 50));
        for (int i = 10; i < 20; i++) {
            entries.addAll(List.of(opened(id(i), true, GUEST, 1), closed(id(i))));
            entries.addAll(List.of(opened(id(100 + i), false, GUEST, 1), new HandedOver(id(100 + i), 1, 0), closed(id(100 + i))));
        }
        for (int i = 210; i < 230; i++) {
            entries.add(new Barred(id(i), GUEST, "", 0));
        }
        MigrationHistory history = MigrationHistory.of(entries);
        Predicate<MigrationEntry> needed = history.needed(3);
        List<MigrationEntry> kept = entries.stream().filter(needed).toList();
        assertThat(kept.stream().map(MigrationEntry::migration).distinct()).containsExactly(
                id(1), id(2), id(17), id(117), id(18), id(118), id(19), id(119), id(227), id(228), id(229));
        MigrationHistory after = MigrationHistory.of(kept);
        assertThat(after.lastToken(GUEST)).isEqualTo(100);
        assertThat(after.find(id(119)).orElseThrow()).isEqualTo(history.find(id(119)).orElseThrow());
        assertThat(needed.test(new Barred(id(12), GUEST, "later than the look", 1))).isTrue();

        history.compacted(needed);
        assertThat(history.migrations()).isEqualTo(after.migrations());
        assertThat(entries.stream().filter(MigrationHistory.of(entries).needed())).isEqualTo(entries);
    }

    @Test
    void askingAboutWhatNeverWasPushesNothingElseOut() {
        List<MigrationEntry> entries = new ArrayList<>();
        entries.addAll(List.of(opened(id(1), false, GUEST, 1), new HandedOver(id(1), 1, 0), closed(id(1)),
                opened(id(2), false, GUEST, 2), closed(id(2))));
        for (int i = 10; i < 10 + 3 * MigrationHistory.KEPT; i++) {
            entries.add(new Barred(id(i), GUEST, "", 0));
        }
        List<MigrationEntry> kept = entries.stream().filter(MigrationHistory.of(entries).needed()).toList();
        assertThat(kept).startsWith(entries.subList(0, 5).toArray(MigrationEntry[]::new)).hasSize(5 + MigrationHistory.KEPT);
    }

    @ParameterizedTest
    @EnumSource
    void everyPhaseHasACode(Phase phase) {
        assertThat(PhaseCode.of(phase).phase()).isEqualTo(phase);
    }

    @ParameterizedTest
    @EnumSource
    void everyOwnerHasACode(Owner owner) {
        assertThat(OwnerCode.of(owner).owner()).isEqualTo(owner);
    }

    @Test
    void aLongTextIsCutAtACharacterAndAnOddOneHasAForm() {
        for (int extra = 0; extra < 8; extra++) {
            String why = "x".repeat(extra) + "☃😀".repeat(2_000) + "\ud800";
            Failed failed = new Failed(id(1), PhaseCode.PERFORM, why, 0);
            assertThat(failed.why()).endsWith("…").doesNotContain("\ufffd");
            assertThat(failed.why().getBytes(StandardCharsets.UTF_8).length)
                    .isBetween(MigrationEntry.CAUSE_LIMIT - 4, MigrationEntry.CAUSE_LIMIT);
            assertThat(XdrCodec.of(MigrationEntry.class).decodeAll(XdrCodec.of(MigrationEntry.class).encode(failed)))
                    .isEqualTo(failed);
        }
        assertThat(new Failed(id(1), PhaseCode.PERFORM, "a\ud800b", 0).why()).isEqualTo("a?b");
        assertThat(Optional.of(new Barred(id(1), GUEST, "short", 0)).map(Barred::why)).contains("short");
    }
}
