package dev.godwit.cli.command;

import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.domain.VirtException;

/** One command of {@code godwit}. */
public interface Command {

    /** What can be written after its name. */
    Syntax syntax();

    /** Whether it can do without a connection, so that none is opened for it. */
    default boolean offline() {
        return false;
    }

    /**
     * Does it.
     *
     * @param session   the connection and the streams
     * @param arguments what was written
     * @throws CommandFailed  if it could not be done
     * @throws UsageException if the arguments do not fit together
     * @throws VirtException  if the host refuses
     */
    void run(Session session, Arguments arguments);

    /** What a command does. */
    @FunctionalInterface
    interface Body {
        /** Does it; throws as {@link Command#run}. */
        void run(Session session, Arguments arguments);
    }

    /** A command made of its syntax and what it does. */
    static Command of(Syntax syntax, Body body) {
        return new Simple(syntax, false, body);
    }

    /** A command that needs no connection. */
    static Command offline(Syntax syntax, Body body) {
        return new Simple(syntax, true, body);
    }

    /** See {@link #of}. */
    record Simple(Syntax syntax, boolean offline, Body body) implements Command {
        @Override
        public void run(Session session, Arguments arguments) {
            body.run(session, arguments);
        }
    }
}
