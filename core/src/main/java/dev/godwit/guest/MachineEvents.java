package dev.godwit.guest;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a machine reports on its own, in the order in which it happened. The methods return soon: they change what is known of the
 * guest, write its status file and hand out events; what takes longer happens on another thread.
 *
 * <p>A machine also reports what it was told to do ({@code stop} is followed by {@link #stopped()}); whichever comes first,
 * the report or the answer, makes the change, and the other one finds it made.
 */
public interface MachineEvents {

    /**
     * Writes the status file now, with these elements, before the machine can say {@link Machine#status()} itself. To be called
     * before a process is made and when its number is known, so that a daemon that dies in between finds it again.
     *
     * @param status as {@link Machine#status()} would answer
     */
    void starting(List<Element> status);

    /** Its CPUs were stopped; why is what whoever stopped them announced, or not known. */
    void stopped();

    /**
     * Its CPUs were stopped by the hypervisor for a reason of its own.
     *
     * @param reason an I/O error, a watchdog, …
     * @param change the event for it
     */
    void stopped(StateReason reason, Lifecycle change);

    /** Its CPUs run again. */
    void resumed();

    /**
     * It changed into another state of its own (asleep, awake).
     *
     * @param state  the new one
     * @param change the event for it
     */
    void became(StateReason state, Lifecycle change);

    /** It was reset by its guest or by a button. */
    void rebooted();

    /**
     * It shut down and stands still now. The guest's configuration says what becomes of it.
     *
     * @param byGuest true when its system did it, false when the host did, empty when not known
     */
    void shutDown(Optional<Boolean> byGuest);

    /** Its system crashed and stands still. The guest's configuration says what becomes of it. */
    void panicked();

    /** Its live definition changed: a path became known, a tray was opened. */
    void definition(UnaryOperator<Element> change);

    /** Something happened that changes no state. */
    void report(Function<DomainRef, DomainEvent> event);

    /** Its status elements changed. */
    void statusChanged();

    /** It is gone: its process ended. Nothing follows. */
    void ended();
}
