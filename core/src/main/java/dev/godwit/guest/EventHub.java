package dev.godwit.guest;

import dev.godwit.domain.DomainEvent;
import dev.godwit.driver.Client;
import dev.godwit.driver.DomainEvents;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Hands events to those who listen, one after the other, in the order in which they happened. */
public final class EventHub implements DomainEvents {

    private static final System.Logger LOG = System.getLogger(EventHub.class.getName());

    private final List<Consumer<DomainEvent>> listeners = new CopyOnWriteArrayList<>();
    /** Orders the events of different guests; held while listeners, which return at once, take one. */
    private final ReentrantLock order = new ReentrantLock();

    /** A hub without listeners. */
    public EventHub() {}

    @Override
    public Client.Registration listen(Consumer<DomainEvent> listener) {
        // A wrapper of its own, so that the same listener can be registered twice.
        Consumer<DomainEvent> entry = listener::accept;
        listeners.add(entry);
        return () -> listeners.remove(entry);
    }

    /**
     * Hands out an event.
     *
     * @param event what happened
     */
    public void emit(DomainEvent event) {
        order.lock();
        try {
            for (Consumer<DomainEvent> listener : listeners) {
                try {
                    listener.accept(event);
                } catch (RuntimeException e) {
                    LOG.log(Level.ERROR, "A listener failed with " + event, e);
                }
            }
        } finally {
            order.unlock();
        }
    }
}
