package dev.godwit.cli;

import dev.godwit.cli.command.Settings;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.client.ConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands before the command's name: virsh's options, and {@code --output}.
 *
 * @param wish     what is wanted
 * @param settings for the commands
 * @param words    what follows
 * @param log      a file to which errors are appended as well
 */
record GlobalOptions(Wish wish, Settings settings, List<String> words, Optional<String> log) {

    /** What is wanted. */
    enum Wish {
        /** Commands. */
        COMMANDS,
        /** A page of help. */
        HELP,
        /** The version. */
        VERSION,
        /** The version and what can be done with it. */
        LONG_VERSION
    }

    /** Short and long names, and whether a value follows: {@code :} always, {@code ?} after {@code =} only. */
    private enum Known {
        CONNECT('c', "connect", ':'),
        DEBUG('d', "debug", ':'),
        ESCAPE('e', "escape", ':'),
        HELP('h', "help", ' '),
        INTERVAL('k', "keepalive-interval", ':'),
        COUNT('K', "keepalive-count", ':'),
        LOG('l', "log", ':'),
        OUTPUT('o', "output", ':'),
        QUIET('q', "quiet", ' '),
        READONLY('r', "readonly", ' '),
        TIMING('t', "timing", ' '),
        VERSION('v', "version", '?'),
        LONG_VERSION('V', "", ' ');

        final char letter;
        final String word;
        final char value;

        Known(char letter, String word, char value) {
            this.letter = letter;
            this.word = word;
            this.value = value;
        }
    }

    private static final class Reader {

        private final List<String> rest;
        private final Map<String, String> environment;
        private Optional<String> uri = Optional.empty();
        private Wish wish = Wish.COMMANDS;
        private long interval = ConnectOptions.DEFAULT.keepaliveInterval().toSeconds();
        private int count = ConnectOptions.DEFAULT.keepaliveCount();
        private boolean quiet;
        private boolean readOnly;
        private boolean timing;
        private boolean json;
        private char escape = 0x1d;
        private Optional<String> log = Optional.empty();

        Reader(List<String> words, Map<String, String> environment) {
            this.rest = new ArrayList<>(words);
            this.environment = environment;
        }

        GlobalOptions read() {
            while (wish == Wish.COMMANDS && !rest.isEmpty() && rest.getFirst().startsWith("-")
                    && !rest.getFirst().equals("-")) {
                String word = rest.removeFirst();
                if (word.equals("--")) {
                    break;
                } else if (word.startsWith("--")) {
                    longOption(word);
                } else {
                    letters(word);
                }
            }
            Settings settings = new Settings(uri.or(this::uriOfEnvironment).orElse(""),
                    new ConnectOptions(readOnly, Duration.ofSeconds(interval), count), quiet, timing, json, escape);
            return new GlobalOptions(wish, settings, List.copyOf(rest), log);
        }

        private Optional<String> uriOfEnvironment() {
            for (String name : List.of("GODWIT_DEFAULT_URI", "VIRSH_DEFAULT_CONNECT_URI", "LIBVIRT_DEFAULT_URI")) {
                String value = environment.getOrDefault(name, "");
                if (!value.isEmpty()) {
                    return Optional.of(value);
                }
            }
            return Optional.empty();
        }

