package dev.godwit.daemon.event;

import dev.godwit.daemon.hypervisor.Hypervisor;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.DomainEvents;
import dev.godwit.wire.remote.Event;
import dev.godwit.wire.remote.PlainDomainEvents;
import dev.godwit.wire.remote.RemoteProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Who asked for which events. One for the whole daemon: callback ids are counted across all its connections.
 *
 * <p>Registrations end with their connection.
 */
public final class EventHub implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(EventHub.class.getName());

    /** The event ids that the protocol declares; looked up when the first client asks for events. */
    private static final class Known {
        private static final Set<Integer> NUMBERED = ids(dev.godwit.wire.remote.DomainEvents.class);
        private static final Set<Integer> PLAIN = ids(PlainDomainEvents.class);
    }

    /**
     * One registration.
     *
     * @param session  whose
     * @param source   the hypervisor whose guests it is about
     * @param eventId  the kind of event
     * @param guest    one guest, or all
     * @param callback the id its messages carry; absent in the older form
     */
    private record Wish(Session session, Hypervisor source, int eventId, Optional<UUID> guest, OptionalInt callback) {}

    private final List<Wish> wishes = new CopyOnWriteArrayList<>();
    private final AtomicInteger nextCallback = new AtomicInteger();
    private final List<Client.Registration> listening = new ArrayList<>();

    /**
     * Begins to listen.
     *
     * @param hypervisors where events come from, as far as they have any
     */
    public EventHub(List<Hypervisor> hypervisors) {
        for (Hypervisor hypervisor : hypervisors) {
            hypervisor.session().facet(DomainEvents.class).ifPresent(events ->
                    listening.add(events.listen(event -> deliver(hypervisor, event))));
        }
    }

    /**
     * Registers for one kind of event.
     *
     * @param session whose
     * @param eventId the kind
     * @param guest   one guest, or all
     * @return the callback id
     * @throws VirtException for a kind that is not known
     */
    public int register(Session session, int eventId, Optional<UUID> guest) {
        checkKnown(eventId, Known.NUMBERED);
        session.facet(DomainEvents.class); // throws where the hypervisor has no events
        int callback = nextCallback.getAndIncrement();
        add(new Wish(session, session.hypervisor(), eventId, guest, OptionalInt.of(callback)));
        return callback;
    }

    /**
     * Ends a registration.
     *
     * @param session  whose
     * @param callback its id
     * @throws VirtException if this connection has no such registration
     */
    public void deregister(Session session, int callback) {
        if (!wishes.removeIf(wish -> wish.session() == session && wish.callback().isPresent()
                && wish.callback().getAsInt() == callback)) {
            throw internal("couldn't find domain event callback " + callback);
        }
    }

    /**
     * Registers for one kind of event in the older form: all guests, once a connection, no callback id.
     *
     * @param session whose
     * @param eventId the kind
     * @throws VirtException for a kind that is not known in this form, or a second time
     */
    public void registerPlain(Session session, int eventId) {
        checkKnown(eventId, Known.PLAIN);
        session.facet(DomainEvents.class);
        if (wishes.stream().anyMatch(wish -> isPlain(wish, session, eventId))) {
            throw internal("domain event " + eventId + " already registered");
        }
        add(new Wish(session, session.hypervisor(), eventId, Optional.empty(), OptionalInt.empty()));
    }

    /**
     * Ends a registration in the older form.
     *
     * @param session whose
     * @param eventId the kind
     * @throws VirtException if there is none
     */
    public void deregisterPlain(Session session, int eventId) {
        checkKnown(eventId, Known.PLAIN);
        if (!wishes.removeIf(wish -> isPlain(wish, session, eventId))) {
            throw internal("domain event " + eventId + " not registered");
        }
    }

    /** How many registrations there are. */
    public int count() {
        return wishes.size();
    }

    private void add(Wish wish) {
        boolean first = wishes.stream().noneMatch(other -> other.session() == wish.session());
        wishes.add(wish);
        if (first) {
            wish.session().onClose(() -> wishes.removeIf(other -> other.session() == wish.session()));
        } else if (wish.session().isEnded()) {
            wishes.remove(wish); // its connection ended in between
        }
    }

    /** Runs on the thread of whatever happened to the guest: returns at once, throws nothing. */
    private void deliver(Hypervisor source, DomainEvent event) {
        if (wishes.isEmpty()) {
            return;
        }
        try {
            for (EventMessages.Message message : EventMessages.of(event)) {
                for (Wish wish : wishes) {
                    if (wish.source() == source && wish.eventId() == message.eventId()
                            && wish.guest().map(event.guest().uuid()::equals).orElse(true)
                            && wish.session().mayHearOf(event.guest())) {
                        send(wish, message);
                    }
                }
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "A mistake in godwitd while delivering " + event, e);
        }
    }

    private static void send(Wish wish, EventMessages.Message message) {
        if (wish.callback().isPresent()) {
            wish.session().peer().sendEvent(message.numbered().apply(wish.callback().getAsInt()));
        } else {
            message.plain().ifPresent(wish.session().peer()::sendEvent);
        }
    }

    private static boolean isPlain(Wish wish, Session session, int eventId) {
        return wish.session() == session && wish.eventId() == eventId && wish.callback().isEmpty();
    }

    private static void checkKnown(int eventId, Set<Integer> known) {
        if (!known.contains(eventId)) {
            throw internal("unsupported event ID " + eventId);
        }
    }

    private static VirtException internal(String detail) {
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, detail);
    }

    /** The event ids that a page of the protocol declares. */
    private static Set<Integer> ids(Class<?> page) {
        return RemoteProtocol.events().stream()
                .filter(event -> event.type().getEnclosingClass() == page)
                .map(Event::eventId)
                .flatMap(id -> id.stream().boxed())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void close() {
        listening.forEach(Client.Registration::close);
    }
}
