package dev.godwit.client.dial;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Map;

/**
 * Over the standard input and output of a program of this machine, such as {@code ssh}.
 *
 * <p>Whether the host can be reached is known only when the first bytes are to come: the channel's {@code read} then
 * fails with {@link CommandEndedException}, which has what the program wrote to its standard error.
 *
 * @param command     the program, by path or by name, and its arguments; no shell reads them
 * @param environment what is added to this process's own environment
 */
public record CommandDialer(List<String> command, Map<String, String> environment) implements Dialer {

    public CommandDialer {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    @Override
    public ByteChannel dial() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return new ProcessChannel(command.getFirst(), builder.start());
    }

    @Override
    public String toString() {
        return String.join(" ", command);
    }
}
