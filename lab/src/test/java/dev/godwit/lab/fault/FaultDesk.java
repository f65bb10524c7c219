package dev.godwit.lab.fault;

import dev.godwit.lab.fault.daemon.Action;
import dev.godwit.lab.fault.daemon.Point;
import dev.godwit.lab.host.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The lab's end of the lines from the daemons of one host, one after the other: says what is to be done at which point, and hears
 * which points were passed. A daemon that starts is told of what is armed before it does anything, so that recovery has points, too.
 */
public final class FaultDesk implements AutoCloseable {

    private final ServerSocketChannel listener;
    /** Guarded by this, as everything below. */
    private final Map<Point, Action> armed = new LinkedHashMap<>();
    private final List<Point> passed = new ArrayList<>();
    private final List<Point> reached = new ArrayList<>();
    /** What the daemon has said that it knows to be armed. */
    private final Set<Point> known = new HashSet<>();
    private Optional<SocketChannel> line = Optional.empty();

    /**
     * Begins to listen.
     *
     * @param socket where; there must be nothing of that name
     */
    public FaultDesk(Path socket) {
        try {
            listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("faults at " + socket).start(this::answer);
    }

    private void answer() {
        try {
            while (true) {
                SocketChannel daemon = listener.accept();
                begin(daemon);
                Thread.ofPlatform().daemon().name("hears a daemon").start(() -> hear(daemon));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private synchronized void begin(SocketChannel daemon) throws IOException {
        line = Optional.of(daemon);
        armed.forEach((point, action) -> say("arm " + point + " " + action));
        say("begin");
    }

    private void hear(SocketChannel daemon) {
        try (BufferedReader lines = new BufferedReader(Channels.newReader(daemon, StandardCharsets.UTF_8))) {
            for (String said = lines.readLine(); said != null; said = lines.readLine()) {
                note(said.split(" "));
            }
        } catch (IOException e) {
            // It died.
        }
    }

    private synchronized void note(String[] words) {
        Point point = Point.of(words[1]);
        if (words[0].equals("armed")) {
            known.add(point);
            return;
        }
        passed.add(point);
        if (words[0].equals("reached")) {
            armed.remove(point);
            reached.add(point);
        }
    }

    private void say(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.isPresent() && bytes.hasRemaining()) {
                line.get().write(bytes);
            }
        } catch (IOException e) {
            line = Optional.empty(); // It died; the next one is told when it comes.
        }
    }

    /** Has something done when a point is passed next, by this daemon or one that comes later. */
    public synchronized void arm(Point point, Action action) {
        armed.put(point, action);
        known.remove(point);
        say("arm " + point + " " + action);
    }

    private synchronized boolean isKnown(Point point) {
        return known.contains(point);
    }

    /** Waits until the daemon that runs knows what is to be done at a point: it may come there at once. */
    public void awaitArmed(Point point, Duration limit) {
        Await.until(point + " is armed", limit, () -> isKnown(point));
    }

    /** Lets all go on that have stopped. */
    public synchronized void release() {
        say("release");
    }

    /** Lets the one go on that has stopped at a point. */
    public synchronized void release(Point point) {
        say("release " + point);
    }

    /** Gives the disk room again. */
    public synchronized void room() {
        say("room");
    }

    /** Forgets what is armed, and what was heard. The next daemon has nothing armed; the one that runs may. */
    public synchronized void disarm() {
        armed.clear();
        passed.clear();
        reached.clear();
    }

    /** Forgets what was heard. Nothing may be armed. */
    public synchronized void forget() {
        if (!armed.isEmpty()) {
            throw new IllegalStateException("Armed and not reached: " + armed.keySet());
        }
        disarm();
    }

    /** All points that were passed since it last forgot, in their order. */
    public synchronized List<Point> passed() {
        return List.copyOf(passed);
    }

    private synchronized boolean isReached(Point point) {
        return reached.contains(point);
    }

    /** Waits until something was done at a point. */
    public void awaitReached(Point point, Duration limit) {
        Await.until(point + " is reached", limit, () -> isReached(point));
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
