package dev.godwit.cli.migration;

import static dev.godwit.cli.syntax.Option.output;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.cli.text.Table;
import dev.godwit.journal.JournalContent;
import dev.godwit.journal.JournalException;
import dev.godwit.migration.MigrationEntry;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code journal}: what a host has promised in migrations. */
public final class JournalCommand {

    private JournalCommand() {}

    /** {@code journal}. */
    public static Command command() {
        return Command.offline(Syntax.of("journal", "show what a host has promised in migrations",
                "print FILE shows a journal, the oldest entry first. It may be that of a daemon that runs: it is only read.",
                text("action", "print").positional().mandatory()
                        .completedBy(new Option.Completion.Words(List.of("print"))),
                Option.file("the journal"),
                text("guest", "only the migrations of a guest, by the name it has on that host, or UUID"),
                output()), JournalCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        if (!arguments.required("action").equals("print")) {
            throw new UsageException("'" + arguments.required("action") + "' is not 'print'");
        }
        boolean json = session.json(arguments);
        JournalContent<MigrationEntry> content = read(arguments.required("file"));
        JournalText text = new JournalText(content.entries());
        List<JournalContent.Kept<MigrationEntry>> shown = arguments.text("guest")
                .map(guest -> content.kept().stream().filter(kept -> text.about(kept.entry(), guest)).toList())
                .orElse(content.kept());
        if (shown.isEmpty() && arguments.given("guest")) {
            throw new CommandFailed("the journal " + arguments.required("file") + " says nothing of guest '"
                    + arguments.required("guest") + "'");
        }
        if (json) {
            session.printJson(json(content, shown, text));
        } else {
            print(session, content, shown, text);
        }
    }

    private static JournalContent<MigrationEntry> read(String file) {
        try {
            return JournalContent.read(Path.of(file), MigrationEntry.class);
        } catch (JournalException | InvalidPathException e) {
            throw new CommandFailed(e.getMessage());
        }
    }

    private static void print(Session session, JournalContent<MigrationEntry> content,
            List<JournalContent.Kept<MigrationEntry>> shown, JournalText text) {
        session.remark("Journal of host " + content.host() + ", format " + content.format() + "\n\n");
        Table table = new Table(List.of("Nr", "Time (UTC)", "Migration", "Guest", "Side", "What"));
        for (JournalContent.Kept<MigrationEntry> kept : shown) {
            MigrationEntry entry = kept.entry();
            table.row(List.of(Long.toString(kept.sequence()), JournalText.time(entry), entry.migration().toString(),
                    text.guest(entry), text.side(entry), JournalText.what(entry)));
        }
        session.print(table.text());
        if (content.tornBytes() > 0) {
            session.print("\nFrom byte " + content.goodBytes() + " on there are " + content.tornBytes()
                    + " bytes of a record that was not written to its end: it is being written now, or the host stopped"
                    + " while it was. Nobody was told of it.\n");
        }
    }

    private static Map<String, Object> json(JournalContent<MigrationEntry> content,
            List<JournalContent.Kept<MigrationEntry>> shown, JournalText text) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("host", content.host().toString());
        fields.put("format", content.format());
        fields.put("torn_bytes", content.tornBytes());
        fields.put("entries", shown.stream().map(kept -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("number", kept.sequence());
            entry.put("offset", kept.offset());
            entry.putAll(text.json(kept.entry()));
            return entry;
        }).toList());
        return fields;
    }
}
