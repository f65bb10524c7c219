package dev.godwit.cli;

import dev.godwit.cli.command.Streams;
import dev.godwit.client.CredentialPrompt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks at the terminal, where there is one: a name as it is typed, a password without showing it.
 *
 * @param streams where the terminal is
 */
record TerminalPrompt(Streams streams) implements CredentialPrompt {

    @Override
    public Optional<String> userName(String host) {
        return ask("Enter username for " + host + ": ").filter(name -> !name.isBlank()).map(String::strip);
    }

    @Override
    public Optional<char[]> password(String host, String user) {
        if (!isThere()) {
            return Optional.empty();
        }
        boolean hidden = stty("-echo");
        try {
            return ask("Enter " + user + "'s password for " + host + ": ").map(String::toCharArray);
        } finally {
            if (hidden) {
                stty("echo");
                streams.err().print("\n");
                streams.err().flush();
            }
        }
    }

    private boolean isThere() {
        return streams.inTerminal().yes() && streams.errTerminal().yes();
    }

    /** One line, read byte by byte: what comes after it is for somebody else. */
    private Optional<String> ask(String question) {
        if (!isThere()) {
            return Optional.empty();
        }
        streams.out().flush();
        streams.err().print(question);
        streams.err().flush();
        List<Byte> line = new ArrayList<>();
        try {
            for (int b = streams.in().read(); b != '\n'; b = streams.in().read()) {
                if (b < 0) {
                    return Optional.empty();
                }
                line.add((byte) b);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        byte[] bytes = new byte[line.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = line.get(i);
        }
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }

    private static boolean stty(String setting) {
        try {
            return new ProcessBuilder("stty", setting).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
