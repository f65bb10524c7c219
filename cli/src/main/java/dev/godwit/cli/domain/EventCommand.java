package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.number;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.CtrlC;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.client.EventKind;
import dev.godwit.client.EventSubscription;
import dev.godwit.client.EventSubscription.Delivery;
import dev.godwit.domain.DomainRef;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code event}. */
public final class EventCommand {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSZ", Locale.ROOT).withZone(ZoneOffset.UTC);

    private EventCommand() {}

    /** The command. */
    public static Command command() {
        return Command.of(Syntax.of("event", "wait for something to happen to guests",
                "Prints the first event of a kind that comes, or all that come with --loop.",
                text("domain", "only of this guest, by name, id or UUID").tolerated()
                        .completedBy(new Option.Completion.Guests()),
                text("event", "the kind of event").tolerated().completedBy(new Option.Completion.Words(
                        Arrays.stream(EventKind.values()).map(EventKind::word).toList())),
                flag("all", "all kinds"), flag("loop", "go on until the time is over, or Ctrl-C"),
                number("timeout", "end after so many seconds").tolerated(), flag("list", "list the kinds"),
                flag("timestamp", "say when")), EventCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        arguments.exclusive("all", "event");
        arguments.exclusive("list", "all");
        arguments.exclusive("list", "event");
        if (arguments.has("list")) {
            for (EventKind kind : EventKind.values()) {
                session.print(kind.word() + "\n");
            }
            return;
        }
        Optional<String> word = arguments.text("event");
        if (word.isEmpty() && !arguments.has("all")) {
            throw new CommandFailed("one of --list, --all, or --event <type> is required");
        }
        List<EventKind> kinds = word.isEmpty()
                ? List.of(EventKind.values())
                : List.of(EventKind.named(word.get())
                        .orElseThrow(() -> new CommandFailed("unknown event type " + word.get())));
        OptionalLong timeout = arguments.number("timeout", Integer.MAX_VALUE);
        if (timeout.isPresent() && timeout.getAsLong() == 0) {
            throw new CommandFailed("Numeric value '" + arguments.required("timeout")
                    + "' for <timeout> option is malformed or out of range");
        }
        Optional<DomainRef> guest = arguments.given("domain")
                ? Optional.of(session.domain(arguments).ref())
                : Optional.empty();
        if (wait(session, arguments, kinds, guest, timeout) == 0) {
            throw new CommandFailed();
        }
    }

    /** Prints events until it is enough, and says how many there were. */
    private static int wait(Session session, Arguments arguments, List<EventKind> kinds,
            Optional<DomainRef> guest, OptionalLong timeout) {
        int count = 0;
        Thread waiter = Thread.currentThread();
        Clock clock = Clock.systemUTC();
        long start = System.nanoTime();
        try (EventSubscription events = session.connection().events().subscribe(kinds, guest);
                CtrlC _ = new CtrlC(waiter::interrupt)) {
            while (true) {
                Optional<Delivery> next = timeout.isEmpty()
                        ? events.next()
                        : events.next(Duration.ofSeconds(timeout.getAsLong()).minusNanos(System.nanoTime() - start));
                if (next.isEmpty()) {
                    session.print("event loop timed out\n");
                    break;
                }
                session.print((arguments.has("timestamp") ? STAMP.format(clock.instant()) + ": " : "")
                        + EventText.of(next.get()));
                session.streams().out().flush();
                count++;
                if (!arguments.has("loop")) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            session.print("event loop interrupted\n");
        }
        session.print("events received: " + count + "\n");
        return count;
    }
}
