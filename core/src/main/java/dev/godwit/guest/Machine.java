package dev.godwit.guest;

import dev.godwit.domain.StateReason;
import dev.godwit.driver.Guests.VirtualCpu;
import dev.godwit.xml.Element;
import java.util.List;

/**
 * One running instance of a guest, as its hypervisor sees it. Safe for use by several threads at once.
 *
 * <p>Every method may fail with a {@link dev.godwit.domain.VirtException}; a machine that has ended answers
 * 55, "domain is not running". None of them changes what is known of the guest: that is the caller's work.
 */
public interface Machine {

    /** Stops its CPUs. Returns when they stand. */
    void stop();

    /**
     * Lets its CPUs run. Returns when they do.
     *
     * @throws MachineGone if it went before they did, and it is certain that they have not run
     */
    void resume();

    /** Presses its power button and returns at once. */
    void powerDown();

    /** Presses its reset button. */
    void reset();

    /**
     * Ends it and returns when it is gone. Does nothing to one that is gone.
     *
     * @param graceful only by asking, never by force
     * @throws dev.godwit.domain.VirtException if it is still there
     */
    void kill(boolean graceful);

    /** CPU time used since its start, in nanoseconds. */
    long cpuTimeNanos();

    /** The memory it has now (its balloon's size), in KiB. */
    long memoryKiB();

    /** Its virtual CPUs. */
    List<VirtualCpu> virtualCpus();

    /** What there is to warn about while it runs, such as taints; nothing by default. */
    default List<String> messages() {
        return List.of();
    }

    /** Whether the hypervisor answers for it; one that does not can only be ended. */
    default boolean answers() {
        return true;
    }

    /**
     * After {@link #resume} has failed: whether it is certain that its CPUs have not run since that was called, and will not by it.
     * Takes its time, because one that is there is asked, and one that has gone is heard out.
     *
     * @return false where that is not known
     */
    boolean stoodStill();

    /**
     * What its driver must know to find it again after a restart of the daemon; goes into the status file.
     * Answered from memory.
     */
    List<Element> status();

    /**
     * The live definition without what this host spelt out when it made the machine, as another host should see it.
     *
     * @param live the live definition
     * @return the same where nothing was spelt out
     */
    default Element asAsked(Element live) {
        return live;
    }

    /**
     * The run is over and the machine gone: the moment to remove what belonged to it. Called once.
     *
     * @param state the shut-off state that the run ended in
     */
    default void over(StateReason state) {}

    /** Lets go of it without touching it, because the daemon ends. No event is reported afterwards. */
    void detach();
}
