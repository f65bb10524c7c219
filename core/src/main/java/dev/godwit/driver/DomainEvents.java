package dev.godwit.driver;

import dev.godwit.domain.DomainEvent;
import java.util.function.Consumer;

/** What happens to guests, as it happens. */
public interface DomainEvents extends Facet {

    /**
     * Takes events from now on, in the order in which they happened. The listener must return at once
     * and must not call the session.
     *
     * @param listener takes them
     * @return taking it back
     */
    Client.Registration listen(Consumer<DomainEvent> listener);
}
