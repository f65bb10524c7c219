package dev.godwit.lab.simulation.world;

import dev.godwit.client.dial.Dialer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The network between hosts. What is sent over one connection arrives in order, or not at all, as TCP has it; each connection has
 * its own delays. While the way between two hosts is cut, what was sent waits, and is sent again when the way is there.
 */
public final class Network {

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000L;
    private static final int CALLS_KEPT = 8;
    private static final Duration UNREACHABLE_AFTER = Duration.ofSeconds(3);
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(20);

    private final Scheduler scheduler;
    private final SplittableRandom dice;
    private final Trace trace;
    private final Map<String, Station> stations = new HashMap<>();
    private final Map<String, Way> ways = new HashMap<>();
    private final Set<SimulatedChannel> channels = new LinkedHashSet<>();
    private Runnable onMoment = () -> { };
    private final Deque<LateCall> calls = new ArrayDeque<>();
    private int connectionCount;
    private final List<Process> dialling = new ArrayList<>();

    /** A host as others see it. */
    private static final class Station {
        private boolean powered = true;
        private Optional<SimulatedListener> listener = Optional.empty();
    }

    /** The way between two hosts, in both directions. */
    private static final class Way {
        private boolean cut;
        private long extraNanos;
    }

    /**
     * A network on which everybody reaches everybody.
     *
     * @param scheduler the world's
     * @param dice      choose delays
     * @param trace     hears what happens
     */
    public Network(Scheduler scheduler, SplittableRandom dice, Trace trace) {
        this.scheduler = scheduler;
        this.dice = dice;
        this.trace = trace;
    }

    /** Has something done at every message: a moment at which something else can happen. */
    public void onMoment(Runnable action) {
        onMoment = action;
    }

    private Station station(String host) {
        return stations.computeIfAbsent(host, _ -> new Station());
    }

    private Way way(String one, String other) {
        return ways.computeIfAbsent(one.compareTo(other) < 0 ? one + " " + other : other + " " + one, _ -> new Way());
    }

    // What is done to it

    /** Cuts the way between two hosts, or mends it. */
    public void cut(String one, String other, boolean isCut) {
        way(one, other).cut = isCut;
        if (!isCut) {
            List.copyOf(channels).forEach(channel -> {
                if (channel.isBetween(one, other)) {
                    channel.wayIsBack();
                }
            });
        }
    }

    /** Makes the way between two hosts slower by so much each time; 0 for as fast as it was. */
    public void slow(String one, String other, Duration by) {
        way(one, other).extraNanos = by.toNanos();
    }

    /** Whether data gets from one host to the other now. */
    public boolean carries(String one, String other) {
        return station(one).powered && station(other).powered && !way(one, other).cut;
    }

    /** Switches a host off, without a word to anybody, or on. */
    public void power(String host, boolean on) {
        station(host).powered = on;
        if (!on) {
            station(host).listener = Optional.empty();
            List.copyOf(channels).forEach(channel -> channel.powerLost(host));
        }
    }

    /** Whether nobody is connected with anybody, or about to be. */
    public boolean isQuiet() {
        return dialling.stream().noneMatch(Process::isAlive) && connections().isEmpty();
    }

    void heard(String host, ByteBuffer message) {
        if (LateCall.is(message)) {
            calls.add(new LateCall(host, message.duplicate()));
            if (calls.size() > CALLS_KEPT) {
                calls.remove();
            }
        }
    }

    /** The last calls of migrations that hosts have got, oldest first. */
    public List<LateCall> calls() {
        return List.copyOf(calls);
    }

    /** The connections that stand now, one end each, oldest first. */
    public List<SimulatedChannel> connections() {
        List<SimulatedChannel> standing = new ArrayList<>();
        for (SimulatedChannel channel : channels) {
            if (channel.isOpen() && channel.isFirstEnd()) {
                standing.add(channel);
            }
        }
        return standing;
    }

    // What programs do with it

    /** Listens on a host; what listened there before does not any more. */
    public SimulatedListener listen(Process process, String host) {
        SimulatedListener listener = new SimulatedListener(host, client -> adopt(process, client));
        station(host).listener = Optional.of(listener);
        process.whenDead(() -> {
            listener.close();
        });
        return listener;
    }

    /** A way from a program on one host to whatever listens on another. */
    public Dialer dialer(Process process, String from, String to) {
        return () -> {
            dialling.add(process);
            try {
                return dial(process, from, to);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("interrupted");
                interrupted.initCause(e);
                throw interrupted;
            } finally {
                dialling.remove(process);
            }
        };
    }

    private ByteChannel dial(Process process, String from, String to) throws IOException, InterruptedException {
        long deadline = scheduler.now() + CONNECT_PATIENCE.toNanos();
        long pause = SECOND;
        process.pause(Duration.ofNanos(latency(from, to)));
        while (way(from, to).cut) {
            if (scheduler.now() >= deadline) {
                throw new SocketTimeoutException("Connection timed out");
            }
            process.pause(Duration.ofNanos(pause));
            pause *= 2;
        }
        if (!station(to).powered) {
            process.pause(UNREACHABLE_AFTER);
            throw new NoRouteToHostException("No route to host");
        }
        Optional<SimulatedListener> listener = station(to).listener.filter(SimulatedListener::isOpen);
        if (listener.isEmpty()) {
            throw new ConnectException("Connection refused");
        }
        int number = ++connectionCount;
        SimulatedChannel near = new SimulatedChannel(this, number, true, from, to);
        SimulatedChannel far = new SimulatedChannel(this, number, false, to, from);
        near.join(far);
        adopt(process, near);
        trace.say(from, () -> "connects to " + to + " (#" + number + ")");
        listener.get().arrived(far);
        process.pause(Duration.ofNanos(latency(from, to)));
        return near;
    }

    /** A channel is a program's: it goes with it. */
    void adopt(Process process, SimulatedChannel channel) {
        channels.add(channel);
        channel.ownedBy(process);
        process.whenDead(channel::processDied);
    }

    void forget(SimulatedChannel channel) {
        channels.remove(channel);
    }

    long latency(String from, String to) {
        long usual = 20 * MICRO + dice.nextLong(300 * MICRO);
        long spike = dice.nextInt(64) == 0 ? dice.nextLong(30 * MILLI) : 0;
        return usual + spike + way(from, to).extraNanos;
    }

    boolean isCut(String one, String other) {
        return way(one, other).cut;
    }

    boolean isPowered(String host) {
        return station(host).powered;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    SplittableRandom dice() {
        return dice;
    }

    Trace trace() {
        return trace;
    }

    void moment() {
        onMoment.run();
    }
}
