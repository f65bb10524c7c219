package dev.godwit.lab.simulation.world;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** One end of a connection. One thread may read while another writes. */
public final class SimulatedChannel implements ByteChannel, GatheringByteChannel {

    /** What is on its way to this end: bytes, or the news that the other end is closed or has no such connection any more. */
    private sealed interface Parcel {
        record Bytes(ByteBuffer bytes) implements Parcel {}

        record End() implements Parcel {}

        record Reset() implements Parcel {}
    }

    private final Network network;
    private final int number;
    private final boolean firstEnd;
    private final String here;
    private final String there;
    private SimulatedChannel other;
    private Optional<Process> owner = Optional.empty();

    private final Deque<ByteBuffer> inbox = new ArrayDeque<>();
    /** What was on its way when that was cut, in order; then what was sent since. */
    private final Deque<Parcel> lost = new ArrayDeque<>();
    private final Deque<Parcel> held = new ArrayDeque<>();
    private long lastArrival;
    private boolean ended;
    private boolean reset;
    private boolean closed;
    /** No packet comes or goes any more, and nobody is told. */
    private boolean vanished;
    private Thread reader;

    SimulatedChannel(Network network, int number, boolean firstEnd, String here, String there) {
        this.network = network;
        this.number = number;
        this.firstEnd = firstEnd;
        this.here = here;
        this.there = there;
    }

    void join(SimulatedChannel farEnd) {
        other = farEnd;
        farEnd.other = this;
    }

    void ownedBy(Process process) {
        owner = Optional.of(process);
    }

    /** Its number, the same at both ends. */
    public int number() {
        return number;
    }

    boolean isFirstEnd() {
        return firstEnd;
    }

    /** The host of this end. */
    public String here() {
        return here;
    }

    /** The host of the other end. */
    public String there() {
        return there;
    }

    boolean isBetween(String one, String another) {
        return here.equals(one) && there.equals(another) || here.equals(another) && there.equals(one);
    }

    // What programs do

    @Override
    public int read(ByteBuffer target) throws IOException {
        while (true) {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (!inbox.isEmpty()) {
                return take(target);
            }
            if (reset) {
                throw new IOException("Connection reset by peer");
            }
            if (ended) {
                return -1;
            }
            reader = Thread.currentThread();
            LockSupport.park(this);
            reader = null;
            if (Thread.currentThread().isInterrupted()) {
                close();
                throw new ClosedByInterruptException();
            }
        }
    }

    private int take(ByteBuffer target) {
        int taken = 0;
        while (!inbox.isEmpty() && target.hasRemaining()) {
            ByteBuffer next = inbox.getFirst();
            int size = Math.min(next.remaining(), target.remaining());
            target.put(next.slice(next.position(), size));
            next.position(next.position() + size);
            taken += size;
            if (!next.hasRemaining()) {
                inbox.removeFirst();
            }
        }
        return taken;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return (int) write(new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Thread.yield(); // whoever writes may be killed before it has
        requireWritable();
        int size = 0;
        for (int i = offset; i < offset + length; i++) {
            size += sources[i].remaining();
        }
        ByteBuffer copy = ByteBuffer.allocate(size);
        for (int i = offset; i < offset + length; i++) {
            copy.put(sources[i]);
        }
        copy.flip();
        network.trace().say(here, () -> "→ " + there + " #" + number + " " + Frames.describe(copy.duplicate()));
        send(new Parcel.Bytes(copy));
        network.moment();
        return size;
    }

    private void requireWritable() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (reset) {
            throw new IOException("Broken pipe");
        }
        if (Thread.currentThread().isInterrupted()) {
            close();
            throw new ClosedByInterruptException();
        }
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!vanished && !reset) {
            send(inbox.isEmpty() ? new Parcel.End() : new Parcel.Reset());
        }
        forgetIfSilent();
        wake();
    }

    /** A host remembers a closed connection until it has got rid of what was sent. */
    private void forgetIfSilent() {
        if (held.isEmpty() && lost.isEmpty()) {
            network.forget(this);
        }
    }

    // What happens on the way

    private void send(Parcel parcel) {
        if (vanished) {
            return;
        }
        if (network.isCut(here, there)) {
            held.add(parcel);
            return;
        }
        Scheduler scheduler = network.scheduler();
        lastArrival = Math.max(lastArrival, scheduler.now() + network.latency(here, there));
        scheduler.after(lastArrival - scheduler.now(), () -> other.arrives(parcel));
    }

    private void arrives(Parcel parcel) {
        if (vanished) {
            if (network.isPowered(here)) {
                // A host that was off in between knows nothing of this connection.
                sayReset();
            }
            return;
        }
        if (network.isCut(here, there)) {
            other.lost.add(parcel);
            return;
        }
        if (closed) {
            if (parcel instanceof Parcel.Bytes) {
                sayReset();
            }
            return;
        }
        switch (parcel) {
            case Parcel.Bytes(ByteBuffer bytes) -> {
                if (!ended && !reset) {
                    network.heard(here, bytes);
                    inbox.add(bytes);
                }
            }
            case Parcel.End() -> ended = true;
            case Parcel.Reset() -> {
                reset = true;
                inbox.clear();
            }
        }
        network.moment();
        wake();
    }

    private void sayReset() {
        network.scheduler().after(network.latency(here, there), () -> other.wasReset());
    }

    private void wasReset() {
        if (!closed && !vanished) {
            reset = true;
            inbox.clear();
            wake();
        }
    }

    /** The way is there again: what was held is sent now. */
    void wayIsBack() {
        List<Parcel> again = new ArrayList<>(lost);
        again.addAll(held);
        lost.clear();
        held.clear();
        again.forEach(this::send);
        if (closed) {
            network.forget(this);
        }
    }

    /**
     * Breaks the connection at both ends. What was on its way may arrive or not.
     */
    public void breakDown() {
        network.trace().say(here, () -> "connection #" + number + " to " + there + " breaks");
        SplittableDelay delay = new SplittableDelay(network);
        network.scheduler().after(delay.some(), this::wasReset);
        network.scheduler().after(delay.some(), other::wasReset);
    }

    private record SplittableDelay(Network network) {
        /** Mostly at once, so that what is on its way is lost; sometimes later than that. */
        long some() {
            return network.dice().nextBoolean() ? 0 : network.dice().nextLong(2_000_000);
        }
    }

    /** The kernel closes what a dead program had open. */
    void processDied() {
        if (!closed && !vanished) {
            closed = true;
            if (!reset) {
                send(inbox.isEmpty() && network.dice().nextBoolean() ? new Parcel.End() : new Parcel.Reset());
            }
            forgetIfSilent();
        }
    }

    void powerLost(String host) {
        if (host.equals(here)) {
            vanished = true;
            lost.clear();
            held.clear();
            network.forget(this);
        }
    }

    private void wake() {
        if (reader != null) {
            LockSupport.unpark(reader);
        }
    }

    @Override
    public String toString() {
        return "#" + number + " " + here + "–" + there;
    }
}
