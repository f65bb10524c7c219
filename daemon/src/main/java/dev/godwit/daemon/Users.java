package dev.godwit.daemon;

import dev.godwit.daemon.access.PasswordFile;
import dev.godwit.daemon.config.ConfigKeys;
import dev.godwit.daemon.config.DaemonConfig;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.security.SecureRandom;

/** Looks after the users of SCRAM from the command line. A daemon that runs knows of changes at its next login. */
final class Users {

    private static final int LONGEST_PASSWORD = 1024;

    private Users() {}

    /**
     * Carries out one of the tasks.
     *
     * @return what to print
     * @throws IOException if the file cannot be read or written, or the name or the password not be taken
     */
    static String run(CommandLine line, DaemonConfig config) throws IOException {
        PasswordFile file = new PasswordFile(config.get(ConfigKeys.SASL_PASSWORD_FILE));
        String user = line.user().orElse("");
        return switch (line.task()) {
            case SET_PASSWORD -> {
                Files.createDirectories(file.path().toAbsolutePath().getParent());
                char[] password = password(user);
                try {
                    file.set(user, password, new SecureRandom());
                } finally {
                    Arrays.fill(password, '\0');
                }
                yield "User '" + user + "' can log in (" + file.path() + ").\n";
            }
            case REMOVE_USER -> {
                if (!file.remove(user)) {
                    throw new IOException("There is no user '" + user + "' in " + file.path());
                }
                yield "User '" + user + "' can log in no more; connections that are open stay so.\n";
            }
            default -> String.join("", file.users().stream().map(name -> name + "\n").toList());
        };
    }

    private static char[] password(String user) throws IOException {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] first = answer(console, "Password of " + user + ": ");
            char[] again = answer(console, "Once more: ");
            if (!Arrays.equals(first, again)) {
                throw new IOException("The two passwords differ; nothing was changed");
            }
            return first;
        }
        byte[] bytes = System.in.readNBytes(LONGEST_PASSWORD);
        return new String(bytes, StandardCharsets.UTF_8).lines().findFirst().orElse("").toCharArray();
    }

    private static char[] answer(Console console, String question) throws IOException {
        return Optional.ofNullable(console.readPassword("%s", question))
                .orElseThrow(() -> new IOException("No password was given; nothing was changed"));
    }
}
