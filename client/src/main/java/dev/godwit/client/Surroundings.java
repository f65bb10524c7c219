package dev.godwit.client;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where this process finds what its user and its system have configured for clients.
 *
 * @param environment  the environment's variables
 * @param userConfig   the user's folder, {@code ~/.config/libvirt}
 * @param systemConfig the system's, {@code /etc/libvirt}
 * @param root         whether this process is root, who has no folder of a user's own
 */
record Surroundings(Map<String, String> environment, Path userConfig, Path systemConfig, boolean root) {

    /** What this process sees. */
    static Surroundings ofThisProcess() {
        Map<String, String> environment = System.getenv();
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path base = config.startsWith("/") ? Path.of(config) : Path.of(System.getProperty("user.home"), ".config");
        return new Surroundings(environment, base.resolve("libvirt"), Path.of("/etc/libvirt"), LocalSockets.isRoot());
    }

    /** A variable that is set to something. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
