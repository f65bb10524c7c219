package dev.godwit.config;

import java.util.List;
import java.util.stream.Collectors;

/** A value as the file's syntax knows it, before a key gives it a meaning. */
public sealed interface ConfigValue {

    /** The value in the file's syntax. */
    String syntax();

    /** A whole number. */
    record Int(long value) implements ConfigValue {
        @Override
        public String syntax() {
            return Long.toString(value);
        }
    }

    /** A text in quotes. */
    record Text(String value) implements ConfigValue {
        @Override
        public String syntax() {
            // The syntax has no escapes; a text holds one kind of quote at most, or it could not have been written.
            char quote = value.indexOf('"') < 0 ? '"' : '\'';
            return quote + value + quote;
        }
    }

    /** Values in brackets. */
    record Items(List<ConfigValue> values) implements ConfigValue {
        public Items {
            values = List.copyOf(values);
        }

        @Override
        public String syntax() {
            return values.stream().map(ConfigValue::syntax).collect(Collectors.joining(", ", "[", "]"));
        }
    }
}
