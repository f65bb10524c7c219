package dev.godwit.daemon.net;

import dev.godwit.daemon.access.AuthMethod;
import dev.godwit.daemon.access.AuthRules;
import dev.godwit.daemon.rpc.Dispatcher;
import dev.godwit.daemon.rpc.Ports;
import dev.godwit.wire.rpc.Timer;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Takes clients from its listeners and looks after their connections. */
public final class Server implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Server.class.getName());
    private static final long GOODBYE_SECONDS = 5;
    private static final Duration NO_DESCRIPTORS_PAUSE = Duration.ofMillis(100);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final List<Listener> listeners;
    private final Admission admission;
    private final AuthRules rules;
    private final Dispatcher dispatcher;
    private final ConnectionLimits limits;
    private final Ports ports;
    private final Arriving arriving;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    /** In the order in which they came. Guarded by the lock, as what follows. */
    private final Set<Connection> connections = new LinkedHashSet<>();
    private Timer.Alarm housekeeping = () -> { };
    private boolean closed;

    /**
     * A server that does not take anybody yet.
     *
     * @param listeners  bound; the server closes them
     * @param admission  how many may come in
     * @param rules      who has to log in
     * @param dispatcher answers calls
     * @param limits     how much each connection may ask for
     * @param ports      its threads and its time
     */
    public Server(List<Listener> listeners, Admission admission, AuthRules rules, Dispatcher dispatcher,
            ConnectionLimits limits, Ports ports) {
        this.listeners = List.copyOf(listeners);
        this.admission = admission;
        this.arriving = new Arriving(admission.mostUnknown());
        this.rules = rules;
        this.dispatcher = dispatcher;
        this.limits = limits;
        this.ports = ports;
    }

    /** Begins to take clients. */
    public void start() {
        lookAgain();
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
        return all().size();
    }

    private void acceptFrom(Listener listener) {
        while (listener.isOpen()) {
            try {
                Knock client = listener.accept();
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
    private void pause() {
        try {
            ports.waiting().pause(NO_DESCRIPTORS_PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the next accept says that the listener is closed
        }
    }

    private void talk(Knock client, Listener listener, Admission.Pass pass) {
        try (pass) {
            Optional<Arrival> arrival = arrive(client, listener);
            if (arrival.isPresent()) {
                talk(arrival.get(), pass);
            }
        }
    }

    private Optional<Arrival> arrive(Knock client, Listener listener) {
        arriving.add(client);
        boolean arrived = false;
        try {
            if (!listener.isOpen()) { // close() may have looked at those that arrive before this one was among them
                return Optional.empty();
            }
            Arrival arrival = client.arrive();
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
        Connection connection = new Connection(arrival, rules, pass::known, dispatcher, limits, ports);
        add(connection);
        try {
            connection.run();
        } finally {
            remove(connection);
        }
    }

    private void add(Connection connection) {
        boolean late;
        lock.lock();
        try {
            connections.add(connection);
            late = closed;
        } finally {
            lock.unlock();
        }
        if (late) {
            connection.close("godwitd ends");
        }
    }

    private void remove(Connection connection) {
        lock.lock();
        try {
            connections.remove(connection);
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private List<Connection> all() {
        lock.lock();
        try {
            return List.copyOf(connections);
        } finally {
            lock.unlock();
        }
    }

    private void lookAgain() {
        lock.lock();
        try {
            if (!closed) {
                housekeeping = ports.timer().after(LOOK_EVERY, this::look);
            }
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        for (Connection connection : all()) {
            try {
                connection.tick();
            } catch (RuntimeException e) { // one connection's trouble must not end the care for all others
                LOG.log(System.Logger.Level.ERROR, "A mistake in godwitd while looking after " + connection, e);
            }
        }
        lookAgain();
    }

    /**
     * Takes nobody any more, ends all connections, and waits a few seconds for what ends with them: guests that were to
     * live as long as a connection, and migrations that nobody drives any more.
     */
    @Override
    public void close() {
        listeners.forEach(Listener::close);
        admission.close();
        lock.lock();
        try {
            closed = true;
            housekeeping.cancel();
        } finally {
            lock.unlock();
        }
        arriving.close();
        all().forEach(connection -> connection.close("godwitd ends"));
        awaitEnds();
    }

    private void awaitEnds() {
        boolean interrupted = false;
        lock.lock();
        try {
            long patience = TimeUnit.SECONDS.toNanos(GOODBYE_SECONDS);
            while (!connections.isEmpty() && patience > 0 && !interrupted) {
                try {
                    patience = ports.waiting().await(lock, left, patience);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (!connections.isEmpty()) {
                LOG.log(System.Logger.Level.WARNING, connections.size() + " connections have not ended in time");
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
