package dev.godwit.guest;

import dev.godwit.domain.StateReason;
import dev.godwit.driver.Client;
import dev.godwit.xml.Element;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run of a guest on this host, from its start or arrival to its end. Two runs of a guest are two objects with two ids, so a
 * report that comes late is seen to belong to a run that is over.
 */
public final class Run {

    private final int id;
    private final Instant began;
    private volatile Machine machine;
    private volatile StateReason stopExpected = StateReason.PAUSED_UNKNOWN;
    private volatile StateReason resumeExpected = StateReason.RUNNING_UNPAUSED;
    private volatile boolean restartsOnShutDown;
    private volatile boolean restarting;
    private volatile boolean endExpected;
    private volatile boolean gone;
    private volatile Element formerConfiguration;
    /** Guarded by the guest's change lock. */
    private final List<Client.Registration> registrations = new ArrayList<>();

    Run(int id, Instant began) {
        this.id = id;
        this.began = began;
    }

    /** Its number on this host; not used twice while the daemon lives. */
    public int id() {
        return id;
    }

    /** When it began here. */
    public Instant began() {
        return began;
    }

    /** The machine; empty while it is being made. */
    public Optional<Machine> machine() {
        return Optional.ofNullable(machine);
    }

    void machine(Machine made) {
        machine = made;
    }

    /**
     * The configuration that was removed while it runs: what the guest would look like when off, for whoever asks.
     * Known to this daemon alone; the next one has forgotten it.
     */
    Optional<Element> formerConfiguration() {
        return Optional.ofNullable(formerConfiguration);
    }

    void formerConfiguration(Element removed) {
        formerConfiguration = removed;
    }

    /**
     * Announces why its CPUs are about to be stopped, so that the hypervisor's report of it has a reason.
     *
     * @param reason a reason of state paused
     */
    public void expectStop(StateReason reason) {
        stopExpected = reason;
    }

    StateReason stopExpected() {
        return stopExpected;
    }

    /**
     * Announces why its CPUs are about to run.
     *
     * @param reason a reason of state running
     */
    public void expectResume(StateReason reason) {
        resumeExpected = reason;
    }

    StateReason resumeExpected() {
        return resumeExpected;
    }

    /** Announces that somebody is ending it on purpose, who will say why; that the machine is gone is no news then. */
    void expectEnd(boolean expected) {
        endExpected = expected;
    }

    boolean endExpected() {
        return endExpected;
    }

    /** Notes that the machine said it is gone while {@link #endExpected()}. */
    void gone() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }

    /** Whether the next shutdown of its system is a reboot. */
    boolean restartsOnShutDown() {
        return restartsOnShutDown;
    }

    void restartsOnShutDown(boolean restarts) {
        restartsOnShutDown = restarts;
    }

    /** Whether it is down for a moment because it reboots. */
    boolean restarting() {
        return restarting;
    }

    void restarting(boolean now) {
        restarting = now;
    }

    /** A registration that ends with this run. */
    void keep(Client.Registration registration) {
        registrations.add(registration);
    }

    List<Client.Registration> registrations() {
        return registrations;
    }
}
