package dev.godwit.lab.simulation.world;

import dev.godwit.daemon.net.Arrival;
import dev.godwit.daemon.net.Door;
import dev.godwit.daemon.net.Knock;
import dev.godwit.daemon.net.Listener;
import dev.godwit.daemon.net.Way;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.concurrent.locks.LockSupport;

/** Where a simulated daemon's clients arrive. They come as if by TLS, whose own bytes are left out. */
public final class SimulatedListener implements Listener {

    private static final int PORT = 16514;
    private static final int KEY_BITS = 256;

    private final String host;
    private final Consumer<SimulatedChannel> adopting;
    private final Deque<SimulatedChannel> waiting = new ArrayDeque<>();
    private Thread acceptor;
    private boolean closed;

    SimulatedListener(String host, Consumer<SimulatedChannel> adopting) {
        this.host = host;
        this.adopting = adopting;
    }

    void arrived(SimulatedChannel client) {
        adopting.accept(client); // also before it was accepted
        waiting.add(client);
        if (acceptor != null) {
            LockSupport.unpark(acceptor);
        }
    }

    @Override
    public Knock accept() throws ClosedChannelException {
        while (true) {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (!waiting.isEmpty()) {
                return new Client(waiting.removeFirst());
            }
            acceptor = Thread.currentThread();
            LockSupport.park(this);
            acceptor = null;
        }
    }

    private record Client(SimulatedChannel channel) implements Knock {

        @Override
        public Arrival arrive() {
            SocketAddress from = InetSocketAddress.createUnresolved(channel.there(), PORT);
            return new Arrival(channel, new Door("tls " + channel.there(),
                    new Way.Tls(from, Optional.of("CN=" + channel.there()), KEY_BITS), false, Optional.empty()));
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    @Override
    public SocketAddress address() {
        return InetSocketAddress.createUnresolved(host, PORT);
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        waiting.forEach(SimulatedChannel::close);
        waiting.clear();
        if (acceptor != null) {
            LockSupport.unpark(acceptor);
        }
    }
}
