package dev.godwit.cli;

import dev.godwit.cli.Catalogue.Group;
import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import java.util.Optional;

/** {@code help}: all commands in groups, one group, or one command. */
final class HelpCommand {

    private HelpCommand() {}

    static Command command() {
        return Command.offline(Syntax.of("help", "help on commands",
                "Lists the commands, or those of a group, or says all about one command.",
                Option.text("command", "a command, or the keyword of a group").positional()),
                (session, arguments) -> {
                    Optional<String> word = arguments.text("command");
                    session.print(word.isEmpty() ? all() : about(word.get()));
                });
    }

    private static String about(String word) {
        return Catalogue.find(word).map(command -> command.syntax().help())
                .or(() -> Catalogue.GROUPS.stream().filter(group -> group.keyword().equals(word)
                        || group.title().equals(word)).findFirst().map(HelpCommand::group))
                .orElseThrow(() -> new CommandFailed("command or command group '" + word + "' doesn't exist"));
    }

    /** All groups. */
    static String all() {
        StringBuilder text = new StringBuilder("Grouped commands:\n\n");
        Catalogue.GROUPS.forEach(group -> text.append(group(group)).append('\n'));
        return text.toString();
    }

    private static String group(Group group) {
        StringBuilder text = new StringBuilder(" ").append(group.title()).append(" (help keyword '")
                .append(group.keyword()).append("'):\n");
        for (String name : group.names()) {
            text.append("    ").append(name).append(" ".repeat(Math.max(0, 30 - name.length()))).append(' ')
                    .append(Catalogue.find(name).orElseThrow().syntax().summary()).append('\n');
        }
        return text.toString();
    }
}
