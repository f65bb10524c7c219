package dev.godwit.wire.xdr;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * A record's accessor or constructor: called by reflection at first, and by a method handle once it has shown
 * that it will be called often. A method handle is ten times as fast, and takes a millisecond to make.
 */
final class Warming {

    /** How often it is called by reflection. */
    private static final int COLD_CALLS = 64;

    /** What cannot fail any more but by a mistake of ours. */
    @FunctionalInterface
    private interface Maker {
        MethodHandle make() throws IllegalAccessException;
    }

    @FunctionalInterface
    private interface Cold {
        Object call(Object argument) throws ReflectiveOperationException;
    }

    private final Class<?> type;
    private final Cold cold;
    private final Maker maker;
    private volatile MethodHandle handle;
    private int calls;

    private Warming(Class<?> type, Cold cold, Maker maker, boolean open) throws IllegalAccessException {
        this.type = type;
        this.cold = cold;
        this.maker = maker;
        this.handle = open ? null : maker.make();
    }

    /** Takes an {@code Object}, the record, and gives {@code int}, {@code long} or {@code Object}. */
    static Warming accessor(Method method, MethodHandles.Lookup rights) throws IllegalAccessException {
        Class<?> type = method.getReturnType();
        Class<?> shape = type == int.class || type == long.class ? type : Object.class;
        return new Warming(type, method::invoke,
                () -> rights.unreflect(method).asType(MethodType.methodType(shape, Object.class)),
                method.trySetAccessible());
    }

    /** Takes an {@code Object[]}, the components, and gives an {@code Object}. */
    static Warming constructor(Constructor<?> constructor, MethodHandles.Lookup rights)
            throws IllegalAccessException {
        return new Warming(constructor.getDeclaringClass(), values -> constructor.newInstance((Object[]) values),
                () -> {
                    MethodHandle plain = rights.unreflectConstructor(constructor);
                    return plain.asType(plain.type().generic())
                            .asSpreader(Object[].class, constructor.getParameterCount())
                            .asType(MethodType.methodType(Object.class, Object[].class));
                }, constructor.trySetAccessible());
    }

    /** What comes out. */
    Class<?> type() {
        return type;
    }

    /** The method handle; null as long as {@link #cold} is to be called instead. */
    MethodHandle handle() throws IllegalAccessException {
        MethodHandle ready = handle;
        // Threads may count past each other; then it stays cold for a few calls more.
        if (ready == null && ++calls > COLD_CALLS) {
            ready = maker.make();
            handle = ready;
        }
        return ready;
    }

    /** Calls by reflection, and throws what the callee throws. */
    Object cold(Object argument) throws Throwable {
        try {
            return cold.call(argument);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
