package dev.godwit.daemon.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The part of a configuration that only drivers understand, as they get it: text by key, without keys that have no value. */
public final class DriverOptions {

    private DriverOptions() {}

    /**
     * The drivers' part.
     *
     * @param config all of it
     * @return by key; flags as 1 and 0, lists with one item a line
     */
    public static Map<String, String> of(DaemonConfig config) {
        Map<String, String> options = new HashMap<>();
        for (ConfigKey<?> key : ConfigKeys.forDrivers()) {
            switch (config.get(key)) {
                case Optional<?> maybe -> maybe.ifPresent(value -> options.put(key.name(), text(value)));
                case Object value -> options.put(key.name(), text(value));
            }
        }
        return options;
    }

    private static String text(Object value) {
        return switch (value) {
            case Boolean on -> on ? "1" : "0";
            // The texts themselves have no line breaks.
            case List<?> items -> items.stream().map(Object::toString).collect(Collectors.joining("\n"));
            default -> value.toString();
        };
    }
}
