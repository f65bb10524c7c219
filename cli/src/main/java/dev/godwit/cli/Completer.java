package dev.godwit.cli;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Option.Completion;
import dev.godwit.cli.syntax.Option.Kind;
import dev.godwit.cli.syntax.Option.Position;
import dev.godwit.cli.syntax.Syntax;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What could come next on a command line. The shells' scripts and the interactive shell ask here. */
final class Completer {

    /**
     * What could come next.
     *
     * @param words what could be written
     * @param files whether files could be written as well
     */
    record Candidates(List<String> words, boolean files) {
        static final Candidates NONE = new Candidates(List.of(), false);

        Candidates startingWith(String prefix) {
            return new Candidates(words.stream().filter(word -> word.startsWith(prefix)).toList(), files);
        }
    }

    private static final List<String> GLOBAL = List.of("--connect", "--debug", "--escape", "--help",
            "--keepalive-interval", "--keepalive-count", "--log", "--output", "--quiet", "--readonly", "--timing",
            "--version");
    private static final Set<String> GLOBAL_WITH_VALUE = Set.of("-c", "--connect", "-d", "--debug", "-e", "--escape",
            "-k", "--keepalive-interval", "-K", "--keepalive-count", "-l", "--log", "-o", "--output");

    private final Supplier<List<String>> guests;

    /**
     * A completer.
     *
     * @param guests the names of guests; asked only when one could come next
     */
    Completer(Supplier<List<String>> guests) {
        this.guests = guests;
    }

    /**
     * What could come next.
     *
     * @param words all words so far; the last is the one being written, and may be empty
     */
    Candidates complete(List<String> words) {
        int at = 0;
        while (at < words.size() - 1 && words.get(at).startsWith("-")) {
            at += GLOBAL_WITH_VALUE.contains(words.get(at)) ? 2 : 1;
        }
        if (at >= words.size()) {
            return Candidates.NONE;
        }
        String last = words.getLast();
        if (at == words.size() - 1) {
            return new Candidates(last.startsWith("-") ? GLOBAL : Catalogue.names(), false).startingWith(last);
        }
        Optional<Command> command = Catalogue.find(words.get(at));
        if (command.isEmpty()) {
            return Candidates.NONE;
        }
        if (words.get(at).equals("help")) {
            return new Candidates(Catalogue.names(), false).startingWith(last);
        }
        return next(command.get().syntax(), words.subList(at + 1, words.size() - 1), last).startingWith(last);
    }

    private Candidates next(Syntax syntax, List<String> before, String last) {
        Set<String> given = new HashSet<>();
        Optional<Option> open = Optional.empty();
        for (String word : before) {
            if (open.isPresent()) {
                open = Optional.empty();
            } else if (word.startsWith("--")) {
                int equals = word.indexOf('=');
                Optional<Option> option = syntax.option(word.substring(2, equals < 0 ? word.length() : equals));
                option.ifPresent(o -> given.add(o.name()));
                open = equals < 0 ? option.filter(o -> o.kind() != Kind.FLAG) : Optional.empty();
            } else {
                position(syntax, given).ifPresent(o -> given.add(o.name()));
            }
        }
        if (open.isPresent()) {
            return values(open.get());
        }
        if (last.startsWith("-")) {
            List<String> options = new ArrayList<>();
            for (Option option : syntax.options()) {
                if (option.shown() && !given.contains(option.name()) && option.kind() != Kind.REST) {
                    options.add("--" + option.name());
                }
            }
            options.add("--help");
            return new Candidates(options, false);
        }
        return position(syntax, given).map(this::values).orElse(Candidates.NONE);
    }

    private static Optional<Option> position(Syntax syntax, Set<String> given) {
        return syntax.options().stream().filter(option -> option.position() == Position.POSITIONAL
                && (option.kind() == Kind.REST || !given.contains(option.name()))).findFirst();
    }

    private Candidates values(Option option) {
        return switch (option.completion()) {
            case Completion.Nothing _ -> Candidates.NONE;
            case Completion.Files _ -> new Candidates(List.of(), true);
            case Completion.Words words -> new Candidates(words.words(), false);
            case Completion.Guests _ -> new Candidates(guests.get(), false);
        };
    }
}
