package dev.godwit.daemon.config;

import dev.godwit.config.ConfigValue;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import dev.godwit.migration.MigrationEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a key's value may be: how it is read, how it is written, and what a message says is allowed.
 *
 * @param <T> the value's type in the daemon
 */
interface ConfigType<T> {

    /**
     * The value, or nothing where it is not allowed.
     *
     * @param value as the file has it
     * @return empty for a value of the wrong kind or out of range
     */
    Optional<T> read(ConfigValue value);

    /** The value as the file would have it; {@link #read} gives the same value back. */
    ConfigValue write(T value);

    /** What is allowed, after "allowed is". */
    String allowed();

    /** 0 or 1. */
    ConfigType<Boolean> FLAG = new Simple<>("0 or 1",
            value -> value instanceof ConfigValue.Int(long n) && (n == 0 || n == 1)
                    ? Optional.of(n == 1) : Optional.empty(),
            on -> new ConfigValue.Int(on ? 1 : 0));

    /** A text without control characters, not empty. */
    ConfigType<String> TEXT = new Simple<>("a text in quotes",
            value -> value instanceof ConfigValue.Text(String s) && isPlain(s) ? Optional.of(s) : Optional.empty(),
            ConfigValue.Text::new);

    /** A path that begins with a slash. */
    ConfigType<Path> PATH = new Simple<>("an absolute path in quotes", ConfigType::absolutePath,
            path -> new ConfigValue.Text(path.toString()));

    /** A port, as a text or a number; {@code libvirtd.conf} writes it as a text. */
    ConfigType<Integer> PORT = new Simple<>("a port, \"0\" to \"65535\" (\"0\" takes any free one)", ConfigType::port,
            port -> new ConfigValue.Text(Integer.toString(port)));

    /** A file mode in octal digits, as a text. */
    ConfigType<Integer> MODE = new Simple<>("a file mode in octal digits, \"0000\" to \"0777\"",
            value -> value instanceof ConfigValue.Text(String s) && s.matches("0?[0-7]{3}")
                    ? Optional.of(Integer.parseInt(s, 8)) : Optional.empty(),
            mode -> new ConfigValue.Text("0" + Integer.toOctalString(0x1000 | mode).substring(2)));

    /** A UUID in its usual form, not all zeros or all ones, as libvirt wants it. */
    ConfigType<UUID> UUID_TEXT = new Simple<>(
            "a UUID like \"4f2c1c7e-2a52-4e0a-9c3b-0d3f5a6b7c8d\", not of one digit alone", ConfigType::uuid,
            uuid -> new ConfigValue.Text(uuid.toString()));

    /** Texts in brackets; one text alone counts as a list of one. */
    ConfigType<List<String>> TEXTS = new Simple<>("a list of texts in brackets", ConfigType::texts,
            list -> new ConfigValue.Items(list.stream().<ConfigValue>map(ConfigValue.Text::new).toList()));

    /** Connection URIs of this host as others write them; one text alone counts as a list of one. */
    ConfigType<List<String>> REMOTE_URIS = new Simple<>("a list of at most " + MigrationEntry.ASK_LIMIT + " connection URIs"
            + " that name a host other than localhost, such as [\"qemu+tls://kvm2/system\"]",
            value -> texts(value).filter(list -> list.size() <= MigrationEntry.ASK_LIMIT
                    && list.stream().allMatch(ConfigType::isRemoteUri)), TEXTS::write);

    /**
     * A whole number in a range.
     *
     * @param min  the least
     * @param max  the most
     * @param what what it counts
     */
    static ConfigType<Integer> number(int min, int max, String what) {
        return new Simple<>(what + ", " + min + " to " + max,
                value -> value instanceof ConfigValue.Int(long n) && n >= min && n <= max
                        ? Optional.of((int) n) : Optional.empty(),
                n -> new ConfigValue.Int(n));
    }

    /**
     * One of some texts.
     *
     * @param choices those allowed
     */
    static ConfigType<String> oneOf(String... choices) {
        List<String> all = List.of(choices);
        return new Simple<>("one of \"" + String.join("\", \"", all) + "\"",
                value -> value instanceof ConfigValue.Text(String s) && all.contains(s)
                        ? Optional.of(s) : Optional.empty(),
                ConfigValue.Text::new);
    }

    /**
     * A list of some texts, each at most once and at least one.
     *
     * @param choices those allowed
     */
    static ConfigType<List<String>> listOf(String... choices) {
        List<String> all = List.of(choices);
        return new Simple<>("a list of some of \"" + String.join("\", \"", all) + "\"",
                value -> texts(value).filter(list -> !list.isEmpty() && all.containsAll(list)
                        && list.stream().distinct().count() == list.size()),
                list -> new ConfigValue.Items(list.stream().<ConfigValue>map(ConfigValue.Text::new).toList()));
    }

    /** A key that may be absent and has no value of its own then. */
    static <T> ConfigType<Optional<T>> optional(ConfigType<T> type) {
        return new Simple<>(type.allowed(), value -> type.read(value).map(Optional::of),
                value -> type.write(value.orElseThrow()));
    }

    private static boolean isPlain(String s) {
        return !s.isBlank() && s.chars().noneMatch(Character::isISOControl);
    }

    /** Half of what the journal takes of one: a parameter is added to it. */
    private static boolean isRemoteUri(String text) {
        try {
            return text.getBytes(StandardCharsets.UTF_8).length <= MigrationEntry.TEXT_LIMIT / 2
                    && ConnectUri.parse(text).host().filter(host -> !host.startsWith("localhost")).isPresent();
        } catch (VirtException e) {
            return false;
        }
    }

    private static Optional<Path> absolutePath(ConfigValue value) {
        if (value instanceof ConfigValue.Text(String s) && s.startsWith("/") && isPlain(s)) {
            try {
                return Optional.of(Path.of(s).normalize());
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<Integer> port(ConfigValue value) {
        long port = switch (value) {
            case ConfigValue.Int(long n) -> n;
            case ConfigValue.Text(String s) when s.matches("[0-9]{1,5}") -> Integer.parseInt(s);
            default -> -1;
        };
        return port >= 0 && port <= 65535 ? Optional.of((int) port) : Optional.empty();
    }

    private static Optional<UUID> uuid(ConfigValue value) {
        if (value instanceof ConfigValue.Text(String s)
                && s.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                && s.replace("-", "").chars().distinct().count() > 1) {
            return Optional.of(UUID.fromString(s));
        }
        return Optional.empty();
    }

    private static Optional<List<String>> texts(ConfigValue value) {
        return switch (value) {
            case ConfigValue.Text(String s) when isPlain(s) -> Optional.of(List.of(s));
            case ConfigValue.Items(List<ConfigValue> values) -> {
                List<String> texts = new ArrayList<>();
                for (ConfigValue item : values) {
                    if (item instanceof ConfigValue.Text(String s) && isPlain(s)) {
                        texts.add(s);
                    } else {
                        yield Optional.empty();
                    }
                }
                yield Optional.of(List.copyOf(texts));
            }
            default -> Optional.empty();
        };
    }

    /** A type made of two functions. */
    record Simple<T>(
            String allowed,
            java.util.function.Function<ConfigValue, Optional<T>> reader,
            java.util.function.Function<T, ConfigValue> writer)
            implements ConfigType<T> {
        @Override
        public Optional<T> read(ConfigValue value) {
            return reader.apply(value);
        }

        @Override
        public ConfigValue write(T value) {
            return writer.apply(value);
        }
    }
}
