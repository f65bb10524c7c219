package dev.godwit.daemon.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which of the two kinds of daemon this is, and where such a one keeps its files unless its configuration says
 * otherwise.
 *
 * @param privileged  the {@code system} instance; the {@code session} instance of a user otherwise
 * @param configFile  read when no file is named, if it is there
 * @param configDir   definitions
 * @param stateDir    what survives a reboot
 * @param runDir      what belongs to running guests, and the sockets
 * @param logDir      logs of guests
 */
public record Instance(
        boolean privileged, Path configFile, Path configDir, Path stateDir, Path runDir, Path logDir) {

    /** The one instance for the whole host. */
    public static final Instance SYSTEM = new Instance(true, Path.of("/etc/godwit/godwitd.conf"),
            Path.of("/etc/godwit"), Path.of("/var/lib/godwit"), Path.of("/run/godwit"), Path.of("/var/log/godwit"));

    /**
     * The instance of one user, in the folders of the XDG base directory specification.
     *
     * @param environment the process's environment
     * @param home        the user's home
     * @return the instance
     */
    public static Instance session(Map<String, String> environment, Path home) {
        Path config = xdg(environment, "XDG_CONFIG_HOME").orElse(home.resolve(".config")).resolve("godwit");
        Path state = xdg(environment, "XDG_STATE_HOME").orElse(home.resolve(".local/state")).resolve("godwit");
        Path run = xdg(environment, "XDG_RUNTIME_DIR").map(dir -> dir.resolve("godwit")).orElse(state.resolve("run"));
        return new Instance(false, config.resolve("godwitd.conf"), config, state, run, state.resolve("log"));
    }

    /** What the path of a connection URI calls it. */
    public String path() {
        return privileged ? "system" : "session";
    }

    private static Optional<Path> xdg(Map<String, String> environment, String name) {
        // The specification says to ignore a relative path.
        return Optional.ofNullable(environment.get(name)).map(Path::of).filter(Path::isAbsolute);
    }
}
