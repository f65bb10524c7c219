package dev.godwit.cli.command;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Takes Ctrl-C (SIGINT) for itself while it is open, so that it cancels what is being done instead of
 * ending the process.
 *
 * <p>The JDK's only way to do that is {@code sun.misc.Signal}. It is reached by reflection because the
 * compiler warns of it in a way that cannot be switched off for one class, and warnings fail the build.
 */
public final class CtrlC implements AutoCloseable {

    private final Object signal;
    private final Method handle;
    private final Object before;

    /**
     * Takes the signal.
     *
     * @param action what to do each time; runs on a thread of its own
     */
    public CtrlC(Runnable action) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = handler(handlerType, action);
            signal = type.getConstructor(String.class).newInstance("INT");
            handle = type.getMethod("handle", type, handlerType);
            before = handle.invoke(null, signal, handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Has the JDK make the handler's class on a thread of its own, so that it is there when the signal is to be taken: it
     * takes milliseconds, and a command has other things to do first.
     */
    public static void prepare() {
        Thread.ofPlatform().name("signals").daemon().start(() -> {
            try {
                handler(Class.forName("sun.misc.SignalHandler"), () -> {});
            } catch (ClassNotFoundException e) {
                // Whoever takes the signal is told.
            }
        });
    }

    private static Object handler(Class<?> handlerType, Runnable action) {
        return Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[] {handlerType},
                (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.getName().equals("equals") ? proxy == arguments[0] : objectMethod(method);
                    }
                    action.run();
                    return null;
                });
    }

    private static Object objectMethod(Method method) {
        return method.getName().equals("hashCode") ? (Object) 0 : "CtrlC";
    }

    /** Gives the signal back. */
    @Override
    public void close() {
        try {
            handle.invoke(null, signal, before);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
