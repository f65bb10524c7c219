package dev.godwit.daemon.host;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * The signal SIGHUP, with which administrators have daemons read their files again.
 *
 * <p>The JDK has no interface for signals but {@code sun.misc.Signal}, which the compiler does not let anybody name; so
 * it is looked up. A JVM without it ignores the signal's wish and says so.
 */
public final class HangUp {

    private static final System.Logger LOG = System.getLogger(HangUp.class.getName());

    private HangUp() {}

    /**
     * Runs an action at each SIGHUP, on a thread of its own.
     *
     * @param action must not throw
     */
    public static void then(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
            Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler},
                    (self, method, args) -> answer(self, method, args, action));
            signal.getMethod("handle", signal, handler).invoke(null, hangUp, ours);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "SIGHUP cannot be caught here: " + e);
        }
    }

    private static Object answer(Object self, Method method, Object[] args, Runnable action) {
        return switch (method.getName()) {
            case "handle" -> {
                action.run();
                yield null;
            }
            case "equals" -> self == args[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "SIGHUP";
        };
    }
}
