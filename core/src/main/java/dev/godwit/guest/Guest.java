package dev.godwit.guest;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.StateReason;
import dev.godwit.driver.Waiting;
import dev.godwit.xml.Element;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * A guest of this host: who it is, what it is configured to be, and what runs of it.
 *
 * <p>Answers from memory and never waits. Changes are made by {@link GuestManager} and {@link GuestMigrations} only.
 */
public final class Guest {

    private final String name;
    private final UUID uuid;
    private final JobSlot jobs;
    final ReentrantLock changing = new ReentrantLock();
    private volatile Facts facts;
    private volatile MigrationLimits limits = MigrationLimits.NONE;
    private volatile JobStats completed = JobStats.NONE;

    /**
     * What is known at one moment.
     *
     * @param configuration the definition of the next start; empty for a transient guest
     * @param run           what runs; empty for a guest that is off
     * @param live          the definition of what runs; present exactly when {@code run} is
     * @param state         the state and why
     * @param since         since when
     * @param autostart     whether it is started with the host
     * @param updated       whether the configuration was changed while it runs
     */
    record Facts(
            Optional<Element> configuration,
            Optional<Run> run,
            Optional<Element> live,
            StateReason state,
            Instant since,
            boolean autostart,
            boolean updated) {

        Facts configured(Optional<Element> newConfiguration) {
            return new Facts(newConfiguration, run, live, state, since,
                    autostart && newConfiguration.isPresent(), run.isPresent());
        }

        Facts autostarting(boolean on) {
            return new Facts(configuration, run, live, state, since, on, updated);
        }

        Facts running(Run newRun, Element definition, StateReason newState, Instant now) {
            return new Facts(
                    configuration, Optional.of(newRun), Optional.of(definition), newState, now, autostart, false);
        }

        Facts live(Element definition) {
            return new Facts(configuration, run, Optional.of(definition), state, since, autostart, updated);
        }

        Facts in(StateReason newState, Instant now) {
            return new Facts(configuration, run, live, newState, now, autostart, updated);
        }

        Facts off(StateReason newState, Instant now) {
            return new Facts(configuration, Optional.empty(), Optional.empty(), newState, now, autostart, false);
        }
    }

    Guest(String name, UUID uuid, Duration patience, Waiting waiting, Instant now) {
        this.name = name;
        this.uuid = uuid;
        this.jobs = new JobSlot(patience, waiting);
        this.facts = new Facts(Optional.empty(), Optional.empty(), Optional.empty(),
                StateReason.SHUTOFF_UNKNOWN, now, false, false);
    }

    /** Its name on this host. */
    public String name() {
        return name;
    }

    /** Its identity on every host. */
    public UUID uuid() {
        return uuid;
    }

    /** How it is named to others now. */
    public DomainRef ref() {
        return new DomainRef(name, uuid, id());
    }

    /** The number of its run, {@link DomainRef#INACTIVE} when it is off. */
    public int id() {
        return facts.run().map(Run::id).orElse(DomainRef.INACTIVE);
    }

    /** What runs of it. */
    public Optional<Run> run() {
        return facts.run();
    }

    /** The machine it runs on; empty when it is off or being started. */
    public Optional<Machine> machine() {
        return facts.run().flatMap(Run::machine);
    }

    /** The definition of what runs. */
    public Optional<Element> live() {
        return facts.live();
    }

    /** The definition of its next start; empty for a transient guest. */
    public Optional<Element> configuration() {
        return facts.configuration();
    }

    /** Its state and why. */
    public StateReason state() {
        return facts.state();
    }

    /** Since when it has been in its state. */
    public Instant since() {
        return facts.since();
    }

    /** Whether something of it runs. */
    public boolean active() {
        return facts.run().isPresent();
    }

    /** Whether it has a configuration. */
    public boolean persistent() {
        return facts.configuration().isPresent();
    }

    /** Whether it is started with the host. */
    public boolean autostart() {
        return facts.autostart();
    }

    /** Whether its configuration was changed while it runs. */
    public boolean updated() {
        return facts.updated();
    }

    /** Where its jobs queue. */
    public JobSlot jobs() {
        return jobs;
    }

    /** What a user has set for its migrations. */
    public MigrationLimits limits() {
        return limits;
    }

    /** Sets that; the caller holds a job of kind {@link JobKind#MIGRATION_LIMITS}. */
    public void limits(MigrationLimits newLimits) {
        limits = newLimits;
    }

    /** The figures of its last migration that succeeded, {@link JobStats#NONE} when there was none. */
    public JobStats completed() {
        return completed;
    }

    /** Keeps or forgets those figures. */
    public void completed(JobStats stats) {
        completed = stats;
    }

    Facts facts() {
        return facts;
    }

    /** Whether others can see it: a guest that is only being defined or created cannot be seen. */
    boolean visible() {
        Facts now = facts;
        return now.run().isPresent() || now.configuration().isPresent();
    }

    /** Replaces what is known; the caller holds the change lock. */
    void change(UnaryOperator<Facts> change) {
        if (!changing.isHeldByCurrentThread()) {
            throw new IllegalStateException("What is known of a guest changes only under its change lock");
        }
        facts = change.apply(facts);
    }

    @Override
    public String toString() {
        return name + " (" + uuid + ", " + facts.state() + ")";
    }
}
