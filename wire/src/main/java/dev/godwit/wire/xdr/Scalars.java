package dev.godwit.wire.xdr;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** The forms of numbers, truth values, UUIDs and enums: everything of a fixed size. */
final class Scalars {

    private Scalars() {}

    static final class IntForm extends Form<Integer> {

        private final boolean unsigned;

        IntForm(boolean unsigned) {
            this.unsigned = unsigned;
        }

        @Override
        void write(Integer value, XdrOutput out) {
            out.room(4).putInt(present(value));
        }

        @Override
        Integer read(ByteBuffer in) {
            return word(in);
        }

        @Override
        int minimum() {
            return 4;
        }

        @Override
        String declare(String name) {
            return (unsigned ? "unsigned int " : "int ") + name;
        }
    }

    static final class LongForm extends Form<Long> {

        private final boolean unsigned;

        LongForm(boolean unsigned) {
            this.unsigned = unsigned;
        }

        @Override
        void write(Long value, XdrOutput out) {
            out.room(8).putLong(present(value));
        }

        @Override
        Long read(ByteBuffer in) {
            need(in, 8);
            return in.getLong();
        }

        @Override
        int minimum() {
            return 8;
        }

        @Override
        String declare(String name) {
            return (unsigned ? "unsigned hyper " : "hyper ") + name;
        }
    }

    static final class DoubleForm extends Form<Double> {

        @Override
        void write(Double value, XdrOutput out) {
            out.room(8).putDouble(present(value));
        }

        @Override
        Double read(ByteBuffer in) {
            need(in, 8);
            return in.getDouble();
        }

        @Override
        int minimum() {
            return 8;
        }

        @Override
        String declare(String name) {
            return "double " + name;
        }
    }

    static final class BooleanForm extends Form<Boolean> {

        @Override
        void write(Boolean value, XdrOutput out) {
            out.room(4).putInt(present(value) ? 1 : 0);
        }

        @Override
        Boolean read(ByteBuffer in) {
            return flag(in);
        }

        /** Reads a word that is 0 or 1. */
        static boolean flag(ByteBuffer in) {
            int word = word(in);
            if ((word & ~1) != 0) {
                throw new XdrException(Integer.toUnsignedString(word) + " is neither 0 nor 1", in.position() - 4);
            }
            return word == 1;
        }

        @Override
        int minimum() {
            return 4;
        }

        @Override
        String declare(String name) {
            return "bool " + name;
        }
    }

    static final class UuidForm extends Form<UUID> {

        @Override
        void write(UUID value, XdrOutput out) {
            UUID uuid = present(value);
            out.room(16).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        }

        @Override
        UUID read(ByteBuffer in) {
            need(in, 16);
            return new UUID(in.getLong(), in.getLong());
        }

        @Override
        int minimum() {
            return 16;
        }

        @Override
        String declare(String name) {
            return "opaque " + name + "[16]";
        }
    }

    static final class EnumForm<E extends Enum<E> & WireEnum> extends Form<E> {

        private final String name;
        private final Map<Integer, E> byNumber = new LinkedHashMap<>();

        EnumForm(Class<E> type) {
            name = Derivation.name(type);
            for (E constant : type.getEnumConstants()) {
                E other = byNumber.put(constant.wire(), constant);
                if (other != null) {
                    throw new IllegalArgumentException(
                            type.getName() + ": " + other + " and " + constant + " have the same number");
                }
            }
        }

        @Override
        void write(E value, XdrOutput out) {
            out.room(4).putInt(present(value).wire());
        }

        @Override
        E read(ByteBuffer in) {
            int number = word(in);
            E constant = byNumber.get(number);
            if (constant == null) {
                throw new XdrException(number + " is no " + name, in.position() - 4);
            }
            return constant;
        }

        @Override
        int minimum() {
            return 4;
        }

        @Override
        String declare(String component) {
            return name + " " + component;
        }

        @Override
        void define(Map<String, String> definitions) {
            definitions.putIfAbsent(name, byNumber.entrySet().stream()
                    .map(e -> "    " + e.getValue().name() + " = " + e.getKey())
                    .collect(Collectors.joining(",\n", "enum " + name + " {\n", "\n};\n")));
        }
    }
}
