package dev.godwit.daemon.config;

import static dev.godwit.daemon.config.ConfigKeys.AUTH_TCP;
import static dev.godwit.daemon.config.ConfigKeys.DRIVERS;
import static dev.godwit.daemon.config.ConfigKeys.LISTEN_TCP;
import static dev.godwit.daemon.config.ConfigKeys.MIGRATION_PORT_MAX;
import static dev.godwit.daemon.config.ConfigKeys.MIGRATION_PORT_MIN;
import static dev.godwit.daemon.config.ConfigKeys.SASL_KEYTAB;
import static dev.godwit.daemon.config.ConfigKeys.SASL_MECHANISMS;
import static dev.godwit.daemon.config.ConfigKeys.VNC_PORT_MAX;
import static dev.godwit.daemon.config.ConfigKeys.VNC_PORT_MIN;

import dev.godwit.config.ConfigException;
import dev.godwit.config.ConfigFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the configuration file says, checked, and the defaults for all that it does not say. */
public final class DaemonConfig {

    private static final int MOST_BYTES = 1 << 20;

    private final Instance instance;
    private final String file;
    private final Map<ConfigKey<?>, Object> said = new HashMap<>();
    private final Map<ConfigKey<?>, Integer> lines = new HashMap<>();

    private DaemonConfig(Instance instance, String file) {
        this.instance = instance;
        this.file = file;
    }

    /**
     * Reads the configuration.
     *
     * @param instance which kind of daemon
     * @param file     the file the user named; the instance's own file, if it is there, when absent
     * @return the configuration
     * @throws ConfigException naming file and line of the first thing that is wrong
     */
    public static DaemonConfig load(Instance instance, Optional<Path> file) throws ConfigException {
        Path path = file.orElse(instance.configFile());
        if (file.isEmpty() && !Files.exists(path)) {
            return parse(instance, "built-in configuration", "");
        }
        try {
            if (Files.isRegularFile(path) && Files.size(path) > MOST_BYTES) {
                throw new ConfigException(path + ": the file is larger than 1 MiB");
            }
            return parse(instance, path.toString(), Files.readString(path, StandardCharsets.UTF_8));
        } catch (CharacterCodingException e) {
            throw new ConfigException(path + ": the file is not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigException(path + ": cannot be read: " + reason(e));
        }
    }

    /**
     * Reads a configuration's text.
     *
     * @param instance which kind of daemon
     * @param file     the name for messages
     * @param text     the text
     * @return the configuration
     * @throws ConfigException naming file and line of the first thing that is wrong
     */
    public static DaemonConfig parse(Instance instance, String file, String text) throws ConfigException {
        DaemonConfig config = new DaemonConfig(instance, file);
        for (ConfigFile.Setting setting : ConfigFile.parse(file, text)) {
            config.take(setting);
        }
        config.checkTogether();
        return config;
    }

    /** Which kind of daemon this is the configuration of. */
    public Instance instance() {
        return instance;
    }

    /** The value of a key: what the file says, or the default. */
    @SuppressWarnings("unchecked") // take() stores under a key only what its own type has read
    public <T> T get(ConfigKey<T> key) {
        Object value = said.get(key);
        return value != null ? (T) value : key.byDefault(this);
    }

    /** Whether the file says a value for a key. */
    public boolean says(ConfigKey<?> key) {
        return said.containsKey(key);
    }

    /** Every key with its value in force, in the file's syntax; keys without a value stand in comments. */
    public String print() {
        StringBuilder text = new StringBuilder();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            text.append(line(key)).append('\n');
        }
        return text.toString();
    }

    /** The reference of all keys: what each is for, what is allowed, and its value in force. */
    public String printWithComments() {
        StringBuilder text = new StringBuilder();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            text.append("# ").append(key.about()).append("\n# Allowed is ").append(key.allowed()).append(".\n")
                    .append(line(key)).append("\n\n");
        }
        return text.toString();
    }

    private <T> String line(ConfigKey<T> key) {
        T value = get(key);
        return value instanceof Optional<?> maybe && maybe.isEmpty()
                ? "# " + key.name() + " is not set"
                : key.name() + " = " + key.type().write(value).syntax();
    }

    private void take(ConfigFile.Setting setting) throws ConfigException {
        ConfigKey<?> key = ConfigKeys.all().stream()
                .filter(k -> k.name().equals(setting.key()))
                .findFirst()
                .orElseThrow(() -> new ConfigException(file, setting.line(), "unknown key '" + setting.key() + "'; "
                        + Suggestion.nearest(setting.key()).map(near -> "did you mean '" + near + "'? ").orElse("")
                        + "Allowed keys are listed by godwitd --print-config"));
        Integer earlier = lines.putIfAbsent(key, setting.line());
        if (earlier != null) {
            throw new ConfigException(file, setting.line(),
                    "'" + key + "' is set in line " + earlier + " already; once is allowed");
        }
        said.put(key, key.type().read(setting.value()).<Object>map(v -> v).orElseThrow(() -> new ConfigException(
                file, setting.line(), "bad value " + setting.value().syntax() + " of '" + key + "'; allowed is "
                        + key.allowed())));
    }

    /** What no key can check alone. */
    private void checkTogether() throws ConfigException {
        if (get(LISTEN_TCP) && get(AUTH_TCP).equals("sasl")
                && (get(SASL_KEYTAB).isEmpty() || !get(SASL_MECHANISMS).contains("GSSAPI"))) {
            throw wrong(says(AUTH_TCP) ? AUTH_TCP : LISTEN_TCP, "listen_tcp = 1 with auth_tcp = \"sasl\" needs a"
                    + " mechanism that encrypts, as stock clients do: set sasl_keytab, and leave GSSAPI in"
                    + " sasl_mechanisms. SCRAM does not encrypt: use it with listen_tls and auth_tls."
                    + " auth_tcp = \"none\" lets everybody in who reaches the port");
        }
        checkRange(MIGRATION_PORT_MIN, MIGRATION_PORT_MAX);
        checkRange(VNC_PORT_MIN, VNC_PORT_MAX);
        if (get(DRIVERS).isEmpty()) {
            throw wrong(DRIVERS, "'drivers' is empty; allowed is a list of at least one");
        }
        List<String> repeated = get(DRIVERS).stream().filter(d -> get(DRIVERS).indexOf(d)
                != get(DRIVERS).lastIndexOf(d)).distinct().toList();
        if (!repeated.isEmpty()) {
            throw wrong(DRIVERS, "'drivers' names \"" + repeated.getFirst() + "\" more than once");
        }
    }

    private void checkRange(ConfigKey<Integer> min, ConfigKey<Integer> max) throws ConfigException {
        if (get(min) > get(max)) {
            throw wrong(says(max) ? max : min, "'" + max + "' (" + get(max) + ") is below '" + min + "' (" + get(min)
                    + "); allowed is " + get(min) + " to 65535");
        }
    }

    private ConfigException wrong(ConfigKey<?> key, String what) {
        Integer line = lines.get(key);
        return line == null ? new ConfigException(file + ": " + what) : new ConfigException(file, line, what);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException _ -> "there is no such file";
            case java.nio.file.AccessDeniedException _ -> "permission denied";
            default -> e.getMessage();
        };
    }
}
