package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;
import static dev.godwit.cli.syntax.Option.rest;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.cli.text.Json;
import dev.godwit.cli.text.JsonReader;
import dev.godwit.client.Domain;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code qemu-monitor-command}. */
public final class MonitorCommand {

    private MonitorCommand() {}

    /** The command. */
    public static Command command() {
        return Command.of(Syntax.of("qemu-monitor-command", "talk to a guest's QEMU",
                "Sends a command to QEMU's monitor as it stands and prints the answer. A word that is no JSON"
                        + " becomes a QMP command of that name, and the words after it its arguments.",
                guest(), flag("hmp", "a command of the human monitor"), flag("pretty", "print JSON over several lines"),
                flag("return-value", "print only what the answer returns"),
                text("pass-fds", "not supported: open files cannot be handed over"),
                rest("cmd", "the command").mandatory()), MonitorCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        arguments.exclusive("hmp", "pretty");
        arguments.exclusive("hmp", "return-value");
        if (arguments.given("pass-fds")) {
            throw new UsageException("option --pass-fds is not supported: open files cannot be handed over");
        }
        Domain domain = session.domain(arguments);
        boolean human = arguments.has("hmp");
        String command = human ? String.join(" ", arguments.rest()) : qmp(arguments.rest());
        String answer = domain.monitorCommand(command, human);
        boolean onlyReturn = arguments.has("return-value");
        boolean pretty = arguments.has("pretty");
        if (!onlyReturn && !pretty) {
            session.print(answer + "\n");
            return;
        }
        Object value = JsonReader.read(answer)
                .orElseThrow(() -> new CommandFailed("failed to parse JSON returned by qemu"));
        if (onlyReturn) {
            if (!(value instanceof Map<?, ?> map) || !map.containsKey("return")) {
                throw new CommandFailed("'return' member missing");
            }
            value = map.get("return");
        }
        session.printOpenLine(pretty ? Json.text(value).stripTrailing() : Json.compact(value));
    }

    /** A JSON object goes as it is; otherwise the first word is the command and the others make its arguments. */
    static String qmp(List<String> words) {
        String whole = String.join(" ", words);
        if (JsonReader.read(whole).orElse("") instanceof Map) {
            return whole;
        }
        List<String> rest = words.subList(1, words.size());
        Map<String, Object> command = new LinkedHashMap<>();
        command.put("execute", words.getFirst());
        if (!rest.isEmpty()) {
            Optional<Object> arguments = JsonReader.read(String.join(" ", rest)).filter(Map.class::isInstance)
                    .or(() -> JsonReader.read("{" + String.join(",", rest) + "}"));
            command.put("arguments", arguments.orElseThrow(() -> new CommandFailed("failed to wrap arguments '"
                    + String.join(" ", rest) + "' into a QMP command wrapper")));
        }
        return Json.compact(command);
    }
}
