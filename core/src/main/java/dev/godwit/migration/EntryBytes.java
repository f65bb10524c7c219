package dev.godwit.migration;

import dev.godwit.wire.xdr.XdrCodec;
import java.nio.ByteBuffer;

/** A line of a host's journal as bytes, as it stands in the journal's file and as hosts hand it to those who ask for it. */
public final class EntryBytes {

    /** The most bytes of one entry, which is what a record of the journal takes. */
    private static final int MOST = 64 * 1024;

    private static final XdrCodec<MigrationEntry> CODEC = XdrCodec.of(MigrationEntry.class);

    private EntryBytes() {}

    /**
     * An entry as bytes.
     *
     * @param entry one that a journal took
     * @return it in XDR
     */
    public static byte[] of(MigrationEntry entry) {
        ByteBuffer buffer = ByteBuffer.allocate(MOST);
        CODEC.encode(entry, buffer);
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
