package dev.godwit.driver.simulated;

/**
 * What a simulated world is embedded in. A test of what may happen between two steps puts itself here; everybody else lives in
 * {@link #PLAIN}.
 */
public interface Fabric {

    /** Nothing comes in between, and every host reaches every other. */
    Fabric PLAIN = new Fabric() {};

    /**
     * Somebody is about to do something to a machine. May let others do something first, and may never return.
     *
     * @param step    what, for people
     * @param machine to which
     */
    default void before(String step, SimulatedMachine machine) {}

    /**
     * Whether what a machine sends gets from one host to another now.
     *
     * @param from the host that sends
     * @param to   the host that receives
     */
    default boolean carries(SimulatedHost from, SimulatedHost to) {
        return true;
    }

    /**
     * Whether the last of what a machine sends arrives. The sender cannot tell: for it, all is sent when the network has taken it.
     *
     * @param from the host that sends
     * @param to   the host that receives
     */
    default boolean arrives(SimulatedHost from, SimulatedHost to) {
        return true;
    }

    /**
     * A machine has something to say of its own accord. By default it says it at once, on the thread by which it came to it.
     *
     * @param machine which
     * @param report  says it to whoever listens
     */
    default void reports(SimulatedMachine machine, Runnable report) {
        report.run();
    }
}
