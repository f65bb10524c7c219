package dev.godwit.cli.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What was written after a command's name. Reads it the way virsh does: {@code --option value},
 * {@code --option=value}, values without a name dealt out to positional options in their order, and
 * {@code --} before values that begin with dashes.
 */
public final class Arguments {

    private final Syntax syntax;
    private final Map<String, String> values = new HashMap<>();
    private final Set<String> flags = new HashSet<>();
    private final List<String> rest = new ArrayList<>();
    private boolean help;

    private Arguments(Syntax syntax) {
        this.syntax = syntax;
    }

    /**
     * Reads words.
     *
     * @param syntax what may be written
     * @param words  what was written after the command's name
     * @return the arguments; where {@code --help} was among them, nothing else need be right
     * @throws UsageException if they do not fit
     */
    public static Arguments read(Syntax syntax, List<String> words) {
        Arguments arguments = new Arguments(syntax);
        boolean named = true;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!named || !word.startsWith("--")) {
                arguments.positional(word);
            } else if (word.equals("--")) {
                named = false;
            } else {
                i += arguments.option(word.substring(2), words.subList(i + 1, words.size()));
            }
        }
        if (!arguments.help) {
            arguments.complete();
        }
        return arguments;
    }

    /** Takes an option, and says how many of the following words belong to it. */
    private int option(String word, List<String> following) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        if (name.equals("help")) {
            help = true;
            return 0;
        }
        Option option = syntax.option(name).orElseThrow(() -> new UsageException(
                "command '" + syntax.name() + "' doesn't support option --" + name));
        if (option.kind() != Option.Kind.REST && given(option.name())) {
            throw new UsageException("option --" + option.name() + " already seen");
        }
        if (option.kind() == Option.Kind.FLAG) {
            if (equals >= 0) {
                throw new UsageException("invalid '=' after option --" + option.name());
            }
            flags.add(option.name());
            return 0;
        }
        if (equals >= 0) {
            set(option, word.substring(equals + 1));
            return 0;
        }
        if (following.isEmpty()) {
            throw new UsageException("expected syntax: --" + option.name() + " " + option.placeholder());
        }
        set(option, following.getFirst());
        return 1;
    }

    private void positional(String word) {
        for (Option option : syntax.options()) {
            boolean free = option.kind() == Option.Kind.REST || !given(option.name());
            if (option.position() != Option.Position.NAMED && free) {
                set(option, word);
                return;
            }
        }
        throw new UsageException("unexpected data '" + word + "'");
    }

    private void set(Option option, String value) {
        if (option.kind() == Option.Kind.REST) {
            rest.add(value);
        } else {
            values.put(option.name(), value);
        }
    }

    private void complete() {
        for (Option option : syntax.options()) {
            if (option.required() && !given(option.name())
                    && (option.kind() != Option.Kind.REST || rest.isEmpty())) {
                throw new UsageException("command '" + syntax.name() + "' requires "
                        + (option.position() == Option.Position.POSITIONAL
                                ? "<" + option.name() + ">"
                                : "--" + option.name()) + " option");
            }
        }
    }

    /** Whether help was asked for instead. */
    public boolean helpWanted() {
        return help;
    }

    /** Whether an option was given, whatever its kind. */
    public boolean given(String name) {
        return flags.contains(name) || values.containsKey(name);
    }

    /** Whether a flag was given. */
    public boolean has(String flag) {
        return flags.contains(flag);
    }

    /**
     * The value of an option.
     *
     * @param name the option
     * @return empty where it was not given
     * @throws UsageException if its value is empty
     */
    public Optional<String> text(String name) {
        Optional<String> value = Optional.ofNullable(values.get(name));
        if (value.isPresent() && value.get().isEmpty()) {
            throw new UsageException("Failed to get option '" + name + "': Option argument is empty");
        }
        return value;
    }

    /** The value of an option that is required. */
    public String required(String name) {
        return text(name).orElseThrow();
    }

    /**
     * The value of an option as it was written, also if that is nothing.
     *
     * @param name the option
     * @return empty where it was not given
     */
    public Optional<String> written(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * A number from 0 to 18446744073709551615; larger ones than {@link Long#MAX_VALUE} come as their bits.
     *
     * @param name the option
     * @return empty where it was not given
     * @throws UsageException if it is not one
     */
    public OptionalLong number(String name) {
        return number(name, Long.MAX_VALUE * 2 + 1);
    }

    /**
     * A number with a bound.
     *
     * @param name the option
     * @param max  the largest, unsigned
     * @return empty where it was not given
     * @throws UsageException if it is not one, or larger
     */
    public OptionalLong number(String name, long max) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseUnsignedLong(value.get());
            if (Long.compareUnsigned(number, max) <= 0) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException e) {
            // Said below, together with what is too large.
        }
        throw new UsageException(
                "Numeric value '" + value.get() + "' for <" + name + "> option is malformed or out of range");
    }

    /** All words that were left. */
    public List<String> rest() {
        return List.copyOf(rest);
    }

    /** Refuses two options together. */
    public void exclusive(String one, String other) {
        if (given(one) && given(other)) {
            throw new UsageException("Options --" + one + " and --" + other + " are mutually exclusive");
        }
    }

    /** Refuses an option without another that it needs. */
    public void needs(String option, String other) {
        if (given(option) && !given(other)) {
            throw new UsageException("Option --" + other + " is required by option --" + option);
        }
    }
}
