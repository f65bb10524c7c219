package dev.godwit.daemon;

import dev.godwit.driver.Facet;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A hypervisor that has only the facets a test gives it. */
final class FakeHypervisor implements HypervisorDriver, HostSession {

    private final String scheme;
    private final Map<Class<? extends Facet>, Facet> facets = new HashMap<>();
    final AtomicReference<HostSetting> setting = new AtomicReference<>();
    volatile boolean closed;
    volatile boolean autostarted;

    FakeHypervisor(String scheme) {
        this.scheme = scheme;
    }

    <F extends Facet> FakeHypervisor with(Class<F> type, F facet) {
        facets.put(type, facet);
        return this;
    }

    /** One method of a facet answered, all others failing as a mistake of the test would. */
    @FunctionalInterface
    interface Answer {
        Object to(String method, Object... args) throws Throwable;
    }

    /** A facet whose every method is answered by one function. */
    static <F extends Facet> F answering(Class<F> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) ->
                switch (method.getName()) {
                    case "toString" -> "fake " + type.getSimpleName();
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == args[0];
                    default -> answer.to(method.getName(), args == null ? new Object[0] : args);
                }));
    }

    @Override
    public String scheme() {
        return scheme;
    }

    @Override
    public HostSession open(HostSetting hostSetting) {
        setting.set(hostSetting);
        return this;
    }

    @Override
    public <F extends Facet> Optional<F> facet(Class<F> type) {
        return Optional.ofNullable(type.cast(facets.get(type)));
    }

    @Override
    public void autostart() {
        autostarted = true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
