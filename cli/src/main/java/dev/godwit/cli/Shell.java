package dev.godwit.cli;

import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.domain.VirtException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Commands line by line: from a person at a terminal, with history and completion, or from standard input as
 * it comes. Ends with success, as virsh does, whatever became of the single commands.
 */
final class Shell {

    private final Session session;
    private final Consumer<String> line;

    /**
     * A shell.
     *
     * @param session the session that all lines share
     * @param line    carries out one line, and says itself what went wrong
     */
    Shell(Session session, Consumer<String> line) {
        this.session = session;
        this.line = line;
    }

    /** Reads lines until there are no more, or one says to leave. */
    int run() {
        if (!session.streams().inTerminal().yes()) {
            return fromInput();
        }
        session.remark("""
                Welcome to godwit, the virtualization interactive terminal.

                Type:  'help' for help with commands
                       'quit' to quit

                """);
        session.streams().out().flush();
        new TerminalShell(session, this::carryOut, new Completer(this::guests)).run();
        return 0;
    }

    private int fromInput() {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(session.streams().in(), StandardCharsets.UTF_8))) {
            String next = in.readLine();
            while (next != null && !session.leaving()) {
                carryOut(next);
                next = session.leaving() ? null : in.readLine();
            }
            return 0;
        } catch (IOException e) {
            session.complain("error: Cannot read commands: " + e.getMessage() + "\n");
            return 1;
        }
    }

    private void carryOut(String text) {
        line.accept(text);
        session.streams().out().flush();
    }

    private List<String> guests() {
        try {
            return session.connection().domains().list(Set.of()).stream().map(guest -> guest.name()).toList();
        } catch (CommandFailed | VirtException e) {
            return List.of();
        }
    }
}
