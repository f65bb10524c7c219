package dev.godwit.daemon.handlers;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.wire.remote.ResolutionProcedures;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * A journal for somebody who reads it: without what he may not see, and a part at a time.
 *
 * <p>The mark between two parts is how many entries were given, and a checksum of them: a journal that was compacted in between
 * begins with other ones, and is not put together with what was read before.
 */
final class JournalParts {

    private static final UUID UNSAID = new UUID(0, 0);
    private static final int MARK_BYTES = Long.BYTES + Integer.BYTES;

    private final List<byte[]> entries;

    private JournalParts(List<byte[]> entries) {
        this.entries = entries;
    }

    /**
     * What somebody may see of a journal.
     *
     * @param journal the entries in XDR, the oldest first
     * @param visible whether he may read about a guest, by the name that it has or had here
     */
    static JournalParts of(List<byte[]> journal, Predicate<DomainRef> visible) {
        List<Optional<MigrationEntry>> understood = journal.stream().map(JournalParts::understood).toList();
        Map<UUID, DomainRef> guests = new HashMap<>();
        for (Optional<MigrationEntry> entry : understood) {
            switch (entry.orElse(null)) {
                case MigrationEntry.Opened opened ->
                        guests.put(opened.migration(), ref(opened.name(), opened.guest()));
                case MigrationEntry.Barred barred ->
                        guests.putIfAbsent(barred.migration(), ref("", barred.guest()));
                case null, default -> { }
            }
        }
        Map<DomainRef, Boolean> decided = new HashMap<>();
        List<byte[]> seen = new ArrayList<>();
        for (int i = 0; i < journal.size(); i++) {
            DomainRef guest = understood.get(i).map(entry -> guests.get(entry.migration())).orElse(ref("", UNSAID));
            if (decided.computeIfAbsent(guest, visible::test)) {
                seen.add(journal.get(i));
            }
        }
        return new JournalParts(seen);
    }

    private static DomainRef ref(String name, UUID guest) {
        return new DomainRef(name, guest, DomainRef.INACTIVE);
    }

    /** Nothing for an entry of a later release, which this daemon may have found in its file. */
    private static Optional<MigrationEntry> understood(byte[] entry) {
        try {
            return Optional.of(XdrCodec.of(MigrationEntry.class).decodeAll(ByteBuffer.wrap(entry)));
        } catch (XdrException e) {
            return Optional.empty();
        }
    }

    /**
     * One part.
     *
     * @param mark empty for the first part, otherwise what the one before it said
     * @throws VirtException 8 for something that is no mark, 55 when the entries before it are not those that were given
     */
    ResolutionProcedures.JournalRet after(Opaque mark) {
        int begin = begin(mark);
        int end = Math.min(entries.size(), begin + ResolutionProcedures.ENTRIES_LIMIT);
        return new ResolutionProcedures.JournalRet(entries.subList(begin, end).stream().map(Opaque::of).toList(),
                end == entries.size() ? Opaque.empty() : mark(end));
    }

    private int begin(Opaque mark) {
        if (mark.isEmpty()) {
            return 0;
        }
        if (mark.size() != MARK_BYTES) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.NONE, "the mark is not one of this journal's");
        }
        long begin = mark.asByteBuffer().getLong();
        if (begin < 0 || begin > entries.size() || !mark((int) begin).equals(mark)) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.NONE,
                    "the journal was compacted while it was read; read it again from its beginning");
        }
        return (int) begin;
    }

    private Opaque mark(int count) {
        CRC32C checksum = new CRC32C();
        entries.subList(0, count).forEach(checksum::update);
        return Opaque.of(ByteBuffer.allocate(MARK_BYTES).putLong(count).putInt((int) checksum.getValue()).array());
    }
}
