package dev.godwit.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.journal.FileJournal;
import dev.godwit.journal.Journal;
import dev.godwit.journal.JournalContent;
import dev.godwit.journal.JournalFiles;
import dev.godwit.migration.MigrationEntry.AskAt;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.Failed;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every format of the journal that was ever written has three files in the test resources: the journal, its entries as text, and
 * the layout of the entries. Who makes a new format writes its files once, with {@code -Dgodwit.journal.write=true}; a file that
 * exists is never written again.
 */
class JournalFormatsTest {

    private static final UUID HOST = UUID.fromString("0d1f6a52-7c0e-4b5e-9d35-2f6f3c7f4b10");
    private static final UUID ONE = UUID.fromString("11111111-1111-4111-8111-111111111111");
    private static final UUID TWO = UUID.fromString("22222222-2222-4222-8222-222222222222");
    private static final UUID GUEST = UUID.fromString("9aaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
    private static final long AT = 1_795_000_000_000L;
    private static final Path FILES = Path.of("src/test/resources/journal");

    @TempDir
    Path folder;

    /** At least one of each kind; every number of every enum. */
    private static List<MigrationEntry> samples() {
        return List.of(
                new Opened(ONE, true, GUEST, "web1", 7, List.of("qemu+tls://kvm2/system", "qemu+tcp://kvm2/system"), "kvm2",
                        0x43, AT),
                new Opened(TWO, false, GUEST, "wéb ☃", Long.MAX_VALUE, List.of(), "", -1, AT + 1),
                new Entered(ONE, PhaseCode.BEGIN, false, AT + 2),
                new Done(ONE, PhaseCode.BEGIN, false, AT + 3),
                new Entered(TWO, PhaseCode.PREPARE, false, AT + 4),
                new AskAt(ONE, List.of("qemu+ssh://root@kvm2.example.net/system"), "kvm2.example.net", AT + 5),
                new Entered(ONE, PhaseCode.PERFORM, false, AT + 6),
                new Failed(ONE, PhaseCode.PERFORM, "job 'migration out' canceled by client", AT + 7),
                new Entered(TWO, PhaseCode.FINISH, true, AT + 8),
                new Barred(TWO, GUEST, "cancelled by the source", AT + 9),
                new Done(TWO, PhaseCode.FINISH, true, AT + 10),
                new HandedOver(TWO, -1, AT + 11),
                new Entered(ONE, PhaseCode.CONFIRM, true, AT + 12),
                new Closed(ONE, OwnerCode.SOURCE, "rolled back", AT + 13),
                new Closed(TWO, OwnerCode.DESTINATION, "", AT + 14),
                new Closed(ONE, OwnerCode.UNKNOWN, "in doubt", AT + 15),
                new Closed(TWO, OwnerCode.NOBODY, "it ended", AT + 16));
    }

    private static String text(List<? extends MigrationEntry> entries) {
        return entries.stream().map(entry -> entry + "\n").collect(Collectors.joining());
    }

    static IntStream formats() throws IOException {
        return IntStream.rangeClosed(1, newest());
    }

    /** The format that is written, as a new file says it. */
    private static int newest() throws IOException {
        Path file = Files.createTempDirectory("journal").resolve("new");
        FileJournal.open(new JournalFiles(file), MigrationEntry.class, HOST).close();
        int format = JournalContent.read(file, MigrationEntry.class).format();
        Files.delete(file);
        Files.delete(file.getParent());
        return format;
    }

    private static Path file(int format, String ending) {
        return FILES.resolve("format-" + format + ending);
    }

    private void writeOnce(int format) throws IOException {
        if (!Boolean.getBoolean("godwit.journal.write") || Files.exists(file(format, ".journal"))) {
            return;
        }
        Files.createDirectories(FILES);
        Path made = folder.resolve("made");
        try (Journal<MigrationEntry> journal = FileJournal.open(new JournalFiles(made), MigrationEntry.class, HOST)) {
            samples().forEach(journal::append);
        }
        Files.copy(made, file(format, ".journal"));
        Files.writeString(file(format, ".entries"), text(samples()));
        Files.writeString(file(format, ".layout"), XdrCodec.of(MigrationEntry.class).layout());
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyFormatThatWasEverWrittenStillOpens(int format) throws IOException {
        writeOnce(format);
        Path copy = Files.copy(file(format, ".journal"), folder.resolve("copy"));
        JournalContent<MigrationEntry> content = JournalContent.read(copy, MigrationEntry.class);
        assertThat(content.format()).isEqualTo(format);
        assertThat(content.host()).isEqualTo(HOST);
        assertThat(content.tornBytes()).isZero();
        assertThat(text(content.entries())).isEqualTo(Files.readString(file(format, ".entries")));

        try (Journal<MigrationEntry> journal = FileJournal.open(new JournalFiles(copy), MigrationEntry.class, HOST)) {
            MigrationEntry more = new Done(ONE, PhaseCode.CONFIRM, true, AT);
            journal.append(more);
            assertThat(journal.replay()).startsWith(content.entries().toArray(MigrationEntry[]::new)).endsWith(more);
        }
    }

    @Test
    void theNewestFormatIsWrittenAsItsFileSays() throws IOException {
        writeOnce(newest());
        Path made = folder.resolve("made");
        try (Journal<MigrationEntry> journal = FileJournal.open(new JournalFiles(made), MigrationEntry.class, HOST)) {
            samples().forEach(journal::append);
        }
        assertThat(Files.readAllBytes(made)).as("another layout is another format")
                .isEqualTo(Files.readAllBytes(file(newest(), ".journal")));
        assertThat(XdrCodec.of(MigrationEntry.class).layout()).isEqualTo(Files.readString(file(newest(), ".layout")));
    }

    @Test
    void theSamplesShowEveryKindOfEntry() {
        assertThat(samples().stream().map(Object::getClass).distinct()).hasSameSizeAs(
                arms(MigrationEntry.class).toList());
    }

    private static Stream<Class<?>> arms(Class<?> type) {
        return Stream.of(type.getPermittedSubclasses()).flatMap(arm -> arm.isRecord() ? Stream.of(arm) : arms(arm));
    }
}
