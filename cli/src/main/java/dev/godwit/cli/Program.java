package dev.godwit.cli;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.command.Settings;
import dev.godwit.cli.command.Streams;
import dev.godwit.cli.command.Version;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.cli.syntax.Words;
import dev.godwit.client.Connection;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.ListFlag;
import dev.godwit.xml.XmlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** From the words of a command line to an exit code. Everything from outside comes in by the constructor. */
final class Program {

    /** A command and what was written after it. */
    private record Invocation(Command command, Arguments arguments) {}

    private final Streams streams;
    private final Map<String, String> environment;
    private final BiFunction<String, Settings, Connection> connector;
    private Optional<Path> log = Optional.empty();

    /**
     * The program.
     *
     * @param streams     where it reads and writes
     * @param environment by name
     * @param connector   opens connections, from what a user writes for a URI
     */
    Program(Streams streams, Map<String, String> environment,
            BiFunction<String, Settings, Connection> connector) {
        this.streams = streams;
        this.environment = environment;
        this.connector = connector;
    }

    /**
     * Does what the words say.
     *
     * @param words the command line
     * @return the exit code: 0, or 1, or what the last command has for itself
     */
    int run(List<String> words) {
        if (!words.isEmpty() && words.getFirst().equals("--complete")) {
            complete(words.subList(1, words.size()));
            return 0;
        }
        try {
            GlobalOptions options = GlobalOptions.read(words, environment);
            log = options.log().map(Path::of);
            return switch (options.wish()) {
                case HELP -> say(GlobalOptions.help() + HelpCommand.all());
                case VERSION -> say(Version.NUMBER + "\n");
                case LONG_VERSION -> say("godwit " + Version.NUMBER + "\nJava " + Runtime.version()
                        + "\nTransports: unix tcp tls ssh libssh libssh2 ext\nSpeaks libvirt's remote protocol, version 1\n");
                case COMMANDS -> commands(options);
            };
        } catch (UsageException e) {
            complain(e.getMessage());
            return 1;
        }
    }

    private int say(String text) {
        streams.out().print(text);
        return 0;
    }

    private int commands(GlobalOptions options) {
        try (Session session = new Session(streams, options.settings(), connector)) {
            List<String> words = options.words();
            if (words.isEmpty()) {
                return new Shell(session, line -> runLine(session, line)).run();
            }
            List<Invocation> invocations = words.size() == 1
                    ? parse(Words.split(words.getFirst()))
                    : parse(List.of(words));
            return run(session, invocations);
        }
    }

    /** Carries out one line of an interactive session. */
    private void runLine(Session session, String line) {
        try {
            run(session, parse(Words.split(line)));
        } catch (UsageException e) {
            complain(e.getMessage());
        }
    }

    /** All commands are understood before the first is carried out. */
    private static List<Invocation> parse(List<List<String>> commands) {
        List<Invocation> invocations = new ArrayList<>();
        for (List<String> words : commands) {
            Command command = Catalogue.find(words.getFirst())
                    .orElseThrow(() -> new UsageException("unknown command: '" + words.getFirst() + "'"));
            invocations.add(new Invocation(command,
                    Arguments.read(command.syntax(), words.subList(1, words.size()))));
        }
        return invocations;
    }

    /** The exit code of the last of some commands. */
    private int run(Session session, List<Invocation> invocations) {
        int status = 0;
        for (Invocation invocation : invocations) {
            long start = System.nanoTime();
            status = run(session, invocation);
            if (session.leaving()) {
                return status;
            }
            if (session.settings().timing()) {
                session.print(String.format(Locale.ROOT, "%n(Time: %.3f ms)%n%n", (System.nanoTime() - start) / 1e6));
            } else if (!session.settings().json() && !invocation.arguments().given("output")) {
                session.remark("\n");
            }
        }
        return status;
    }

    private int run(Session session, Invocation invocation) {
        Arguments arguments = invocation.arguments();
        if (arguments.helpWanted()) {
            session.print(invocation.command().syntax().help());
            return 0;
        }
        try {
            if (session.settings().json() && invocation.command().syntax().option("output").isEmpty()) {
                throw new UsageException("command '" + invocation.command().syntax().name() + "' has no JSON output");
            }
            if (!invocation.command().offline()) {
                session.connection();
            }
            invocation.command().run(session, arguments);
            return 0;
        } catch (CommandFailed e) {
            disconnected(session);
            e.lines().forEach(this::complain);
            return e.status();
        } catch (UsageException e) {
            complain(e.getMessage());
        } catch (VirtException e) {
            disconnected(session);
            complain(e.getMessage());
        } catch (XmlException e) {
            complain("Cannot read the definition that the host sent: " + e.getMessage());
        }
        return 1;
    }

    private void disconnected(Session session) {
        session.opened().flatMap(Connection::ended).ifPresent(end -> complain(switch (end) {
            case ERROR -> "Disconnected from " + session.settings().uri() + " due to I/O error";
            case END_OF_FILE -> "Disconnected from " + session.settings().uri() + " due to end of file";
            case KEEPALIVE -> "Disconnected from " + session.settings().uri() + " due to keepalive timeout";
            case CLOSED -> "Disconnected from " + session.settings().uri();
        }));
    }

    /** Says what went wrong, after all that was printed before. */
    private void complain(String message) {
        streams.out().flush();
        streams.err().print("error: " + message + "\n");
        streams.err().flush();
        log.ifPresent(file -> {
            try {
                Files.writeString(file, "error: " + message + "\n", StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                log = Optional.empty();
                streams.err().print("error: failed to write log file: " + e.getMessage() + "\n");
                streams.err().flush();
            }
        });
    }

    /** Prints what could come next, for the scripts of {@link CompletionScript}. Never fails, never complains. */
    private void complete(List<String> words) {
        Completer.Candidates candidates = new Completer(() -> guests(words)).complete(words);
        candidates.words().forEach(word -> streams.out().print(word + "\n"));
        if (candidates.files()) {
            streams.out().print(":files\n");
        }
    }

    private List<String> guests(List<String> words) {
        try {
            Settings settings = GlobalOptions.read(words, environment).settings();
            try (Session session = new Session(streams, settings, connector)) {
                return session.connection().domains().list(Set.<ListFlag>of()).stream()
                        .map(guest -> guest.name()).toList();
            }
        } catch (UsageException | CommandFailed | VirtException e) {
            return List.of();
        }
    }
}
