package dev.godwit.daemon.net;

import dev.godwit.daemon.access.AuthMethod;
import dev.godwit.daemon.access.AuthRules;
import dev.godwit.daemon.rpc.Dispatcher;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Takes clients from its listeners and looks after their connections. */
public final class Server implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Server.class.getName());
    private static final long GOODBYE_SECONDS = 5;
    private static final long NO_DESCRIPTORS_PAUSE_MILLIS = 100;

    private final List<Listener> listeners;
    private final Admission admission;
    private final AuthRules rules;
    private final Dispatcher dispatcher;
    private final ConnectionLimits limits;
    private final LongSupplier nanoTime;
    private final Arriving arriving;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("housekeeping").factory());

    /**
     * A server that does not take anybody yet.
     *
     * @param listeners  bound; the server closes them
     * @param admission  how many may come in
     * @param rules      who has to log in
     * @param dispatcher answers calls
     * @param limits     how much each connection may ask for
     * @param nanoTime   a clock that only goes forward
     */
    public Server(List<Listener> listeners, Admission admission, AuthRules rules, Dispatcher dispatcher,
            ConnectionLimits limits, LongSupplier nanoTime) {
        this.listeners = List.copyOf(listeners);
        this.admission = admission;
        this.arriving = new Arriving(admission.mostUnknown());
        this.rules = rules;
        this.dispatcher = dispatcher;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** Begins to take clients. */
    public void start() {
        housekeeping.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
        for (Listener listener : listeners) {
            Thread.ofVirtual().name("listener " + listener.address()).start(() -> acceptFrom(listener));
        }
    }

    /** Where it listens. */
    public List<Listener> listeners() {
        return listeners;
    }

    /** How many clients are connected. */
    public int connectionCount() {
        return connections.size();
    }

    private void acceptFrom(Listener listener) {
        while (listener.isOpen()) {
            try {
                SocketChannel client = listener.accept();
                // Waits while there are too many; the next ones queue in the kernel.
                Optional<Admission.Pass> pass = admission.enter();
                if (pass.isEmpty()) {
                    client.close();
                    return;
                }
                Thread.ofVirtual().name("reader").start(() -> talk(client, listener, pass.get()));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "No client can be taken now: " + e.getMessage());
                pause();
            }
        }
    }

    /** Out of descriptors, most likely: trying again at once would only burn the CPU. */
    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(NO_DESCRIPTORS_PAUSE_MILLIS));
    }

    private void talk(SocketChannel client, Listener listener, Admission.Pass pass) {
        try (pass) {
            Optional<Arrival> arrival = arrive(client, listener);
            if (arrival.isPresent()) {
                talk(arrival.get(), pass);
            }
        }
    }

    private Optional<Arrival> arrive(SocketChannel client, Listener listener) {
        arriving.add(client);
        boolean arrived = false;
        try {
            if (!listener.isOpen()) { // close() may have looked at those that arrive before this one was among them
                return Optional.empty();
            }
            Arrival arrival = listener.arrive(client);
            arrived = true;
            return Optional.of(arrival);
        } catch (IOException e) {
            if (listener.isOpen()) {
                LOG.log(System.Logger.Level.WARNING, e.getMessage() == null ? e.toString() : e.getMessage());
            }
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "A mistake in godwitd while a client arrived", e);
            return Optional.empty();
        } finally {
            if (!arrived) {
                Arriving.hangUp(client);
            }
            arriving.remove(client);
        }
    }

    private void talk(Arrival arrival, Admission.Pass pass) {
        Door door = arrival.door();
        if (rules.forClient(door.way().identity(), door.readOnly()) != AuthMethod.NONE && !pass.stranger()) {
            Arriving.hangUp(arrival.channel());
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, () -> "Connection of " + door.name() + " begins");
        Connection connection = new Connection(arrival, rules, pass::known, dispatcher, limits, nanoTime);
        connections.add(connection);
        try {
            connection.run();
        } finally {
            connections.remove(connection);
        }
    }

    private void tick() {
        for (Connection connection : connections) {
            try {
                connection.tick();
            } catch (RuntimeException e) { // one connection's trouble must not end the care for all others
                LOG.log(System.Logger.Level.ERROR, "A mistake in godwitd while looking after " + connection, e);
            }
        }
    }

    /**
     * Takes nobody any more, ends all connections, and waits a few seconds for what ends with them: guests that were to
     * live as long as a connection, and migrations that nobody drives any more.
     */
    @Override
    public void close() {
        listeners.forEach(Listener::close);
        admission.close();
        housekeeping.shutdownNow();
        arriving.close();
        connections.forEach(connection -> connection.close("godwitd ends"));
        long deadline = nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(GOODBYE_SECONDS);
        while (!connections.isEmpty() && nanoTime.getAsLong() < deadline) {
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        if (!connections.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, connections.size() + " connections have not ended in time");
        }
    }
}
