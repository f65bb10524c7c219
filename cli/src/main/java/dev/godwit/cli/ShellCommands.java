package dev.godwit.cli;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.rest;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.syntax.Option.Completion;
import dev.godwit.cli.syntax.Syntax;
import java.util.List;
import java.util.Optional;

/** The commands about {@code godwit} itself. */
final class ShellCommands {

    private ShellCommands() {}

    static Command connect() {
        return Command.offline(Syntax.of("connect", "connect to another host",
                "Connects to another host, or again to the same.",
                text("name", "the host's URI; this machine otherwise").positional(),
                flag("readonly", "without changing anything")), (session, arguments) -> {
                    boolean readOnly = arguments.has("readonly");
                    session.turnTo(arguments.given("name")
                            ? arguments.written("name").orElse("")
                            : session.settings().uri(), readOnly);
                    session.connection();
                });
    }

    static Command quit(String name) {
        return Command.offline(Syntax.of(name, "leave", "Leaves the interactive session."),
                (session, arguments) -> session.leave());
    }

    static Command echo() {
        return Command.offline(Syntax.of("echo", "print words", "Prints its words as they were read.",
                rest("string", "the words")), (session, arguments) ->
                        session.printOpenLine(String.join(" ", arguments.rest())));
    }

    static Command pwd() {
        return Command.offline(Syntax.of("pwd", "the current folder", "Says which folder file names start from."),
                (session, arguments) -> session.print(System.getProperty("user.dir") + "\n"));
    }

    static Command cd() {
        return Command.offline(Syntax.of("cd", "not supported", "A program in Java cannot change its folder;"
                + " name files with their whole path instead.",
                text("dir", "the folder").positional().completedBy(new Completion.Files())),
                (session, arguments) -> {
                    throw new CommandFailed("cd: this program cannot change its folder; name files with their"
                            + " whole path instead");
                });
    }

    static Command completion() {
        return Command.offline(Syntax.of("completion", "completion for your shell",
                "Prints a script that completes commands, options and guests; source <(godwit completion bash)"
                        + " makes bash use it.",
                text("shell", "bash or zsh").positional().mandatory()
                        .completedBy(new Completion.Words(List.of("bash", "zsh")))), (session, arguments) -> {
                            Optional<String> script = CompletionScript.of(arguments.required("shell"));
                            session.print(script.orElseThrow(() -> new CommandFailed("unknown shell '"
                                    + arguments.required("shell") + "', expecting bash or zsh")));
                        });
    }
}
