package dev.godwit.driver.qemu.qmp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * A JSON value: immutable, with the order of members kept and 64-bit integers exact.
 *
 * <p>QMP numbers are signed 64-bit, unsigned 64-bit or double (a balloon that has no statistics says
 * 18446744073709551615), so those are the three kinds of number here. A number that fits a
 * {@code long} is always an {@link Int}, which makes equal numbers equal values.
 *
 * <p>{@code toString} is the compact JSON text of the value.
 */
public sealed interface Json {

    /** The value {@code null}. */
    Json NULL = new Null();

    /** An object without members. */
    Obj EMPTY = new Obj(new LinkedHashMap<>());

    /**
     * An object. Two objects are equal when they have equal members, in any order.
     *
     * @param members name to value, in order
     */
    record Obj(SequencedMap<String, Json> members) implements Json {

        /** Copies the members. */
        public Obj {
            members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
        }

        /**
         * One member.
         *
         * @param name its name
         * @return its value; empty when it is absent or {@code null}
         */
        public Optional<Json> get(String name) {
            return Optional.ofNullable(members.get(name)).filter(value -> !(value instanceof Null));
        }

        /**
         * Whether a member is there, even as {@code null}.
         *
         * @param name its name
         * @return true if it is
         */
        public boolean has(String name) {
            return members.containsKey(name);
        }

        /**
         * This object with one member more, or with another value for it.
         *
         * @param name  the member
         * @param value its value
         * @return a new object
         */
        public Obj with(String name, Json value) {
            var copy = new LinkedHashMap<>(members);
            copy.put(name, value);
            return new Obj(copy);
        }

        /**
         * This object with one text member more.
         *
         * @param name  the member
         * @param value its value
         * @return a new object
         */
        public Obj with(String name, String value) {
            return with(name, new Str(value));
        }

        /**
         * This object with one integer member more.
         *
         * @param name  the member
         * @param value its value
         * @return a new object
         */
        public Obj with(String name, long value) {
            return with(name, new Int(value));
        }

        /**
         * This object with one boolean member more.
         *
         * @param name  the member
         * @param value its value
         * @return a new object
         */
        public Obj with(String name, boolean value) {
            return with(name, new Bool(value));
        }

        /**
         * This object with one text member more, if there is a value for it.
         *
         * @param name  the member
         * @param value its value, or empty to change nothing
         * @return a new object, or this one
         */
        public Obj withText(String name, Optional<String> value) {
            return value.map(text -> with(name, text)).orElse(this);
        }

        /**
         * This object without one member.
         *
         * @param name the member
         * @return a new object
         */
        public Obj without(String name) {
            var copy = new LinkedHashMap<>(members);
            copy.remove(name);
            return new Obj(copy);
        }

        /**
         * A member that must be there and be text.
         *
         * @param name the member
         * @return its text
         * @throws JsonException if it is absent or something else
         */
        public String text(String name) {
            return required(name, optText(name));
        }

        /**
         * A member that is text when it is there.
         *
         * @param name the member
         * @return its text
         * @throws JsonException if it is something else
         */
        public Optional<String> optText(String name) {
            return get(name).map(value -> value instanceof Str(String text) ? text : wrong(name, "text", value));
        }

        /**
         * A member that must be there and be an integer that fits a {@code long}.
         *
         * @param name the member
         * @return its value
         * @throws JsonException if it is absent or something else
         */
        public long integer(String name) {
            return get(name).map(value -> asLong(name, value)).orElseThrow(() -> missing(name));
        }

        /**
         * A member that is an integer that fits a {@code long} when it is there.
         *
         * @param name the member
         * @return its value
         * @throws JsonException if it is something else
         */
        public OptionalLong optInteger(String name) {
            return get(name).map(value -> OptionalLong.of(asLong(name, value))).orElse(OptionalLong.empty());
        }

        /**
         * A member that must be there and be an unsigned 64-bit integer.
         *
         * @param name the member
         * @return its 64 bits; print them with {@link Long#toUnsignedString(long)}
         * @throws JsonException if it is absent, negative or something else
         */
        public long unsigned(String name) {
            return switch (get(name).orElseThrow(() -> missing(name))) {
                case Int(long value) when value >= 0 -> value;
                case Uint(long bits) -> bits;
                case Json other -> wrong(name, "an unsigned integer", other);
            };
        }

        /**
         * A member that must be there and be a number of any kind.
         *
         * @param name the member
         * @return its value, as near as a {@code double} comes
         * @throws JsonException if it is absent or something else
         */
        public double number(String name) {
            return switch (get(name).orElseThrow(() -> missing(name))) {
                case Int(long value) -> value;
                case Uint uint -> uint.toBigInteger().doubleValue();
                case Real(double value) -> value;
                case Json other -> wrong(name, "a number", other);
            };
        }

        /**
         * A member that must be there and be true or false.
         *
         * @param name the member
         * @return its value
         * @throws JsonException if it is absent or something else
         */
        public boolean bool(String name) {
            return required(name, optBool(name));
        }

        /**
         * A member that is true or false when it is there.
         *
         * @param name the member
         * @return its value
         * @throws JsonException if it is something else
         */
        public Optional<Boolean> optBool(String name) {
            return get(name).map(value -> value instanceof Bool(boolean is) ? is : wrong(name, "true or false", value));
        }

