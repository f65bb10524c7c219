package dev.godwit.wire.xdr;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The declaration of a component once more, in code: what its annotations say, so that nobody has to read them. For a
 * program that ends after a few calls: the first annotations that a process reads cost it more time than all the calls,
 * because the JDK makes a class for each kind of them, while it runs.
 *
 * <p>The annotations remain what counts: {@code RepeatedTest} compares the two layouts of every type that is repeated.
 */
public final class Repeated implements Declaration {

    private static final Map<Class<?>, List<Repeated>> RECORDS = new ConcurrentHashMap<>();
    private static final Map<Class<?>, Map<Integer, Class<?>>> UNIONS = new ConcurrentHashMap<>();

    private final Class<?> type;
    private final boolean unsigned;
    private final int atMost;
    private final Optional<Repeated> argument;

    private Repeated(Class<?> type, boolean unsigned, int atMost, Optional<Repeated> argument) {
        this.type = type;
        this.unsigned = unsigned;
        this.atMost = atMost;
        this.argument = argument;
    }

    /**
     * A component without annotations.
     *
     * @param type its type, which holds no other
     * @return its declaration
     */
    public static Repeated plain(Class<?> type) {
        return new Repeated(type, false, NONE, Optional.empty());
    }

    /**
     * A component with {@link Unsigned}.
     *
     * @param type {@code int.class} or {@code long.class}
     * @return its declaration
     */
    public static Repeated unsigned(Class<?> type) {
        return new Repeated(type, true, NONE, Optional.empty());
    }

    /**
     * A component with {@link AtMost} that holds bytes.
     *
     * @param bound the bound in bytes, inclusive
     * @param type  {@code String.class} or {@code Opaque.class}
     * @return its declaration
     */
    public static Repeated atMost(int bound, Class<?> type) {
        return new Repeated(type, false, bound, Optional.empty());
    }

    /**
     * A list with {@link AtMost}.
     *
     * @param bound   the largest number of elements
     * @param element the elements' declaration
     * @return the list's declaration
     */
    public static Repeated list(int bound, Repeated element) {
        return new Repeated(List.class, false, bound, Optional.of(element));
    }

    /**
     * An {@code Optional}.
     *
     * @param value the declaration of what it may hold
     * @return its declaration
     */
    public static Repeated optional(Repeated value) {
        return new Repeated(Optional.class, false, NONE, Optional.of(value));
    }

    /**
     * Repeats what a record declares. Has no effect on a codec that was derived before.
     *
     * @param type       the record
     * @param components its components, in their order
     */
    public static void record(Class<?> type, Repeated... components) {
        RECORDS.put(type, List.of(components));
    }

    /**
     * Repeats what a sealed family of records declares. Has no effect on a codec that was derived before.
     *
     * @param family the sealed interface
     * @param arms   its records by what {@link Arm} says of them
     */
    public static void union(Class<?> family, Map<Integer, Class<?>> arms) {
        UNIONS.put(family, Map.copyOf(arms));
    }

    /** All types whose declarations were repeated, in no order. */
    static List<Class<?>> types() {
        return Stream.concat(RECORDS.keySet().stream(), UNIONS.keySet().stream()).toList();
    }

    static Optional<List<Repeated>> components(Class<?> type) {
        return Optional.ofNullable(RECORDS.get(type));
    }

    static Optional<Map<Integer, Class<?>>> arms(Class<?> family) {
        return Optional.ofNullable(UNIONS.get(family));
    }

    @Override
    public Class<?> type() {
        return type;
    }

    @Override
    public boolean unsigned() {
        return unsigned;
    }

    @Override
    public int atMost() {
        return atMost;
    }

    @Override
    public int exactly() {
        return NONE;
    }

    @Override
    public boolean chars() {
        return false;
    }

    @Override
    public Declaration argument() {
        return argument.orElseThrow(() -> new IllegalArgumentException("says not what it holds"));
    }
}
