package dev.godwit.lab.simulation;

import dev.godwit.journal.FileJournal;
import dev.godwit.journal.JournalStorage;
import dev.godwit.lab.simulation.world.Process;
import dev.godwit.migration.MigrationEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** A journal's file under a host with one of the {@link Defect}s that are about it. */
final class DefectiveJournal implements JournalStorage {

    private static final Duration LATER = Duration.ofMillis(1);

    private final JournalStorage file;
    private final Defect defect;
    private final Process process;
    /** What was taken and not written yet. */
    private final Deque<ByteBuffer> late = new ArrayDeque<>();

    private DefectiveJournal(JournalStorage file, Defect defect, Process process) {
        this.file = file;
        this.defect = defect;
        this.process = process;
    }

    /**
     * Opens it as a daemon does.
     *
     * @param file    opens the real one
     * @param defect  what is wrong, if that is about the journal
     * @param process the daemon
     * @param host    its host
     */
    static Supplier<JournalStorage> of(Supplier<JournalStorage> file, Defect defect, Process process, UUID host) {
        return switch (defect) {
            case ANSWERS_BEFORE_THE_JOURNAL, JOURNAL_IS_NOT_FORCED, TORN_END_IS_NOT_CUT ->
                    () -> new DefectiveJournal(file.get(), defect, process);
            case COMPACTION_DROPS_HAND_OVERS -> () -> {
                try (FileJournal<MigrationEntry> journal = FileJournal.open(file.get(), MigrationEntry.class, host)) {
                    journal.compact(entry -> !(entry instanceof MigrationEntry.HandedOver));
                }
                return file.get();
            };
            default -> file;
        };
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public Optional<ByteBuffer> read() throws IOException {
        return file.read();
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        if (defect != Defect.ANSWERS_BEFORE_THE_JOURNAL) {
            file.append(bytes);
            return;
        }
        byte[] taken = new byte[bytes.remaining()];
        bytes.get(taken);
        late.add(ByteBuffer.wrap(taken));
        process.after(LATER, this::writeOne);
    }

    private void writeOne() {
        try {
            file.append(late.remove());
            file.force();
        } catch (IOException e) {
            // Who was told that it is written down is gone.
        }
    }

    @Override
    public void force() throws IOException {
        if (defect == Defect.TORN_END_IS_NOT_CUT) {
            file.force();
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        if (defect != Defect.TORN_END_IS_NOT_CUT) {
            file.truncate(size);
        }
    }

    @Override
    public void replace(ByteBuffer content) throws IOException {
        file.replace(content);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
