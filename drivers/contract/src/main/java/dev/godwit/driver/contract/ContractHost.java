package dev.godwit.driver.contract;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.DomainEvents;
import dev.godwit.driver.Facet;
import dev.godwit.driver.Guests;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.Jobs;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.MigrationSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** One host of a test: a session of the driver, all it can do, and what it has said. */
public final class ContractHost implements AutoCloseable {

    private final HypervisorDriver driver;
    private final HostSetting setting;
    private final List<DomainEvent> events = new CopyOnWriteArrayList<>();
    private HostSession session;

    ContractHost(HypervisorDriver driver, HostSetting setting) {
        this.driver = driver;
        this.setting = setting;
        open();
    }

    private void open() {
        session = driver.open(setting);
        facet(DomainEvents.class).listen(events::add);
    }

    /** The session, for a driver's own tests. */
    public HostSession session() {
        return session;
    }

    /** Who it is and where its state lives. */
    public HostSetting setting() {
        return setting;
    }

    /** Its guests. */
    public Guests guests() {
        return facet(Guests.class);
    }

    /** The side guests leave from. */
    public MigrationSource source() {
        return facet(MigrationSource.class);
    }

    /** The side guests arrive at. */
    public MigrationDestination destination() {
        return facet(MigrationDestination.class);
    }

    /** Their jobs. */
    public Jobs jobs() {
        return facet(Jobs.class);
    }

    /** Its name. */
    public String name() {
        String full = setting.host().name();
        return full.substring(0, full.indexOf('.'));
    }

    /** What it says about migrations that nobody drives. */
    public MigrationResolution resolution() {
        return facet(MigrationResolution.class);
    }

    private <F extends Facet> F facet(Class<F> type) {
        return session.facet(type).orElseThrow(() ->
                new AssertionError("The driver " + driver.scheme() + " does not offer " + type.getSimpleName()));
    }

    /** The daemon ends and comes back; its guests are not touched by that. */
    public void restart() {
        session.close();
        open();
    }

    /** The guest's state, empty where there is no such guest. */
    public Optional<StateReason> state(DomainRef guest) {
        try {
            return Optional.of(guests().state(guest));
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What happened to a guest's life, in order. */
    public List<Lifecycle> lifecycle(DomainRef guest) {
        List<Lifecycle> changes = new ArrayList<>();
        for (DomainEvent event : events) {
            if (event instanceof DomainEvent.LifecycleChange(DomainRef whose, Lifecycle change)
                    && whose.uuid().equals(guest.uuid())) {
                changes.add(change);
            }
        }
        return changes;
    }

    /** Everything the host has said. */
    public List<DomainEvent> events() {
        return List.copyOf(events);
    }

    /** Forgets what it has said. */
    public void forgetEvents() {
        events.clear();
    }

    /** Ends all guests and the session. */
    @Override
    public void close() {
        for (DomainRef guest : guests().list(Set.of())) {
            try {
                if (guests().isActive(guest)) {
                    guests().destroy(guest, Set.of());
                }
            } catch (VirtException e) {
                // It may have ended in between; what counts is that nothing runs on after the test.
                if (state(guest).isPresent() && guests().isActive(guest)) {
                    throw e;
                }
            }
        }
        session.close();
    }

    /** A client that stays. */
    static final Client CLIENT = action -> () -> {};
}
