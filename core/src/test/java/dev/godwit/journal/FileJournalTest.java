package dev.godwit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.wire.xdr.XdrCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileJournalTest {

    private static final UUID HOST = UUID.fromString("5a3f0c1e-0000-4000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("5a3f0c1e-0000-4000-8000-000000000002");

    private static FileJournal<Note> open(DiskInMemory disk) {
        return FileJournal.open(disk, Note.class, HOST);
    }

    private static JournalContent<Note> content(byte[] bytes) {
        return new JournalFormat<>("disk", XdrCodec.of(Note.class)).parse(ByteBuffer.wrap(bytes));
    }

    private static Note text(String text) {
        return new Note.Text(text);
    }

    private static Note number(int number) {
        return new Note.Number(number);
    }

    private static byte[] fileWith(Note... notes) {
        DiskInMemory disk = new DiskInMemory();
        try (Journal<Note> journal = open(disk)) {
            Arrays.stream(notes).forEach(journal::append);
        }
        return disk.safeBytes();
    }

    @Test
    void keepsWhatWasAppendedInOrderAndOverAReopening() {
        DiskInMemory disk = new DiskInMemory();
        try (Journal<Note> journal = open(disk)) {
            assertThat(journal.replay()).isEmpty();
            journal.append(text("one"));
            journal.append(number(2));
            assertThat(journal.replay()).containsExactly(text("one"), number(2));
            assertThat(journal.sizeBytes()).isEqualTo(disk.bytes().length);
        }
        try (Journal<Note> journal = open(disk)) {
            journal.append(text("☃"));
            assertThat(journal.replay()).containsExactly(text("one"), number(2), text("☃"));
        }
        assertThat(content(disk.bytes()).kept()).extracting(JournalContent.Kept::sequence).containsExactly(1L, 2L, 3L);
    }

    @Test
    void anEntryIsSafeWhenItsAppendReturns() {
        DiskInMemory disk = new DiskInMemory();
        Journal<Note> journal = open(disk);
        for (int i = 0; i < 20; i++) {
            journal.append(number(i));
            assertThat(content(disk.safeBytes()).entries()).endsWith(number(i)).hasSize(i + 1);
        }
    }

    @Test
    void entriesThatAreAppendedAsOneAreThereTogetherOrNotAtAll() {
        DiskInMemory disk = new DiskInMemory();
        Journal<Note> journal = open(disk);
        journal.append(text("before"));
        int one = disk.bytes().length;
        journal.append(List.of(number(1), text("two")));
        journal.append(number(3));
        assertThat(content(disk.bytes()).kept()).extracting(JournalContent.Kept::sequence).containsExactly(1L, 2L, 3L, 4L);

        byte[] bytes = disk.bytes();
        int both = (int) content(bytes).kept().getLast().offset();
        for (int length = one; length < both; length++) {
            assertThat(open(DiskInMemory.with(Arrays.copyOf(bytes, length))).replay()).containsExactly(text("before"));
        }
        assertThat(open(DiskInMemory.with(Arrays.copyOf(bytes, both))).replay())
                .containsExactly(text("before"), number(1), text("two"));
    }

    @Test
    void aTornLastRecordIsDroppedWhereverItWasTorn() {
        byte[] two = fileWith(text("first"), number(2));
        byte[] three = fileWith(text("first"), number(2), text("the last one"));
        for (int length = two.length; length < three.length; length++) {
            DiskInMemory cut = DiskInMemory.with(Arrays.copyOf(three, length));
            FileJournal<Note> journal = open(cut);
            assertThat(journal.droppedBytes()).isEqualTo(length - two.length);
            assertThat(cut.safeBytes()).as("cut at " + length).isEqualTo(two);
            assertThat(journal.replay()).containsExactly(text("first"), number(2));
            journal.append(number(4));
            assertThat(open(cut).replay()).containsExactly(text("first"), number(2), number(4));

            byte[] halfWritten = three.clone();
            Arrays.fill(halfWritten, length, three.length, (byte) 0);
            assertThat(open(DiskInMemory.with(halfWritten)).replay()).as("nothing from " + length)
                    .containsExactly(text("first"), number(2));
        }
    }

    @Test
    void aDamagedBitAnywhereElseIsRefusedAndItsPlaceIsNamed() {
        byte[] bytes = fileWith(text("first"), number(2), text("third"), number(4));
        List<Long> offsets = content(bytes).kept().stream().map(JournalContent.Kept::offset).toList();
        int lastRecord = Math.toIntExact(offsets.getLast());
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            int at = bit / 8;
            damaged[at] ^= (byte) (1 << bit % 8);
            DiskInMemory disk = DiskInMemory.with(damaged);
            if (at >= lastRecord) {
                assertThat(open(disk).replay()).as("bit " + bit).containsExactly(text("first"), number(2), text("third"));
                continue;
            }
            long record = at < 8 ? 0 : at < 12 ? 8 : at < JournalFormat.HEADER ? JournalFormat.HEADER - 4
                    : offsets.stream().filter(offset -> offset <= at).max(Long::compare).orElseThrow();
            assertThatThrownBy(() -> open(disk)).as("bit " + bit).isInstanceOf(JournalException.class)
                    .hasMessageContaining("disk").hasMessageContaining("(at byte " + record + ")");
            assertThat(disk.bytes()).isEqualTo(damaged);
        }
    }

    @Test
    void moreThanOneRecordThatCannotBeReadIsDamageAndNoTornEnd() {
        byte[] bytes = fileWith(number(1), text("x".repeat(40_000)), text("y".repeat(40_000)));
        Arrays.fill(bytes, bytes.length - 80_000, bytes.length, (byte) 0);
        assertThatThrownBy(() -> open(DiskInMemory.with(bytes)))
                .isInstanceOf(JournalException.class).hasMessageContaining("damaged");
    }

    @Test
    void whatAnOldFileLeftOnTheDiskIsNotTakenForARecord() {
        // A file system that gave the file its new length may not have written the bytes: older ones show.
        byte[] three = fileWith(number(1), number(2), number(3));
        int second = Math.toIntExact(content(three).kept().get(1).offset());
        byte[] old = Arrays.copyOfRange(three, second, three.length);
        ByteBuffer file = ByteBuffer.allocate(three.length + 20 + old.length).put(three).put(old).put(new byte[20]);
        DiskInMemory disk = DiskInMemory.with(file.array());
        assertThat(open(disk).replay()).containsExactly(number(1), number(2), number(3));
        assertThat(disk.safeBytes()).isEqualTo(three);
    }

    @Test
    void anotherHostsJournalIsRefused() {
        DiskInMemory disk = DiskInMemory.with(fileWith(number(1)));
        assertThatThrownBy(() -> FileJournal.open(disk, Note.class, OTHER))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("belongs to host " + HOST + " and this is host " + OTHER);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 39})
    void aFileThatIsNoJournalIsRefused(int length) {
        assertThatThrownBy(() -> open(DiskInMemory.with(new byte[length])))
                .isInstanceOf(JournalException.class).hasMessageContaining("it has " + length + " bytes");
        assertThatThrownBy(() -> open(DiskInMemory.with("#!/bin/sh and so on, more than a head".repeat(2).getBytes())))
                .isInstanceOf(JournalException.class).hasMessageContaining("it is no journal");
    }

    @Test
    void aNewerFormatIsRefusedByItsNumber() {
        byte[] bytes = fileWith(number(1));
        bytes[11] = 99;
        assertThatThrownBy(() -> open(DiskInMemory.with(bytes)))
                .isInstanceOf(JournalException.class).hasMessageContaining("format 99");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, JournalFormat.LIMIT + 1, 0, 8})
    void aForgedLengthIsComparedBeforeAnythingIsMade(int length) {
        byte[] good = fileWith(number(1));
        ByteBuffer forged = ByteBuffer.allocate(good.length + 24).put(good).putInt(length);
        assertThat(open(DiskInMemory.with(forged.array())).replay()).containsExactly(number(1));

        byte[] before = fileWith(number(1), number(2));
        ByteBuffer.wrap(before).putInt(JournalFormat.HEADER, length);
        assertThatThrownBy(() -> open(DiskInMemory.with(before)))
                .isInstanceOf(JournalException.class).hasMessageContaining("(at byte 40)");
    }

    @Test
    void aRecordThatIsWholeAndCannotBeUnderstoodIsNeverDropped() {
        byte[] good = fileWith(number(1));
        // Arm 7; then a text whose length is a lie. Both have a checksum that is right.
        for (int[] words : new int[][] {{7, 1}, {2, Integer.MAX_VALUE}, {1, 1, 0}}) {
            ByteBuffer entry = ByteBuffer.allocate(words.length * 4);
            IntStream.of(words).forEach(entry::putInt);
            ByteBuffer record = JournalFormat.record(2, List.of(entry.flip()));
            ByteBuffer file = ByteBuffer.allocate(good.length + record.remaining()).put(good).put(record);
            assertThatThrownBy(() -> open(DiskInMemory.with(file.array()))).isInstanceOf(JournalException.class)
                    .hasMessageContaining("at byte " + good.length).hasMessageContaining("cannot be understood");
        }
    }

    @Test
    void anEntryThatIsTooLargeIsRefusedAndNothingIsWritten() {
        DiskInMemory disk = new DiskInMemory();
        Journal<Note> journal = open(disk);
        byte[] before = disk.bytes();
        for (int size : new int[] {JournalFormat.LIMIT, 100_001}) {
            JournalException refusal =
                    catchThrowableOfType(JournalException.class, () -> journal.append(text("x".repeat(size))));
            assertThat(refusal.mayBeKept()).isFalse();
            assertThat(refusal.file()).isEqualTo("disk");
        }
        assertThat(disk.bytes()).isEqualTo(before);
        Note largest = text("x".repeat(JournalFormat.LIMIT - 16));
        journal.append(largest);
        assertThat(open(disk).replay()).containsExactly(largest);
    }

    @Test
    void aFullDiskAtAnyByteLosesNothingThatWasPromised() {
        byte[] whole = fileWith(text("first"), number(2), text("third"));
        for (int capacity = JournalFormat.HEADER; capacity < whole.length; capacity++) {
            DiskInMemory disk = new DiskInMemory();
            Journal<Note> journal = open(disk);
            disk.capacity = capacity;
            List<Note> promised = new ArrayList<>();
            for (Note note : List.of(text("first"), number(2), text("third"))) {
                try {
                    journal.append(note);
                    promised.add(note);
                } catch (JournalException full) {
                    assertThat(full).hasMessageContaining("No space left on device");
                    assertThat(full.mayBeKept()).isFalse();
                }
            }
            assertThat(promised).as("room for " + capacity).hasSizeLessThan(3);
            assertThat(content(disk.safeBytes()).entries()).isEqualTo(promised);
            disk.capacity = Integer.MAX_VALUE;
            journal.append(number(4));
            promised.add(number(4));
            assertThat(open(disk).replay()).isEqualTo(promised);
        }
    }

    @Test
    void anAppendWhoseForceFailedIsTakenBack() {
        DiskInMemory disk = new DiskInMemory();
        Journal<Note> journal = open(disk);
        journal.append(number(1));
        disk.failingForces = 1;
        JournalException failure = catchThrowableOfType(JournalException.class, () -> journal.append(number(2)));
        assertThat(failure).hasMessageContaining("could not be made durable: Input/output error");
        assertThat(failure.mayBeKept()).isFalse();
        assertThat(content(disk.safeBytes()).entries()).containsExactly(number(1));
        journal.append(number(3));
        assertThat(open(disk).replay()).containsExactly(number(1), number(3));
    }

    @Test
    void aJournalThatCannotTakeBackAnAppendRefusesAllUntilItIsOpenedAnew() {
        for (boolean truncates : new boolean[] {true, false}) {
            DiskInMemory disk = new DiskInMemory();
            Journal<Note> journal = open(disk);
            journal.append(number(1));
            disk.failingForces = truncates ? 2 : 1;
            disk.failingTruncations = truncates ? 0 : 1;
            JournalException failure = catchThrowableOfType(JournalException.class, () -> journal.append(number(2)));
            assertThat(failure.mayBeKept()).isTrue();

            JournalException later = catchThrowableOfType(JournalException.class, () -> journal.append(number(3)));
            assertThat(later).hasMessageContaining("has to be opened anew");
            assertThat(later.mayBeKept()).isFalse();
            assertThatThrownBy(journal::replay).isInstanceOf(JournalException.class);
            assertThatThrownBy(() -> journal.compact(note -> true)).isInstanceOf(JournalException.class);

            disk.powerCut(random(3));
            Journal<Note> again = open(disk);
            again.append(number(4));
            assertThat(again.replay()).startsWith(number(1)).endsWith(number(4)).doesNotContain(number(3));
        }
    }

    @Test
    void compactionKeepsWhatIsNeededAndNumbersOnlyGrow() {
        DiskInMemory disk = new DiskInMemory();
        try (Journal<Note> journal = open(disk)) {
            IntStream.rangeClosed(1, 10).forEach(i -> journal.append(number(i)));
            long before = journal.sizeBytes();
            journal.compact(note -> note.equals(number(3)) || note.equals(number(7)));
            assertThat(journal.replay()).containsExactly(number(3), number(7));
            assertThat(journal.sizeBytes()).isEqualTo(disk.bytes().length).isLessThan(before);
            assertThat(content(disk.safeBytes()).kept()).extracting(JournalContent.Kept::sequence).containsExactly(3L, 7L);
        }
        try (Journal<Note> journal = open(disk)) {
            journal.append(number(11));
            assertThat(content(disk.safeBytes()).kept()).extracting(JournalContent.Kept::sequence)
                    .containsExactly(3L, 7L, 11L);
            journal.compact(note -> false);
            assertThat(journal.replay()).isEmpty();
        }
        open(disk).append(number(12));
        assertThat(content(disk.safeBytes()).kept()).extracting(JournalContent.Kept::sequence).containsExactly(12L);
    }

    @Test
    void aCompactionThatFailsLeavesTheOldFileInUse() {
        DiskInMemory disk = new DiskInMemory();
        Journal<Note> journal = open(disk);
        journal.append(number(1));
        journal.append(number(2));
        disk.failingReplace = true;
        assertThatThrownBy(() -> journal.compact(note -> false))
                .isInstanceOf(JournalException.class).hasMessageContaining("cannot be compacted: No space");
        journal.append(number(3));
        assertThat(journal.replay()).containsExactly(number(1), number(2), number(3));
        assertThatThrownBy(() -> journal.compact(note -> {
            throw new IllegalStateException("a caller's mistake");
        })).isInstanceOf(IllegalStateException.class);
        journal.append(number(4));
        assertThat(open(disk).replay()).hasSize(4);
    }

    @Test
    void aPowerCutInACompactionLeavesTheOldFileOrTheNewOne() {
        for (boolean renamed : new boolean[] {false, true}) {
            DiskInMemory disk = new DiskInMemory();
            Journal<Note> journal = open(disk);
            journal.append(number(1));
            journal.append(number(2));
            disk.powerCutAfterRename = Optional.of(renamed);
            assertThatThrownBy(() -> journal.compact(number(2)::equals)).isInstanceOf(DiskInMemory.PowerCut.class);
            assertThatThrownBy(() -> journal.append(number(3))).isInstanceOf(JournalException.class);
            disk.powerCut(random(1));
            List<Note> expected = renamed ? List.of(number(2)) : List.of(number(1), number(2));
            assertThat(open(disk).replay()).isEqualTo(expected);
        }
    }

    @Test
    void aClosedJournalRefusesEverything() {
        DiskInMemory disk = new DiskInMemory();
        Journal<Note> journal = open(disk);
        journal.close();
        journal.close();
        assertThatThrownBy(() -> journal.append(number(1)))
                .isInstanceOf(JournalException.class).hasMessageContaining("it is closed");
        assertThatThrownBy(journal::replay).isInstanceOf(JournalException.class);
        assertThat(open(disk).replay()).isEmpty();
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /**
     * Whatever the disk does: what was promised is there, what was refused is not, unless the journal said that it may be, and
     * nothing else is.
     */
    @Test
    void randomFaultsAndPowerCutsLoseNoPromise() {
        int reopened = 0;
        for (long seed = 1; seed <= 2_000; seed++) {
            RandomGenerator random = random(seed);
            DiskInMemory disk = new DiskInMemory();
            Journal<Note> journal = open(disk);
            List<Note> promised = new ArrayList<>();
            Optional<Note> perhaps = Optional.empty();
            long lastSequence = 0;
            for (int step = 0; step < 40; step++) {
                disk.failingForces = random.nextInt(12) == 0 ? random.nextInt(1, 3) : 0;
                disk.failingTruncations = random.nextInt(12) == 0 ? 1 : 0;
                disk.capacity = random.nextInt(12) == 0 ? disk.bytes().length + random.nextInt(60) : Integer.MAX_VALUE;
                Note note = random.nextBoolean() ? number(step) : text(step + "x".repeat(random.nextInt(50)));
                try {
                    if (random.nextInt(10) == 0) {
                        int divisor = random.nextInt(2, 5);
                        List<Note> kept = promised.stream().filter(old -> old.hashCode() % divisor != 0).toList();
                        journal.compact(old -> old.hashCode() % divisor != 0);
                        promised = new ArrayList<>(kept);
                    } else {
                        journal.append(note);
                        promised.add(note);
                    }
                } catch (JournalException refused) {
                    if (refused.mayBeKept()) {
                        perhaps = Optional.of(note);
                    }
                }
                if (random.nextInt(6) == 0) {
                    disk.failingForces = 0;
                    disk.failingTruncations = 0;
                    disk.capacity = Integer.MAX_VALUE;
                    if (random.nextBoolean()) {
                        disk.powerCut(random);
                    }
                    journal = open(disk);
                    reopened++;
                    List<Note> found = journal.replay();
                    if (perhaps.isPresent() && found.size() > promised.size()) {
                        promised.add(perhaps.get());
                    }
                    perhaps = Optional.empty();
                    assertThat(found).as("seed " + seed + " step " + step).isEqualTo(promised);
                    long last = content(disk.safeBytes()).lastSequence();
                    assertThat(last).as("seed " + seed).isGreaterThanOrEqualTo(lastSequence);
                    lastSequence = last;
                }
            }
        }
        assertThat(reopened).isGreaterThan(5_000);
    }
}
