package dev.godwit.daemon.access;

import dev.godwit.wire.sasl.ScramKeys;
import dev.godwit.wire.sasl.ScramMechanism;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code sasl_password_file}: the users who may log in with SCRAM, one line a user and mechanism, of its name, a colon
 * and {@link ScramKeys}. No password can be had from it, but whoever reads it can try many, so it is for root alone.
 *
 * <p>It is read anew at every login, so that changes count at once.
 *
 * @param path where it is
 */
public record PasswordFile(Path path) {

    /** How often a password is hashed that is set here. */
    static final int ITERATIONS = 16_384;
    private static final int SALT_BYTES = 16;
    private static final int LONGEST_NAME = 256;

    /**
     * A user's keys.
     *
     * @param user      who
     * @param mechanism for which mechanism
     * @return empty for one who is not there
     * @throws IOException if the file cannot be read or understood
     */
    Optional<ScramKeys> find(String user, ScramMechanism mechanism) throws IOException {
        for (String line : lines()) {
            int colon = line.lastIndexOf(':', line.indexOf("SCRAM-") < 0 ? -1 : line.lastIndexOf("SCRAM-"));
            if (colon > 0 && line.substring(0, colon).equals(user)) {
                Optional<ScramKeys> keys = ScramKeys.parse(line.substring(colon + 1));
                if (keys.filter(k -> k.mechanism() == mechanism).isPresent()) {
                    return keys;
                }
            }
        }
        return Optional.empty();
    }

    /** The users in it, in their order. */
    public List<String> users() throws IOException {
        return lines().stream().map(PasswordFile::user).distinct().toList();
    }

    /**
     * Checks all of it.
     *
     * @throws IOException naming the first line that is wrong
     */
    void check() throws IOException {
        List<String> lines = lines();
        for (int i = 0; i < lines.size(); i++) {
            int colon = lines.get(i).lastIndexOf(':', Math.max(0, lines.get(i).lastIndexOf("SCRAM-")));
            if (colon < 1 || ScramKeys.parse(lines.get(i).substring(colon + 1)).isEmpty()) {
                throw new IOException(path + ": entry " + (i + 1) + " is not NAME:SCRAM-SHA-256$…; godwitd"
                        + " --set-password NAME writes such lines");
            }
        }
    }

    /**
     * Gives a user a password, for all mechanisms that we serve. Makes the user if need be.
     *
     * @param user     a name without line breaks
     * @param password not empty
     * @param random   for the salt
     * @throws IOException if the name cannot be taken, or the file not be written
     */
    public void set(String user, char[] password, SecureRandom random) throws IOException {
        if (user.isBlank() || user.length() > LONGEST_NAME || user.chars().anyMatch(Character::isISOControl)
                || user.startsWith("#") || user.contains("SCRAM-")) {
            throw new IOException("'" + user + "' cannot be a user's name");
        }
        if (password.length == 0) {
            throw new IOException("The password is empty");
        }
        List<String> lines = without(user);
        for (ScramMechanism mechanism : List.of(ScramMechanism.SHA_256, ScramMechanism.SHA_512)) {
            byte[] salt = new byte[SALT_BYTES];
            random.nextBytes(salt);
            lines.add(user + ":" + ScramKeys.of(mechanism, password, salt, ITERATIONS));
        }
        write(lines);
    }

    /**
     * Forgets a user.
     *
     * @return whether there was one
     */
    public boolean remove(String user) throws IOException {
        boolean there = users().contains(user);
        if (there) {
            write(without(user));
        }
        return there;
    }

    private List<String> without(String user) throws IOException {
        List<String> lines = new ArrayList<>(lines());
        lines.removeIf(line -> user(line).equals(user));
        return lines;
    }

    private static String user(String line) {
        int mechanism = line.lastIndexOf("SCRAM-");
        return mechanism > 0 ? line.substring(0, mechanism - 1) : line;
    }

    private List<String> lines() throws IOException {
        try (Stream<String> lines = Files.lines(path)) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** In one step, so that nobody is shut out in between, and never open to others. */
    private void write(List<String> lines) throws IOException {
        Path fresh = Files.createTempFile(path.toAbsolutePath().getParent(), ".passwords", "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(fresh, lines);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
