package dev.godwit.cli.migration;

import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.WireFlag;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationEntry.AskAt;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.Failed;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import dev.godwit.migration.MigrationEntry.Step;
import dev.godwit.migration.MigrationHistory;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The entries of a journal in words. What an entry does not say itself, its migration's others do. */
final class JournalText {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final MigrationHistory history;

    /**
     * Words for a journal.
     *
     * @param entries all of it, oldest first
     */
    JournalText(List<MigrationEntry> entries) {
        this.history = MigrationHistory.of(entries);
    }

    /** When it was written. */
    static String time(MigrationEntry entry) {
        return TIME.format(Instant.ofEpochMilli(entry.atMillis()));
    }

    /** Whether its migration moves a guest, given by name or UUID. */
    boolean about(MigrationEntry entry, String guest) {
        return name(entry).filter(guest::equals).isPresent()
                || uuid(entry).filter(uuid -> uuid.toString().equalsIgnoreCase(guest)).isPresent();
    }

    private Optional<UUID> uuid(MigrationEntry entry) {
        return history.find(entry.migration()).flatMap(JournaledMigration::guest);
    }

    private Optional<String> name(MigrationEntry entry) {
        return history.find(entry.migration()).flatMap(JournaledMigration::opened).map(Opened::name);
    }

    /** The guest, by name where that is known. */
    String guest(MigrationEntry entry) {
        return name(entry).or(() -> uuid(entry).map(UUID::toString)).orElse("-");
    }

    /** Which of the two hosts the journal's host is in the migration. */
    String side(MigrationEntry entry) {
        return history.find(entry.migration()).flatMap(JournaledMigration::opened)
                .map(opened -> opened.source() ? "source" : "destination")
                .orElse(switch (entry) {
                    case Step step -> step.phase().phase().runsOn().name().toLowerCase(Locale.ROOT);
                    case HandedOver over -> "destination";
                    case Barred barred -> "destination";
                    case Opened opened -> opened.source() ? "source" : "destination";
                    case AskAt ask -> "-";
                    case Closed closed -> "-";
                });
    }

    /** What was promised. */
    static String what(MigrationEntry entry) {
        return switch (entry) {
            case Opened opened -> "opened, token " + opened.token() + words(", ", flags(opened.flags()))
                    + where(", ", opened.peer(), opened.ask());
            case AskAt at -> where("", at.peer(), at.ask());
            case Entered entered -> "enters " + entered.phase() + (entered.cancel() ? ", which cancels" : "");
            case Done done -> "has done " + done.phase() + (done.cancel() ? ", which cancelled" : "");
            case Failed failed -> "failed in " + failed.phase() + reason(failed.why());
            case HandedOver over -> "handed over with token " + over.token() + ": the guest is this host's";
            case Barred barred -> "barred: the guest never runs here by this migration" + reason(barred.why());
            case Closed closed -> "closed, owner: " + owner(closed) + reason(closed.why());
        };
    }

    private static String owner(Closed closed) {
        return closed.owner().name().toLowerCase(Locale.ROOT);
    }

    private static String reason(String why) {
        return why.isEmpty() ? "" : " (" + why + ")";
    }

    private static String words(String before, List<String> words) {
        return words.isEmpty() ? "" : before + String.join(" ", words);
    }

    private static String where(String before, String peer, List<String> ask) {
        String who = peer.isEmpty() ? "the other host" : peer;
        return before + (ask.isEmpty() ? who + " cannot be asked yet" : who + " can be asked at" + words(" ", ask));
    }

    /** The names of flags, and the bits that have none. */
    private static List<String> flags(int mask) {
        List<String> names = new ArrayList<>();
        WireFlag.of(MigrationFlag.class, mask).forEach(flag -> names.add(flag.name()));
        int unknown = WireFlag.unknown(MigrationFlag.class, mask);
        if (unknown != 0) {
            names.add("0x" + Integer.toHexString(unknown));
        }
        return names;
    }

    /** An entry for scripts. */
    Map<String, Object> json(MigrationEntry entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", time(entry));
        fields.put("migration", entry.migration().toString());
        fields.put("guest", uuid(entry).map(UUID::toString));
        fields.put("name", name(entry));
        fields.put("side", Optional.of(side(entry)).filter(side -> !side.equals("-")));
        fields.put("entry", entry.getClass().getSimpleName());
        switch (entry) {
            case Opened opened -> {
                fields.put("token", opened.token());
                fields.put("flags", flags(opened.flags()));
                fields.put("peer", opened.peer());
                fields.put("ask", opened.ask());
            }
            case AskAt at -> {
                fields.put("peer", at.peer());
                fields.put("ask", at.ask());
            }
            case Entered entered -> step(fields, entered, entered.cancel());
            case Done done -> step(fields, done, done.cancel());
            case Failed failed -> {
                fields.put("phase", failed.phase().name());
                fields.put("why", failed.why());
            }
            case HandedOver over -> fields.put("token", over.token());
            case Barred barred -> fields.put("why", barred.why());
            case Closed closed -> {
                fields.put("owner", owner(closed));
                fields.put("why", closed.why());
            }
        }
        return fields;
    }

    private static void step(Map<String, Object> fields, Step step, boolean cancel) {
        fields.put("phase", step.phase().name());
        fields.put("cancel", cancel);
    }
}
