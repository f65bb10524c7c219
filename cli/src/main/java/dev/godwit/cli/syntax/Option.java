package dev.godwit.cli.syntax;

import java.util.List;

/**
 * One option of a command.
 *
 * @param name       without the dashes
 * @param kind       what it takes
 * @param required   whether the command is nothing without it
 * @param position   whether its value may come without its name
 * @param help       what it does, for people; empty for one that is only there to be refused
 * @param completion how a shell completes its value
 */
public record Option(String name, Kind kind, boolean required, Position position, String help, Completion completion) {

    /** What an option takes. */
    public enum Kind {
        /** Nothing: it is there or not. */
        FLAG,
        /** A text. */
        TEXT,
        /** A whole number. */
        NUMBER,
        /** All words that are left. */
        REST
    }

    /** Whether a value may come without the option's name. */
    public enum Position {
        /** It may not. */
        NAMED,
        /** It may, and help says so. */
        POSITIONAL,
        /** It may because it always could; help says nothing of it. */
        TOLERATED
    }

    /** How a shell completes a value. */
    public sealed interface Completion {
        /** Not at all. */
        record Nothing() implements Completion {}

        /** With files. */
        record Files() implements Completion {}

        /** With the names of guests. */
        record Guests() implements Completion {}

        /** With one of a few words. */
        record Words(List<String> words) implements Completion {}
    }

    /** An option without a value. */
    public static Option flag(String name, String help) {
        return new Option(name, Kind.FLAG, false, Position.NAMED, help, new Completion.Nothing());
    }

    /** An option with a text. */
    public static Option text(String name, String help) {
        return new Option(name, Kind.TEXT, false, Position.NAMED, help, new Completion.Nothing());
    }

    /** An option with a number. */
    public static Option number(String name, String help) {
        return new Option(name, Kind.NUMBER, false, Position.NAMED, help, new Completion.Nothing());
    }

    /** An option that takes all words that are left. */
    public static Option rest(String name, String help) {
        return new Option(name, Kind.REST, false, Position.POSITIONAL, help, new Completion.Nothing());
    }

    /** The guest that most commands are about. */
    public static Option guest() {
        return text("domain", "the guest, by name, id or UUID").positional().mandatory()
                .completedBy(new Completion.Guests());
    }

    /** The file of a command that reads one. */
    public static Option file(String help) {
        return text("file", help).positional().mandatory().completedBy(new Completion.Files());
    }

    /** The way a result is printed, for scripts. */
    public static Option output() {
        return text("output", "print the result as text or json")
                .completedBy(new Completion.Words(List.of("text", "json")));
    }

    /** The same, and nothing goes without it. */
    public Option mandatory() {
        return new Option(name, kind, true, position, help, completion);
    }

    /** The same, and its value may come without its name. */
    public Option positional() {
        return new Option(name, kind, required, Position.POSITIONAL, help, completion);
    }

    /** The same, and its value may come without its name, as a courtesy to old scripts. */
    public Option tolerated() {
        return new Option(name, kind, required, Position.TOLERATED, help, completion);
    }

    /** The same, completed in some way. */
    public Option completedBy(Completion way) {
        return new Option(name, kind, required, position, help, way);
    }

    /** Whether people are told of it. */
    public boolean shown() {
        return !help.isEmpty();
    }

    /** Its value as help and errors show it. */
    String placeholder() {
        return kind == Kind.NUMBER ? "<number>" : "<string>";
    }
}