        /** Long names may be cut short as long as it is clear what is meant. */
        private void longOption(String word) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
            List<Known> meant = new ArrayList<>();
            for (Known known : Known.values()) {
                if (known.word.equals(name)) {
                    meant = List.of(known);
                    break;
                }
                if (!known.word.isEmpty() && !name.isEmpty() && known.word.startsWith(name)) {
                    meant.add(known);
                }
            }
            if (meant.size() != 1 || equals >= 0 && meant.getFirst().value == ' ') {
                throw new UsageException("unsupported option '" + word + "'. See --help.");
            }
            Known known = meant.getFirst();
            Optional<String> value = equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1));
            take(known, known.value == ':' && value.isEmpty() ? Optional.of(following(known)) : value,
                    "--" + known.word);
        }

        /** Letters may stand together; the value of the last may follow without a blank. */
        private void letters(String word) {
            for (int i = 1; i < word.length(); i++) {
                Known known = byLetter(word.charAt(i));
                if (known.value == ':') {
                    String attached = word.substring(i + 1);
                    take(known, Optional.of(attached.isEmpty() ? following(known) : attached), "-" + known.letter);
                    return;
                }
                take(known, Optional.empty(), "-" + known.letter);
            }
        }

        private static Known byLetter(char letter) {
            for (Known known : Known.values()) {
                if (known.letter == letter) {
                    return known;
                }
            }
            throw new UsageException("unsupported option '-" + letter + "'. See --help.");
        }

        private String following(Known known) {
            if (rest.isEmpty()) {
                throw new UsageException(
                        "option '-" + known.letter + "'/'--" + known.word + "' requires an argument");
            }
            return rest.removeFirst();
        }

        private void take(Known known, Optional<String> value, String name) {
            switch (known) {
                case CONNECT -> uri = value;
                case DEBUG -> debug(value.orElse(""), name);
                case ESCAPE -> escape = escape(value.orElse(""));
                case HELP -> wish = Wish.HELP;
                case INTERVAL -> interval = number(value.orElse(""), name);
                case COUNT -> count = number(value.orElse(""), name);
                case LOG -> log = value;
                case OUTPUT -> json = switch (value.orElse("")) {
                    case "json" -> true;
                    case "text" -> false;
                    default -> throw new UsageException(
                            "unknown output '" + value.orElse("") + "', expecting text or json");
                };
                case QUIET -> quiet = true;
                case READONLY -> readOnly = true;
                case TIMING -> timing = true;
                case VERSION -> wish = value.filter("long"::equals).isPresent() ? Wish.LONG_VERSION : Wish.VERSION;
                case LONG_VERSION -> wish = Wish.LONG_VERSION;
            }
        }

        /** Read for the sake of scripts; this program has nothing to say at any level. */
        private static void debug(String value, String name) {
            try {
                Integer.parseInt(value);
            } catch (NumberFormatException e) {
                throw new UsageException("option " + name + " takes a numeric argument");
            }
        }

        private static int number(String value, String name) {
            int number;
            try {
                number = Integer.parseInt(value);
            } catch (NumberFormatException e) {
                throw new UsageException("Invalid value for option " + name);
            }
            if (number < 0) {
                throw new UsageException("option " + name + " requires a positive integer argument");
            }
            return number;
        }

        private static char escape(String value) {
            if (value.length() == 2 && value.charAt(0) == '^') {
                char c = Character.toUpperCase(value.charAt(1));
                if (c >= '@' && c <= '_') {
                    return (char) (c - '@');
                }
            } else if (value.length() == 1 && value.charAt(0) != '^') {
                return value.charAt(0);
            }
            throw new UsageException("Invalid string '" + value + "' for escape sequence");
        }
    }

    /**
     * Reads them.
     *
     * @param words       all words of the command line
     * @param environment for the URI where none is given
     * @throws UsageException if they cannot be meant
     */
    static GlobalOptions read(List<String> words, Map<String, String> environment) {
        return new Reader(words, environment).read();
    }

    /** Help on them. */
    static String help() {
        return """

                godwit [options]... [<command_string>]
                godwit [options]... <command> [args...]

                  options:
                    -c | --connect=URI      the host to connect to
                    -d | --debug=NUM        accepted and without effect
                    -e | --escape <char>    the character that leaves a console, as ^]
                    -h | --help             this help
                    -k | --keepalive-interval=NUM
                                            seconds of silence before the host is asked whether it lives, 0 for never
                    -K | --keepalive-count=NUM
                                            unanswered questions before the connection is given up
                    -l | --log=FILE         append errors to a file as well
                    -o | --output=FORMAT    print results as text or json
                    -q | --quiet            print results and errors only
                    -r | --readonly         change nothing
                    -t | --timing           say how long each command took
                    -v                      version
                    -V                      version and what belongs to it
                         --version[=TYPE]   version, TYPE is short or long (default short)

                  Without a URI: GODWIT_DEFAULT_URI, VIRSH_DEFAULT_CONNECT_URI, LIBVIRT_DEFAULT_URI, or what this
                  machine has. Without a command: an interactive shell, or commands from standard input.

                """;
    }
}
