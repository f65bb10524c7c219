package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.RawTerminal;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.client.Domain;
import dev.godwit.client.Domain.ConsoleFlag;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code console}: the terminal becomes the guest's, until Ctrl-] or the guest's end. Where standard input
 * is no terminal, it is copied as it is, and what the guest says is copied until the guest ends.
 */
public final class ConsoleCommand {

    private ConsoleCommand() {}

    /** The command. */
    public static Command command() {
        return Command.of(Syntax.of("console", "connect to a guest's console",
                "Connects this terminal to a guest's console. Ctrl-] leaves it.",
                guest(), text("devname", "the device, by its alias; the first console otherwise").tolerated(),
                flag("force", "take it away from whoever holds it"),
                flag("resume", "let the guest run once connected"),
                flag("safe", "only where nobody else can write to it")), (session, arguments) -> {
                    Set<ConsoleFlag> flags = EnumSet.noneOf(ConsoleFlag.class);
                    if (arguments.has("force")) {
                        flags.add(ConsoleFlag.FORCE);
                    }
                    if (arguments.has("safe")) {
                        flags.add(ConsoleFlag.SAFE);
                    }
                    connect(session, session.domain(arguments), arguments.text("devname"), flags,
                            arguments.has("resume"));
                });
    }

    /**
     * Connects a console and returns when it is over.
     *
     * @param session the terminal
     * @param domain  whose console
     * @param device  which
     * @param flags   how
     * @param resume  whether to let the guest run once connected
     */
    static void connect(
            Session session, Domain domain, Optional<String> device, Set<ConsoleFlag> flags, boolean resume) {
        if (domain.state().state() == DomainState.SHUTOFF) {
            throw new CommandFailed("The domain is not running");
        }
        boolean terminal = session.streams().inTerminal().yes();
        char escape = session.settings().escape();
        ByteChannel console = domain.openConsole(device, flags);
        if (terminal) {
            session.remark("Connected to domain '" + domain.name() + "'\nEscape character is ^" + (char) (escape + 64)
                    + " (Ctrl + " + (char) (escape + 64) + ")\n");
            session.streams().out().flush();
        }
        try (console; RawTerminal _ = terminal ? RawTerminal.enter() : RawTerminal.none()) {
            if (resume) {
                session.attempt("Failed to resume domain '" + domain.name() + "'", domain::resume);
            }
            new Copy(session, console, terminal, escape).run();
        } catch (IOException e) {
            throw new CommandFailed("Lost the console of domain '" + domain.name() + "'", e.getMessage());
        }
    }

    /** Copies both ways. */
    private static final class Copy {

        private final Session session;
        private final ByteChannel console;
        private final boolean terminal;
        private final char escape;
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private volatile boolean left;

        Copy(Session session, ByteChannel console, boolean terminal, char escape) {
            this.session = session;
            this.console = console;
            this.terminal = terminal;
            this.escape = escape;
        }

        void run() throws IOException {
            // Reading standard input cannot be interrupted, so it must not keep the process alive.
            Thread.ofPlatform().daemon().name("console input").start(this::input);
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            try {
                while (console.read(bytes) >= 0) {
                    session.streams().out().write(bytes.array(), 0, bytes.position());
                    session.streams().out().flush();
                    if (session.streams().out().checkError()) {
                        return;
                    }
                    bytes.clear();
                }
            } catch (IOException e) {
                if (!left) {
                    throw e;
                }
            }
            if (failure.get() instanceof VirtException e) {
                throw e;
            }
        }

        private void input() {
            byte[] bytes = new byte[1024];
            InputStream in = session.streams().in();
            try {
                int count = in.read(bytes);
                while (count >= 0) {
                    int end = terminal ? indexOf(bytes, count) : -1;
                    ByteBuffer part = ByteBuffer.wrap(bytes, 0, end < 0 ? count : end);
                    while (part.hasRemaining()) {
                        console.write(part);
                    }
                    if (end >= 0) {
                        leave();
                        return;
                    }
                    count = in.read(bytes);
                }
                if (terminal) {
                    leave();
                }
            } catch (IOException | VirtException e) {
                failure.set(e);
            }
        }

        private void leave() throws IOException {
            left = true;
            console.close();
        }

        private int indexOf(byte[] bytes, int count) {
            for (int i = 0; i < count; i++) {
                if (bytes[i] == escape) {
                    return i;
                }
            }
            return -1;
        }
    }
}
