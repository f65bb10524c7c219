package dev.godwit.lab.fault.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The line to the lab: tells it of each point that the daemon passes, and does there what the lab wants.
 *
 * <pre>
 *   from the lab   arm POINT ACTION   when this point is passed next; see {@link Action}
 *                  begin              let the daemon start
 *                  release            all that have stopped go on; with a POINT, who has stopped there
 *                  room               the disk has room again
 *   to the lab     passed POINT
 *                  reached POINT      armed, and the action is being taken
 * </pre>
 *
 * <p>When the lab is gone, everything goes on, and the disk has room.
 */
final class Points {

    private static final String NO_ROOM = "No space left on device";

    private final SocketChannel lab;
    /** Written by a thread of its own: the daemon's own may be interrupted, which would close the channel. */
    private final BlockingQueue<Runnable> outbox = new LinkedBlockingQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock, as everything below. */
    private final Map<Point, Action> armed = new HashMap<>();
    private final Set<Point> stopped = new HashSet<>();
    private boolean full;

    private Points(SocketChannel lab) {
        this.lab = lab;
    }

    /** Calls the lab, which says when the daemon may begin. */
    static Points connect(Path socket) throws IOException, InterruptedException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        Points points = new Points(channel);
        Thread.ofPlatform().daemon().name("listens to the lab").start(points::listen);
        Thread.ofPlatform().daemon().name("speaks to the lab").start(points::speak);
        points.begun.await();
        return points;
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(Channels.newReader(lab, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                obey(line.split(" "));
            }
        } catch (IOException e) {
            // As good as closed.
        }
        begun.countDown();
        lock.lock();
        try {
            armed.clear();
            full = false;
            stopped.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void obey(String[] words) {
        lock.lock();
        try {
            switch (words[0]) {
                case "arm" -> {
                    armed.put(Point.of(words[1]), Action.valueOf(words[2]));
                    tell("armed " + words[1]);
                }
                case "begin" -> begun.countDown();
                case "release" -> {
                    if (words.length == 1) {
                        stopped.clear();
                    } else {
                        stopped.remove(Point.of(words[1]));
                    }
                }
                case "room" -> full = false;
                default -> throw new IllegalStateException("The lab says " + words[0]);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The daemon comes to a point.
     *
     * @throws IOException when the lab wants the write to fail that would follow
     */
    void pass(Point point) throws IOException {
        Optional<Action> action;
        lock.lock();
        try {
            action = Optional.ofNullable(armed.remove(point));
            full |= action.filter(Action.FULL::equals).isPresent();
            if (action.filter(Action.STOP::equals).isPresent()) {
                stopped.add(point);
            }
            tell((action.isPresent() ? "reached " : "passed ") + point);
        } finally {
            lock.unlock();
        }
        if (action.isPresent()) {
            switch (action.get()) {
                case STOP -> awaitRelease(point);
                case DIE -> die();
                case REFUSE -> throw new IOException(NO_ROOM);
                case FULL -> requireRoom();
            }
        }
    }

    /** The same at a point where nothing is written. */
    void passUnwritten(Point point) {
        try {
            pass(point);
        } catch (IOException e) {
            throw new IllegalStateException("Nothing is written at " + point, e);
        }
    }

    /** Fails while the disk is full. */
    void requireRoom() throws IOException {
        lock.lock();
        try {
            if (full) {
                throw new IOException(NO_ROOM);
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitRelease(Point point) {
        lock.lock();
        try {
            while (stopped.contains(point)) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** After what was told before. The JVM will not kill itself in this way, so somebody else does. */
    private void die() {
        outbox.add(() -> {
            try {
                new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid())).start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        lock.lock();
        try {
            while (true) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell(String line) {
        outbox.add(() -> {
            try {
                ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    lab.write(bytes);
                }
            } catch (IOException e) {
                // The lab is gone; the daemon runs on as one of its own.
            }
        });
    }

    private void speak() {
        try {
            while (true) {
                outbox.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
