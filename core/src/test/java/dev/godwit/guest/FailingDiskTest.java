package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.journal.JournalStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes an entry, refuses to make it safe, and refuses to take it back: nobody knows then what is in the file. */
class FailingDiskTest {

    private static final MigrationId MIGRATION = new MigrationId(new UUID(7, 7));

    @TempDir
    Path folder;

    private PaperHost host;
    private volatile boolean fails;

    @BeforeEach
    void start() {
        host = new PaperHost(folder);
        host.disk = Failing::new;
        host.restart();
    }

    private final class Failing implements JournalStorage {

        private final JournalStorage file;

        Failing(JournalStorage file) {
            this.file = file;
        }

        private void check() throws IOException {
            if (fails) {
                throw new IOException("the disk does not answer");
            }
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public Optional<ByteBuffer> read() throws IOException {
            check();
            return file.read();
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            file.append(bytes);
        }

        @Override
        public void force() throws IOException {
            check();
            file.force();
        }

        @Override
        public void truncate(long size) throws IOException {
            check();
            file.truncate(size);
        }

        @Override
        public void replace(ByteBuffer content) throws IOException {
            check();
            file.replace(content);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Test
    void nothingIsDecidedUntilItIsKnownWhatTheJournalSays() {
        MigrationCustody custody = host.guests.custody();
        fails = true;

        refused(() -> custody.bars(MIGRATION, PaperHost.UUID_A, "asked"));
        refused(custody::requireCertain);
        refused(() -> custody.bars(MIGRATION, PaperHost.UUID_A, "asked"));
        assertThat(custody.history().find(MIGRATION.uuid())).isEmpty();

        fails = false;
        custody.requireCertain();
        // The disk had kept what it had refused: now it is known.
        assertThat(custody.history().find(MIGRATION.uuid()).orElseThrow().barred()).isPresent();
        custody.bars(new MigrationId(new UUID(8, 8)), PaperHost.UUID_A, "asked");
        assertThat(custody.entries()).hasSize(2);
    }

    private static void refused(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(VirtException.class,
                e -> assertThat(e.is(ErrorCode.SYSTEM_ERROR)).isTrue()).hasMessageContaining("the disk does not answer");
    }
}
