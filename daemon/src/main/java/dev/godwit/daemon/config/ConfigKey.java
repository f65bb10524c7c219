package dev.godwit.daemon.config;

import java.util.Objects;
import java.util.function.Function;

/**
 * One key of {@code godwitd.conf}.
 *
 * @param <T> the type of its value
 */
public final class ConfigKey<T> {

    private final String name;
    private final ConfigType<T> type;
    private final Function<DaemonConfig, T> byDefault;
    private final String about;

    ConfigKey(String name, ConfigType<T> type, Function<DaemonConfig, T> byDefault, String about) {
        this.name = Objects.requireNonNull(name);
        this.type = Objects.requireNonNull(type);
        this.byDefault = Objects.requireNonNull(byDefault);
        this.about = Objects.requireNonNull(about);
    }

    /** The name in the file. */
    public String name() {
        return name;
    }

    /** What it is for, in a sentence or two. */
    public String about() {
        return about;
    }

    /** What its value may be. */
    public String allowed() {
        return type.allowed();
    }

    ConfigType<T> type() {
        return type;
    }

    /** The value where the file does not say one; may follow other keys. */
    T byDefault(DaemonConfig config) {
        return byDefault.apply(config);
    }

    @Override
    public String toString() {
        return name;
    }
}
