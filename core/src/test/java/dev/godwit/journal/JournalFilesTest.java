package dev.godwit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFilesTest {

    private static final UUID HOST = UUID.fromString("5a3f0c1e-0000-4000-8000-000000000001");

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("deep/er/journal");
    }

    private FileJournal<Note> open(boolean synchronous) {
        return FileJournal.open(new JournalFiles(file(), synchronous), Note.class, HOST);
    }

    private static Note number(int number) {
        return new Note.Number(number);
    }

    @Test
    void theFileIsMadeWithItsFoldersForTheOwnerOnly() throws IOException {
        for (boolean synchronous : new boolean[] {true, false}) {
            try (Journal<Note> journal = open(synchronous)) {
                journal.append(number(1));
                journal.compact(note -> false);
                journal.append(number(2));
            }
            assertThat(open(synchronous).replay()).containsExactly(number(2));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
                    .isEqualTo("rwx------");
            assertThat(file().getParent().toFile().list()).containsExactly("journal");
        }
    }

    @Test
    void aNewFileThatNeverGotItsNameIsForgotten() throws IOException {
        try (Journal<Note> journal = open(true)) {
            journal.append(number(1));
        }
        Files.write(file().resolveSibling("journal.new"), new byte[] {1, 2, 3});
        assertThat(open(true).replay()).containsExactly(number(1));
        assertThat(file().getParent().toFile().list()).containsExactly("journal");
    }

    @Test
    void aCompactionThatFailsLeavesTheOldFileInUse() throws IOException {
        Journal<Note> journal = open(true);
        journal.append(number(1));
        // The name that the new file would have is taken by something that cannot be removed.
        Path taken = file().resolveSibling("journal.new");
        Files.createDirectories(taken.resolve("x"));
        assertThatThrownBy(() -> journal.compact(note -> false)).isInstanceOf(JournalException.class)
                .hasMessageContaining(file().toString()).hasMessageContaining("cannot be compacted");
        journal.append(number(2));
        Files.delete(taken.resolve("x"));
        assertThat(open(true).replay()).containsExactly(number(1), number(2));
    }

    @Test
    void aJournalThatCannotBeMadeSaysWhichAndWhy() throws IOException {
        Files.writeString(folder.resolve("deep"), "a file where the folder has to be");
        assertThatThrownBy(() -> open(true)).isInstanceOf(JournalException.class)
                .hasMessageContaining("Journal " + file() + ": cannot be opened: ");
    }

    @Test
    void readingAJournalInUseNeitherLocksNorChangesIt() throws IOException {
        Journal<Note> journal = open(true);
        journal.append(number(1));
        byte[] half = ByteBuffer.allocate(6).putInt(20).array();
        Files.write(file(), half, java.nio.file.StandardOpenOption.APPEND);
        byte[] before = Files.readAllBytes(file());

        JournalContent<Note> content = JournalContent.read(file(), Note.class);
        assertThat(content.entries()).containsExactly(number(1));
        assertThat(content.tornBytes()).isEqualTo(6);
        assertThat(content.goodBytes()).isEqualTo(journal.sizeBytes());
        assertThat(content.host()).isEqualTo(HOST);
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
        assertThatThrownBy(() -> JournalContent.read(folder.resolve("none"), Note.class))
                .isInstanceOf(JournalException.class).hasMessageContaining("cannot be read");
    }
}
