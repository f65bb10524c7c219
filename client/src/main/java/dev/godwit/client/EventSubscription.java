package dev.godwit.client;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.VirtException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Events that were asked for, in the order in which they came. They are kept until they are taken; a
 * subscription that nobody reads grows.
 */
public final class EventSubscription implements AutoCloseable {

    /** What lies in the queue: an event, or the end. */
    private sealed interface Item {
        record Happened(EventKind kind, DomainEvent event) implements Item {}

        record Ended(Optional<VirtException> why) implements Item {}
    }

    /**
     * One event.
     *
     * @param kind  the kind it was asked for by
     * @param event what happened
     */
    public record Delivery(EventKind kind, DomainEvent event) {}

    private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
    private final Events events;
    private final List<Integer> callbacks;

    EventSubscription(Events events, List<Integer> callbacks) {
        this.events = events;
        this.callbacks = callbacks;
    }

    /**
     * Waits for the next event.
     *
     * @param patience how long at most
     * @return empty when nothing came in that time, or when this subscription was closed
     * @throws VirtException        if the connection has ended; what came before is delivered first
     * @throws InterruptedException if the thread was interrupted
     */
    public Optional<Delivery> next(Duration patience) throws InterruptedException {
        return delivery(Optional.ofNullable(queue.poll(patience.toNanos(), TimeUnit.NANOSECONDS)));
    }

    /**
     * Waits for the next event without end.
     *
     * @return empty when this subscription was closed
     * @throws VirtException        if the connection has ended; what came before is delivered first
     * @throws InterruptedException if the thread was interrupted
     */
    public Optional<Delivery> next() throws InterruptedException {
        return delivery(Optional.of(queue.take()));
    }

    private Optional<Delivery> delivery(Optional<Item> item) {
        return switch (item.orElse(null)) {
            case null -> Optional.empty();
            case Item.Happened happened -> Optional.of(new Delivery(happened.kind(), happened.event()));
            case Item.Ended ended -> {
                queue.add(ended);
                if (ended.why().isPresent()) {
                    throw ended.why().get();
                }
                yield Optional.empty();
            }
        };
    }

    void deliver(EventKind kind, DomainEvent event) {
        queue.add(new Item.Happened(kind, event));
    }

    void ended(Optional<VirtException> why) {
        queue.add(new Item.Ended(why));
    }

    List<Integer> callbacks() {
        return callbacks;
    }

    /** Takes the registrations back (procedure 317) and wakes who waits. */
    @Override
    public void close() {
        ended(Optional.empty());
        events.forget(this);
    }
}
