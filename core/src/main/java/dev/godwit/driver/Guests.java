package dev.godwit.driver;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.StateReason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The guests of a host and their lives. Every method answers with libvirt's error for a guest that is
 * not there (42) or a state that does not fit (55).
 */
public interface Guests extends Facet {

    /** Those that pass the filter, in no particular order; all for an empty filter (procedure 273). */
    List<DomainRef> list(Set<ListFlag> filter);

    /** The guest with a name; an error 42 where there is none (procedure 23). */
    DomainRef byName(String name);

    /** The guest with a UUID (procedure 24). */
    DomainRef byUuid(UUID uuid);

    /** The running guest with an id (procedure 22). */
    DomainRef byId(int id);

    /** Gives a guest a configuration, or a new one; it does not start (procedures 11 and 350). */
    DomainRef define(String xml, Set<DefineFlag> flags);

    /** Takes a guest's configuration away; one that runs becomes transient (procedures 35 and 231). */
    void undefine(DomainRef guest, Set<UndefineFlag> flags);

    /** Starts a guest that has no configuration (procedure 10). */
    DomainRef create(String xml, Set<CreateFlag> flags, Client client);

    /** Starts a guest from its configuration (procedures 9 and 196). */
    DomainRef start(DomainRef guest, Set<CreateFlag> flags, Client client);

    /** Stops its CPUs (procedure 34). */
    void suspend(DomainRef guest);

    /** Lets its CPUs run again (procedure 28). */
    void resume(DomainRef guest);

    /** Asks it to shut down and returns at once (procedures 33 and 258). */
    void shutdown(DomainRef guest, Set<ShutdownFlag> flags);

    /** Asks it to reboot and returns at once (procedure 27). */
    void reboot(DomainRef guest, Set<ShutdownFlag> flags);

    /** Presses its reset button (procedure 245). */
    void reset(DomainRef guest);

    /** Ends it by force (procedures 12 and 234). */
    void destroy(DomainRef guest, Set<DestroyFlag> flags);

    /** Its definition (procedure 14). */
    String xml(DomainRef guest, Set<XmlFlag> flags);

    /** Its state and why (procedure 212). */
    StateReason state(DomainRef guest);

    /** Its figures (procedure 16). */
    GuestInfo info(DomainRef guest);

    /** Its virtual CPUs; empty for a guest that does not run (procedure 20). */
    List<VirtualCpu> virtualCpus(DomainRef guest);

    /**
     * How many virtual CPUs it has (procedure 200).
     *
     * @param guest   which
     * @param live    of the running guest rather than of its configuration
     * @param maximum the most it can have rather than those it has
     */
    int virtualCpuCount(DomainRef guest, boolean live, boolean maximum);

    /** Whether it runs or is paused (procedure 150). */
    boolean isActive(DomainRef guest);

    /** Whether it has a configuration (procedure 151). */
    boolean isPersistent(DomainRef guest);

    /** Whether its configuration was changed while it runs (procedure 202). */
    boolean isUpdated(DomainRef guest);

    /** Whether it is started with the host (procedure 15). */
    boolean autostart(DomainRef guest);

    /** Sets that (procedure 29). */
    void autostart(DomainRef guest, boolean on);

    /** What kind of system it is: {@code hvm} (procedure 19). */
    String osType(DomainRef guest);

    /** What there is to warn about: taints and deprecated configuration (procedure 426). */
    List<String> messages(DomainRef guest);

    /** How the host's control over it does (procedure 229). */
    ControlInfo control(DomainRef guest);

    /**
     * A part of its metadata (procedure 265); an error 80 where there is none.
     *
     * @param type      0 description, 1 title, 2 element
     * @param namespace the element's namespace, with type 2
     */
    String metadata(DomainRef guest, int type, Optional<String> namespace, boolean ofConfiguration);

    /**
     * A guest's figures.
     *
     * @param state        its state
     * @param maxMemoryKiB the most it may have
     * @param memoryKiB    what it has now
     * @param virtualCpus  how many
     * @param cpuTimeNanos CPU time used since its start
     */
    record GuestInfo(StateReason state, long maxMemoryKiB, long memoryKiB, int virtualCpus, long cpuTimeNanos) {}

    /**
     * One virtual CPU.
     *
     * @param number       from 0
     * @param state        0 offline, 1 running, 2 blocked
     * @param cpuTimeNanos used since its start
     * @param hostCpu      the host CPU it runs on, -1 when not known
     */
    record VirtualCpu(int number, int state, long cpuTimeNanos, int hostCpu) {}

    /**
     * The state of the host's control over a guest (libvirt's {@code virDomainControlInfo}).
     *
     * @param state       0 ok, 1 job, 2 occupied, 3 error
     * @param details     why, with state 3
     * @param sinceMillis for how long
     */
    record ControlInfo(int state, int details, long sinceMillis) {}
}
