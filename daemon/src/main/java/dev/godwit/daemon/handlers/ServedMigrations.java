package dev.godwit.daemon.handlers;

import dev.godwit.daemon.hypervisor.Hypervisor;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.driver.Client;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.MigrationProtocol.Remedy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The migrations that clients drive through this daemon, and what happens when a client is gone in the middle of one.
 *
 * <p>After each phase this host waits for the next one to come over the same connection. If the connection closes
 * instead, the phase's row in {@link Phase} says what to do ({@link Phase#abandonedAfter}); the next phase, when it begins,
 * takes that promise back. A phase that is running when its connection closes goes on to its end, except that a
 * PERFORM is told to give up.
 */
final class ServedMigrations {

    private static final System.Logger LOG = System.getLogger(ServedMigrations.class.getName());

    /** One side of a migration: at the source a guest's UUID, at the destination the name it will have. */
    private record Side(String scheme, boolean source, String guest) {}

    private final Map<Side, Client.Registration> waiting = new ConcurrentHashMap<>();

    /** The next phase at the source has come, over whichever connection. */
    void sourceContinues(Hypervisor hypervisor, MigrationRequest request) {
        takeBack(source(hypervisor, request));
    }

    /** The next phase at the destination has come, over whichever connection. */
    void destinationContinues(Hypervisor hypervisor, MigrationRequest request) {
        takeBack(destination(hypervisor, request));
    }

    /**
     * A phase at the source has succeeded; the connection now stands for the one who drives.
     *
     * @param session over which the phase came
     * @param driver  the source
     * @param phase   BEGIN or PERFORM
     * @param request what is moved
     */
    void sourceAwaits(Session session, MigrationSource driver, Phase phase, MigrationRequest request) {
        await(session, source(session.hypervisor(), request), () ->
                left(phase, request, () -> driver.abandon(request)));
    }

    /**
     * PREPARE has succeeded at the destination; the connection now stands for the one who drives.
     *
     * @param session over which it came
     * @param driver  the destination
     * @param request what is moved
     */
    void destinationAwaits(Session session, MigrationDestination driver, MigrationRequest request) {
        await(session, destination(session.hypervisor(), request), () ->
                left(Phase.PREPARE, request, () -> driver.abandon(request)));
    }

    private static void left(Phase phase, MigrationRequest request, Runnable abandon) {
        Remedy remedy = phase.abandonedAfter();
        String what = "The client that moves guest " + request.guest().name() + " is gone after " + phase + ": ";
        switch (remedy) {
            case FORGET, KILL_RECEIVER, CANCEL_AND_RESUME, ASK_DESTINATION, HOLD -> {
                LOG.log(System.Logger.Level.INFO, what + remedy);
                abandon.run();
            }
            case NOTHING, KEEP_IF_RUNNING, OBEY_VERDICT -> LOG.log(System.Logger.Level.DEBUG, what + remedy);
        }
    }

    private void await(Session session, Side side, Runnable whenGone) {
        takeBack(side);
        Client.Registration registration = session.onClose(() -> {
            waiting.remove(side);
            whenGone.run();
        });
        if (!session.isEnded()) {
            waiting.put(side, registration);
        }
    }

    private void takeBack(Side side) {
        Client.Registration registration = waiting.remove(side);
        if (registration != null) {
            registration.close();
        }
    }

    private static Side source(Hypervisor hypervisor, MigrationRequest request) {
        return new Side(hypervisor.scheme(), true, request.guest().uuid().toString());
    }

    private static Side destination(Hypervisor hypervisor, MigrationRequest request) {
        return new Side(hypervisor.scheme(), false, request.nameAtDestination());
    }
}
