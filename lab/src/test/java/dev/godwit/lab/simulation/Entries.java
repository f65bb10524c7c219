package dev.godwit.lab.simulation;

import dev.godwit.migration.MigrationEntry;
import dev.godwit.wire.xdr.XdrCodec;
import java.nio.ByteBuffer;
import java.util.StringJoiner;

/** What hosts write into their journals, for people. */
final class Entries {

    /** Length, checksum and sequence of a record. */
    private static final int HEAD = 16;
    private static final XdrCodec<MigrationEntry> CODEC = XdrCodec.of(MigrationEntry.class);

    private Entries() {}

    /** The entries of one record, without what can be seen beside them in a trace. */
    static String describe(ByteBuffer record) {
        StringJoiner all = new StringJoiner(" + ");
        ByteBuffer entries = record.slice(HEAD, record.remaining() - HEAD);
        while (entries.hasRemaining()) {
            all.add(describe(CODEC.decode(entries)));
        }
        return all.toString();
    }

    private static String describe(MigrationEntry entry) {
        String id = entry.migration().toString().substring(0, 4);
        return id + " " + switch (entry) {
            case MigrationEntry.Opened opened -> (opened.source() ? "opened as source" : "opened as destination")
                    + ", token " + opened.token() + ", ask " + opened.ask();
            case MigrationEntry.AskAt ask -> "ask " + ask.ask();
            case MigrationEntry.Entered step -> "entered " + step.phase() + (step.cancel() ? " to cancel" : "");
            case MigrationEntry.Done step -> "done " + step.phase() + (step.cancel() ? " to cancel" : "");
            case MigrationEntry.Failed step -> "failed " + step.phase() + ": " + step.why();
            case MigrationEntry.HandedOver over -> "HANDED OVER, token " + over.token();
            case MigrationEntry.Barred barred -> "BARRED: " + barred.why();
            case MigrationEntry.Closed closed -> "closed, owner " + closed.owner() + ": " + closed.why();
        };
    }
}
