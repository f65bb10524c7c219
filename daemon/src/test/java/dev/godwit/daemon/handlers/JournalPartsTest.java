package dev.godwit.daemon.handlers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.PhaseCode;
import dev.godwit.wire.remote.ResolutionProcedures;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JournalPartsTest {

    private static final UUID WEB = new UUID(1, 1);
    private static final UUID DB = new UUID(1, 2);

    private static byte[] bytes(MigrationEntry entry) {
        return Opaque.copyOf(XdrCodec.of(MigrationEntry.class).encode(entry)).toByteArray();
    }

    private static byte[] opened(int migration, UUID guest, String name) {
        return bytes(new MigrationEntry.Opened(new UUID(9, migration), true, guest, name, 1, List.of(), "", 0, migration));
    }

    private static byte[] done(int migration, long at) {
        return bytes(new MigrationEntry.Done(new UUID(9, migration), PhaseCode.BEGIN, false, at));
    }

    private static List<byte[]> many(int count) {
        List<byte[]> journal = new ArrayList<>();
        journal.add(opened(1, WEB, "web1"));
        for (int i = 1; i < count; i++) {
            journal.add(done(1, i));
        }
        return journal;
    }

    private static List<byte[]> all(JournalParts parts) {
        List<byte[]> read = new ArrayList<>();
        Opaque mark = Opaque.empty();
        do {
            ResolutionProcedures.JournalRet part = parts.after(mark);
            assertThat(part.entries()).hasSizeLessThanOrEqualTo(ResolutionProcedures.ENTRIES_LIMIT);
            part.entries().forEach(entry -> read.add(entry.toByteArray()));
            mark = part.next();
            assertThat(mark.size()).isLessThanOrEqualTo(ResolutionProcedures.MARK_LIMIT);
        } while (!mark.isEmpty());
        return read;
    }

    @Test
    void theWholeIsThereInParts() {
        for (int count : new int[] {1, 1023, 1024, 1025, 2048, 5000}) {
            List<byte[]> journal = many(count);
            assertThat(all(JournalParts.of(journal, _ -> true))).containsExactlyElementsOf(journal);
        }
        assertThat(all(JournalParts.of(List.of(), _ -> true))).isEmpty();
    }

    @Test
    void whatIsAddedWhileItIsReadIsReadToo() {
        Opaque mark = JournalParts.of(many(2000), _ -> true).after(Opaque.empty()).next();
        assertThat(JournalParts.of(many(2010), _ -> true).after(mark).entries()).hasSize(2010 - 1024);
    }

    @Test
    void aJournalThatWasCompactedIsNotPutTogether() {
        Opaque mark = JournalParts.of(many(2000), _ -> true).after(Opaque.empty()).next();
        List<byte[]> compacted = many(2000);
        compacted.remove(1);
        for (JournalParts now : List.of(JournalParts.of(compacted, _ -> true), JournalParts.of(many(3), _ -> true))) {
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> now.after(mark))
                    .withMessageContaining("compacted").matches(e -> e.is(ErrorCode.OPERATION_INVALID));
        }
    }

    @Test
    void aMarkOfSomebodyElsesIsRefused() {
        JournalParts parts = JournalParts.of(many(3), _ -> true);
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> parts.after(Opaque.ofText("mark")))
                .matches(e -> e.is(ErrorCode.INVALID_ARG));
        for (long count : new long[] {-1, 1, 4, Long.MAX_VALUE}) {
            Opaque made = Opaque.of(java.nio.ByteBuffer.allocate(12).putLong(count).putInt(0).array());
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> parts.after(made))
                    .matches(e -> e.is(ErrorCode.OPERATION_INVALID));
        }
    }

    @Test
    void entriesOfGuestsThatMayNotBeSeenAreLeftOut() {
        byte[] asked = bytes(new MigrationEntry.Barred(new UUID(9, 3), DB, "kvm1 asked", 5));
        byte[] later = new byte[] {0, 0, 0, 99};
        List<byte[]> journal = List.of(opened(1, WEB, "web1"), opened(2, DB, "db"), done(2, 3), done(1, 4), asked, later,
                done(77, 1));
        assertThat(all(JournalParts.of(journal, guest -> guest.name().startsWith("web"))))
                .containsExactly(journal.get(0), journal.get(3));
        assertThat(all(JournalParts.of(journal, guest -> guest.uuid().equals(DB))))
                .containsExactly(journal.get(1), journal.get(2), asked);
        assertThat(all(JournalParts.of(journal, _ -> true))).containsExactlyElementsOf(journal);
        List<DomainRef> asked2 = new ArrayList<>();
        all(JournalParts.of(journal, guest -> !asked2.add(guest)));
        assertThat(asked2).as("each guest is judged once").doesNotHaveDuplicates();
    }
}
