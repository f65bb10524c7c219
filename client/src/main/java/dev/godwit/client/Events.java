package dev.godwit.client;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.EventProcedures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The events of a connection.
 *
 * <p>A host numbers registrations for all its clients and may send the first event before the answer
 * that carries the number, so events of unknown numbers wait for their registration for as long as
 * one is under way.
 *
 * <p>One lock guards the table; nothing is called under it but queues.
 */
public final class Events {

    private record Target(EventSubscription subscription, EventKind kind) {}

    private record Early(int callback, dev.godwit.wire.remote.DomainEvent message) {}

    private final Connection connection;
    private final Map<Integer, Target> targets = new HashMap<>();
    private final List<Early> early = new ArrayList<>();
    private int registering;
    private Optional<VirtException> end = Optional.empty();

    Events(Connection connection) {
        this.connection = connection;
    }

    /**
     * Asks for events (procedure 316, once for each kind).
     *
     * @param kinds which kinds; one that the host does not know is left out as long as another is known
     * @param guest of which guest; of all when absent
     * @return the subscription, to be closed
     * @throws VirtException if the host refuses
     */
    public EventSubscription subscribe(Collection<EventKind> kinds, Optional<DomainRef> guest) {
        List<Integer> callbacks = new ArrayList<>();
        EventSubscription subscription = new EventSubscription(this, callbacks);
        Optional<VirtException> refusal = Optional.empty();
        synchronized (this) {
            registering++;
        }
        try {
            for (EventKind kind : kinds) {
                try {
                    int callback = connection.call(EventProcedures.CALLBACK_REGISTER_ANY,
                            new EventProcedures.CallbackRegisterAnyArgs(kind.id(), guest.map(WireNames::wire)))
                            .callbackID();
                    callbacks.add(callback);
                    registered(callback, new Target(subscription, kind));
                } catch (VirtException e) {
                    if (!isUnknownKind(e)) {
                        throw e;
                    }
                    refusal = Optional.of(e);
                }
            }
        } finally {
            registrationOver();
        }
        if (callbacks.isEmpty() && refusal.isPresent()) {
            throw refusal.get();
        }
        return subscription;
    }

    private static boolean isUnknownKind(VirtException e) {
        return e.is(ErrorCode.INTERNAL_ERROR) && e.getMessage().contains("unsupported event ID");
    }

    private synchronized void registered(int callback, Target target) {
        targets.put(callback, target);
        early.removeIf(message -> {
            if (message.callback() == callback) {
                deliver(target, message.message());
                return true;
            }
            return false;
        });
        end.ifPresent(why -> target.subscription().ended(Optional.of(why)));
    }

    private synchronized void registrationOver() {
        if (--registering == 0) {
            early.clear();
        }
    }

    /** Takes a message from the connection's reader; returns at once. */
    synchronized void received(dev.godwit.wire.remote.DomainEvent message) {
        Target target = targets.get(message.callbackID());
        if (target != null) {
            deliver(target, message);
        } else if (registering > 0) {
            early.add(new Early(message.callbackID(), message));
        }
    }

    private static void deliver(Target target, dev.godwit.wire.remote.DomainEvent message) {
        meaning(target.kind().wire(), message).ifPresent(event -> target.subscription().deliver(target.kind(), event));
    }

    private static <M extends dev.godwit.wire.remote.DomainEvent> Optional<? extends DomainEvent> meaning(
            EventKind.Wire<M> wire, dev.godwit.wire.remote.DomainEvent message) {
        return wire.event().type().isInstance(message)
                ? wire.meaning().apply(wire.event().type().cast(message))
                : Optional.empty();
    }

    /** The connection has ended: wakes everybody who waits. */
    synchronized void ended(VirtException why) {
        end = Optional.of(why);
        targets.values().stream().map(Target::subscription).distinct()
                .forEach(subscription -> subscription.ended(end));
    }

    void forget(EventSubscription subscription) {
        synchronized (this) {
            targets.keySet().removeAll(subscription.callbacks());
            if (end.isPresent()) {
                return;
            }
        }
        for (int callback : subscription.callbacks()) {
            connection.call(EventProcedures.CALLBACK_DEREGISTER_ANY,
                    new EventProcedures.CallbackDeregisterAnyArgs(callback));
        }
    }
}
