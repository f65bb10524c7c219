package dev.godwit.cli;

import dev.godwit.cli.command.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The shell at a terminal. The only class that knows JLine, so that nothing else waits for it to load. */
final class TerminalShell {

    private final Session session;
    private final Consumer<String> line;
    private final Completer completer;

    TerminalShell(Session session, Consumer<String> line, Completer completer) {
        this.session = session;
        this.line = line;
        this.completer = completer;
    }

    /** Reads and carries out lines until the end of input, or one says to leave. */
    void run() {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            // Quotes and backslashes are for our own reader of lines to understand.
            DefaultParser parser = new DefaultParser();
            parser.setEofOnUnclosedQuote(false);
            LineReader reader = LineReaderBuilder.builder().appName("godwit").terminal(terminal).parser(parser)
                    .completer((lineReader, parsed, candidates) -> complete(parsed, candidates))
                    .variable(LineReader.HISTORY_FILE, history())
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            while (!session.leaving()) {
                try {
                    line.accept(reader.readLine(session.settings().connect().readOnly() ? "godwit > " : "godwit # "));
                } catch (UserInterruptException e) {
                    // Ctrl-C throws away the line, not the session.
                    continue;
                }
            }
        } catch (EndOfFileException e) {
            session.print("\n");
        } catch (IOException e) {
            session.complain("error: The terminal cannot be used: " + e.getMessage() + "\n");
        }
    }

    private void complete(ParsedLine parsed, List<Candidate> candidates) {
        List<String> words = parsed.words().subList(0, parsed.wordIndex() + 1);
        completer.complete(words).words().forEach(word -> candidates.add(new Candidate(word)));
    }

    private static Path history() {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path folder = cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return folder.resolve("godwit").resolve("history");
    }
}
