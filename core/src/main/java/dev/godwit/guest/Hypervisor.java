package dev.godwit.guest;

import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.driver.XmlFlag;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Makes machines from definitions, and knows what definitions mean. Safe for use by several threads at once. */
public interface Hypervisor {

    /** The subsystem its errors come from. */
    ErrorDomain errorDomain();

    /**
     * Checks a definition and spells out what it leaves open: machine type, devices that come by themselves,
     * addresses. Called when a guest is defined or created, and for the definition of one that arrives.
     *
     * @param definition a {@code domain} element with a good name and UUID
     * @param validate   whether the user asked for a check against the schema
     * @return the complete configuration
     * @throws dev.godwit.domain.VirtException naming what is wrong or not supported
     */
    Element complete(Element definition, boolean validate);

    /**
     * Makes a machine. It stands still: its CPUs run only after {@link Machine#resume()}.
     *
     * @param launch what to make
     * @return the machine
     * @throws dev.godwit.domain.VirtException if it could not be made; nothing of it is left
     */
    Launched start(Launch launch);

    /**
     * Finds a machine again that was running when an earlier daemon ended.
     *
     * @param launch what it was; {@code incoming} is whether its migration was still arriving
     * @param status what the status file says
     * @return what there is now
     */
    Reattached reattach(Launch launch, GuestStatus status);

    /**
     * Removes what runs left that nobody knows of any more, as where a daemon died between striking a run off and removing its files.
     * A machine that is alive keeps what it has. Called once, before anything is started, after all runs were found again that were
     * noted; the default is for hypervisors whose machines leave nothing.
     *
     * @param known the numbers of the runs that are noted, whatever became of them
     */
    default void removeOrphans(Set<Integer> known) {}

    /**
     * A definition as a user asked to see it.
     *
     * @param definition    the live definition or the configuration
     * @param live          which of the two it is
     * @param flags         the form; with {@link XmlFlag#INACTIVE} a live definition is printed as a configuration
     * @param configuration the configuration that goes with a live definition, where there is one: what the host
     *                      chose itself for this run is not for other hosts
     * @return the form
     */
    Element form(Element definition, boolean live, Set<XmlFlag> flags, Optional<Element> configuration);

    /**
     * The live definition that a run begins with.
     *
     * @param configuration a complete configuration
     * @param id            the number of the run
     * @return the configuration with the id, and with what belongs to one run only
     */
    default Element live(Element configuration, int id) {
        return configuration.withAttr("id", id);
    }

    /** Removes the log of a guest that has ended; nothing where there are no logs. */
    default void removeLogs(String guest) {}

    /**
     * A new machine.
     *
     * @param machine    it stands still
     * @param definition its live definition, with all that is known now
     */
    record Launched(Machine machine, Element definition) {}

    /** What an old machine turned out to be. */
    sealed interface Reattached {

        /**
         * It is there and answers.
         *
         * @param machine    the machine
         * @param definition its live definition now
         * @param state      its state as the hypervisor sees it; the reason is the noted one where the state is the same
         */
        record Alive(Machine machine, Element definition, StateReason state) implements Reattached {}

        /**
         * Its process is there, but it does not answer. It may be the only copy of the guest, so it is left alone: listed, and open
         * to a destroy.
         *
         * @param machine a machine of which {@link Machine#kill} works
         * @param again   looks once more; takes its time
         */
        record Silent(Machine machine, Supplier<Reattached> again) implements Reattached {}

        /**
         * It is gone.
         *
         * @param state why, a shut-off state
         */
        record Gone(StateReason state) implements Reattached {}
    }
}