        /**
         * A member that must be there and be an object.
         *
         * @param name the member
         * @return the object
         * @throws JsonException if it is absent or something else
         */
        public Obj object(String name) {
            return required(name, optObject(name));
        }

        /**
         * A member that is an object when it is there.
         *
         * @param name the member
         * @return the object
         * @throws JsonException if it is something else
         */
        public Optional<Obj> optObject(String name) {
            return get(name).map(value -> value instanceof Obj object ? object : wrong(name, "an object", value));
        }

        /**
         * A member that is a list when it is there.
         *
         * @param <T>     what an element becomes
         * @param name    the member
         * @param element how
         * @return the list; empty when the member is absent
         * @throws JsonException if it is something else
         */
        public <T> List<T> list(String name, Function<Json, T> element) {
            return get(name).map(value -> value instanceof Arr(List<Json> elements)
                            ? elements.stream().map(element).toList()
                            : Obj.<List<T>>wrong(name, "a list", value))
                    .orElse(List.of());
        }

        private static <T> T required(String name, Optional<T> value) {
            return value.orElseThrow(() -> missing(name));
        }

        private static JsonException missing(String name) {
            return new JsonException("Member \"" + name + "\" is missing.");
        }

        private static long asLong(String name, Json value) {
            return value instanceof Int(long integer) ? integer : Obj.<Long>wrong(name, "an integer", value);
        }

        private static <T> T wrong(String name, String wanted, Json value) {
            throw new JsonException("Member \"" + name + "\" should be " + wanted + " and is " + excerpt(value) + ".");
        }

        @Override
        public String toString() {
            return JsonText.write(this);
        }
    }

    /**
     * A list.
     *
     * @param elements its elements, in order
     */
    record Arr(List<Json> elements) implements Json {

        /** Copies the elements. */
        public Arr {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return JsonText.write(this);
        }
    }

    /**
     * Text.
     *
     * @param text the text, unescaped
     */
    record Str(String text) implements Json {
        @Override
        public String toString() {
            return JsonText.write(this);
        }
    }

    /**
     * An integer that fits a {@code long}.
     *
     * @param value the integer
     */
    record Int(long value) implements Json {
        @Override
        public String toString() {
            return JsonText.write(this);
        }
    }

    /**
     * An integer from 2^63 to 2^64 - 1.
     *
     * @param bits its 64 bits, which as a {@code long} are negative
     */
    record Uint(long bits) implements Json {

        /** Refuses what an {@link Int} holds. */
        public Uint {
            if (bits >= 0) {
                throw new IllegalArgumentException("The integer " + bits + " fits a long and is written as one.");
            }
        }

        /**
         * The value.
         *
         * @return from 2^63 to 2^64 - 1
         */
        public java.math.BigInteger toBigInteger() {
            return new java.math.BigInteger(Long.toUnsignedString(bits));
        }

        @Override
        public String toString() {
            return JsonText.write(this);
        }
    }

    /**
     * A number with a fraction or an exponent.
     *
     * @param value the number, finite
     */
    record Real(double value) implements Json {

        /** Refuses what JSON has no text for. */
        public Real {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("JSON has no text for " + value + ".");
            }
        }

        @Override
        public String toString() {
            return JsonText.write(this);
        }
    }

    /**
     * True or false.
     *
     * @param value which
     */
    record Bool(boolean value) implements Json {
        @Override
        public String toString() {
            return JsonText.write(this);
        }
    }

    /** {@code null}; use {@link Json#NULL}. */
    record Null() implements Json {
        @Override
        public String toString() {
            return "null";
        }
    }

    /**
     * This value as an object.
     *
     * @return the object
     * @throws JsonException if it is something else
     */
    default Obj asObject() {
        if (this instanceof Obj object) {
            return object;
        }
        throw new JsonException("There should be an object and there is " + excerpt(this) + ".");
    }

    /**
     * This value as a list of what its elements become.
     *
     * @param <T>     what an element becomes
     * @param element how
     * @return the list
     * @throws JsonException if this is not a list
     */
    default <T> List<T> asList(Function<Json, T> element) {
        if (this instanceof Arr(List<Json> elements)) {
            return elements.stream().map(element).toList();
        }
        throw new JsonException("There should be a list and there is " + excerpt(this) + ".");
    }

    /**
     * This value as text.
     *
     * @return the text
     * @throws JsonException if it is something else
     */
    default String asText() {
        if (this instanceof Str(String text)) {
            return text;
        }
        throw new JsonException("There should be text and there is " + excerpt(this) + ".");
    }

    /**
     * Reads one value that must be all of the text.
     *
     * @param text JSON
     * @return the value
     * @throws JsonException naming what is wrong and where; also for more than 1024 levels, more than
     *         64 MiB, a name that comes twice, and an integer that 64 bits do not hold
     */
    static Json parse(String text) {
        return JsonText.read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /**
     * A list of texts.
     *
     * @param texts the texts
     * @return the list
     */
    static Arr texts(Iterable<String> texts) {
        var list = new ArrayList<Json>();
        texts.forEach(text -> list.add(new Str(text)));
        return new Arr(list);
    }

    /**
     * An object of booleans, texts, numbers: whatever the values are.
     *
     * @param members name to value, in order
     * @return the object
     */
    static Obj object(Map<String, Json> members) {
        return new Obj(new LinkedHashMap<>(members));
    }

    private static String excerpt(Json value) {
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
