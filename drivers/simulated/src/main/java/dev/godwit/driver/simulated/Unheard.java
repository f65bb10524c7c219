package dev.godwit.driver.simulated;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.guest.MachineEvents;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Where a machine reports to while no daemon listens. */
final class Unheard implements MachineEvents {

    @Override
    public void starting(List<Element> status) {}

    @Override
    public void stopped() {}

    @Override
    public void stopped(StateReason reason, Lifecycle change) {}

    @Override
    public void resumed() {}

    @Override
    public void became(StateReason state, Lifecycle change) {}

    @Override
    public void rebooted() {}

    @Override
    public void shutDown(Optional<Boolean> byGuest) {}

    @Override
    public void panicked() {}

    @Override
    public void definition(UnaryOperator<Element> change) {}

    @Override
    public void report(Function<DomainRef, DomainEvent> event) {}

    @Override
    public void statusChanged() {}

    @Override
    public void ended() {}
}
