package dev.godwit.cli.syntax;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be written after a command's name, as data.
 *
 * @param name    the command
 * @param summary what it does, in a few words
 * @param about   what it does, in a sentence or two
 * @param options in the order in which values without a name are dealt out
 * @param aliases other names of options
 */
public record Syntax(String name, String summary, String about, List<Option> options, Map<String, String> aliases) {

    public Syntax {
        options = List.copyOf(options);
        aliases = Map.copyOf(aliases);
    }

    /** A command with options. */
    public static Syntax of(String name, String summary, String about, Option... options) {
        return new Syntax(name, summary, about, List.of(options), Map.of());
    }

    /** The same with other names for some of its options. */
    public Syntax withAliases(Map<String, String> others) {
        return new Syntax(name, summary, about, options, others);
    }

    /** The option with a name or alias. */
    public Optional<Option> option(String word) {
        String wanted = aliases.getOrDefault(word, word);
        return options.stream().filter(option -> option.name().equals(wanted)).findFirst();
    }

    /** The command's page of help. */
    public String help() {
        StringBuilder text = new StringBuilder();
        text.append("  NAME\n    ").append(name).append(" - ").append(summary);
        text.append("\n\n  SYNOPSIS\n    ").append(name);
        List<Option> shown = options.stream().filter(Option::shown).toList();
        for (Option option : shown) {
            text.append(' ').append(usage(option));
        }
        text.append("\n\n  DESCRIPTION\n    ").append(about).append('\n');
        if (!shown.isEmpty()) {
            text.append("\n  OPTIONS\n");
            for (Option option : shown) {
                text.append("    %-30s  %s\n".formatted(label(option), option.help()));
            }
        }
        return text.append('\n').toString();
    }

    private static String usage(Option option) {
        String text = switch (option.kind()) {
            case FLAG -> "--" + option.name();
            case REST -> "<" + option.name() + ">...";
            case TEXT, NUMBER -> option.position() == Option.Position.POSITIONAL
                    ? "<" + option.name() + ">"
                    : "--" + option.name() + " " + option.placeholder();
        };
        return option.required() ? text : "[" + text + "]";
    }

    private static String label(Option option) {
        return switch (option.kind()) {
            case FLAG -> "--" + option.name();
            case REST -> "<" + option.name() + ">...";
            case TEXT, NUMBER -> (option.position() == Option.Position.POSITIONAL
                    ? "[--" + option.name() + "]"
                    : "--" + option.name()) + " " + option.placeholder();
        };
    }
}
